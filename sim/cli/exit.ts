/** Exit codes of the command line, and the errors that lead to them. */
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';

export const EXIT = {
  ok: 0,
  /** The run failed or a verification did not hold. */
  failed: 1,
  /** The user's input or arguments are wrong. */
  usage: 2,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

/** Ctrl-C, and what there is to say about it. */
export class Interrupted extends Error {}

/** The user's mistakes, all of them. */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.name = 'InputError';
    this.diagnostics = diagnostics;
  }
}

/** A wrong argument that has no place in a file. */
export class UsageError extends Error {}
