/** The user's mistakes, as errors of the commands and of the library. */
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';

/** Mistakes in files, all of them. */
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

/** A wrong value of an option, which a command knows by a name of its own. */
export class OptionError extends UsageError {
  readonly option: string;
  /** The message without the option. */
  readonly problem: string;

  constructor(option: string, problem: string) {
    super(`${option}: ${problem}`);
    this.option = option;
    this.problem = problem;
  }
}
