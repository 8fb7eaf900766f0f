/** Plays a history as the command line would. */

import { type RunOptions, type RunResult, runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario } from '../../sim/scenario/index.ts';
import { complaints } from './at-rest.ts';
import type { History } from './commands.ts';
import { unfulfilled } from './expected.ts';
import { ENTRY, filesOf, sourceOf } from './history-scenario.ts';

const registries = loadRegistries();

export function play(history: History, options: RunOptions = {}): RunResult {
  const { runs, diagnostics } = loadScenario(ENTRY, sourceOf(filesOf(history)));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return runScenario(runs[0]!, registries, options);
}

/** Throws InvariantViolation, or Error with all that is wrong at the end. */
export function comesToRest(history: History): void {
  const { cluster } = play(history);
  const problems = [...complaints(cluster.apiserver), ...unfulfilled(history, cluster)];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Throws Error if a second run, with nothing recorded, is another. */
export function isRepeatable(history: History): void {
  const [first, second] = [play(history), play(history, { files: [] })].map(({ manifest }) => manifest);
  if (first!.eventDigest !== second!.eventDigest)
    throw new Error(`event digest ${first!.eventDigest} became ${second!.eventDigest}`);
  if (first!.stateDigest !== second!.stateDigest) throw new Error('equal events, but another final state');
}
