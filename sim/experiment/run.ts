/** One run of a scenario, at a stretch or slice by slice. */
import { InvariantViolation } from '../engine/index.ts';
import { CSV_NAMES, type CsvName } from '../metrics/index.ts';
import { type Cluster, givenByProgram, type LoadedScenario, type Registries } from '../scenario/index.ts';
import { PolicyError } from '../scheduler/index.ts';
import { OptionError } from './errors.ts';
import { Recording, type RunOptions, type RunOutput, type RunResult } from './recording.ts';
import { replayCommand } from './replay.ts';
import { RunDirectory } from './run-directory.ts';

export type { Progress, RunOptions, RunResult } from './recording.ts';

/** A run under way, for a caller that wants to do something between two slices. */
export interface ActiveRun {
  readonly simulatedSeconds: number;
  readonly cluster: Cluster;
  /** So far every event is as in the expected trail, if there is one. */
  readonly onTrail: boolean;
  /** Where an incomplete result lies, if files are written. */
  readonly partialDirectory: string | undefined;
  /** Runs on for some ten milliseconds; true when the end is reached. Throws what the model throws, RangeError when the run is over. */
  advance(): boolean;
  /** Writes what is left, the manifest last. Throws RangeError before the end, and when the run is over. */
  finish(): RunResult;
  /** Gives up: leaves what is written as visibly incomplete. Of a run that is over, nothing changes. */
  abandon(): void;
}

/** At a stretch. Throws what `startRun` and `ActiveRun` throw. */
export function runScenario(
  loaded: LoadedScenario,
  registries: Registries,
  options: RunOptions = {},
): RunResult {
  return toTheEnd(startRun(loaded, registries, options));
}

export function toTheEnd(run: ActiveRun): RunResult {
  while (!run.advance());
  return run.finish();
}

/**
 * Builds the cluster; nothing of it has run yet. Throws OptionError for unknown `files`, ResultNotWritten if `directory` cannot be
 * written, here or later, and PolicyError or InvariantViolation with what makes the run again: a command, unless a program gave the
 * policy.
 */
export function startRun(
  loaded: LoadedScenario,
  registries: Registries,
  options: RunOptions = {},
): ActiveRun {
  const { directory, files } = options;
  checkFiles(files);
  return startRunInto(
    directory === undefined ? undefined : new RunDirectory(directory),
    loaded,
    registries,
    options,
  );
}

/** Of programs that are not type-checked. */
function checkFiles(files: readonly CsvName[] | undefined): void {
  const known: readonly string[] = CSV_NAMES;
  const unknown = files?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new OptionError('files', `no such CSV file: ${unknown.join(', ')} (known: ${known.join(', ')})`);
}

/** With any other place for its files than a folder. */
export function startRunInto(
  output: RunOutput | undefined,
  loaded: LoadedScenario,
  registries: Registries,
  options: RunOptions,
): ActiveRun {
  let begun: Recording | undefined;
  let [atEnd, over] = [false, false];
  const abandon = (): void => {
    if (over) return;
    over = true;
    try {
      begun?.flush();
    } catch {
      // What cannot be written is missing from what is incomplete anyway.
    }
    output?.abandon();
  };
  const guarded = <T>(body: () => T): T => {
    if (over) throw new RangeError('the run is over: finished or abandoned, or it has thrown');
    try {
      return body();
    } catch (error) {
      abandon();
      throw explained(error, loaded, registries, output?.partial);
    }
  };
  const recording = guarded(() => new Recording(loaded, registries, options, output));
  begun = recording;
  return {
    get simulatedSeconds() {
      return recording.simulatedSeconds;
    },
    cluster: recording.cluster,
    get onTrail() {
      return recording.onTrail;
    },
    partialDirectory: output?.partial,
    advance: () => guarded(() => atEnd || (atEnd = recording.advance())),
    finish() {
      if (!atEnd && !over)
        throw new RangeError(`the run is at ${recording.simulatedSeconds} s, not at its end`);
      const result = guarded(() => recording.finish());
      over = true;
      return result;
    },
    abandon,
  };
}

/** With what makes the run again, and where what there is of its result lies. */
function explained(
  error: unknown,
  loaded: LoadedScenario,
  registries: Registries,
  partial: string | undefined,
): unknown {
  if (!(error instanceof InvariantViolation || error instanceof PolicyError)) return error;
  const left = partial === undefined ? '' : `\nincomplete result: ${partial}`;
  const given = givenByProgram(loaded, registries);
  const again = given.length === 0 ? replayCommand(loaded) : `the program that gave ${given.join(', ')}`;
  return error.withReplay(`${again}${left}`);
}
