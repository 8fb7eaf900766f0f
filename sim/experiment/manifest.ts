/** manifest.json: what made a result and how to make it again. The only file of a run with wall-clock values. */
import { createHash } from 'node:crypto';

export interface InputFile {
  /** Relative to the folder `inputs` of the result, with `/`. */
  readonly path: string;
  readonly sha256: string;
}

export interface RunManifest {
  readonly format: 1;
  readonly kubedes: string;
  readonly scenario: string;
  readonly variant: string | null;
  readonly seed: string;
  /** The scenario file among the inputs, or the plain manifests that were run. */
  readonly entry: readonly string[];
  readonly set: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputFile[];
  /** What the run had from a program instead, e.g. `policy mine`; absent if nothing. No command can make it again without. */
  readonly givenByProgram?: readonly string[] | undefined;
  readonly stopped: 'duration' | 'settled' | 'workload-done';
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly eventDigest: string;
  readonly stateDigest: string;
  readonly checkpoints: readonly { readonly event: number; readonly time: number; readonly digest: string }[];
  readonly rows: Readonly<Record<string, number>>;
  readonly wall: {
    readonly started: string;
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly speedUp: number;
    readonly eventsPerSecond: number;
    readonly node: string;
    readonly platform: string;
  };
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
