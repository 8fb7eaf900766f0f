/**
 * Any sequence of commands on a small cluster: the invariants hold throughout, and when all is quiet everything is as it
 * should be. The same sequence again gives the same events, recorded or not.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { loadRegistries } from '../../sim/cli/registries.ts';
import { type RunOptions, type RunResult, runScenario } from '../../sim/experiment/run.ts';
import { loadScenario } from '../../sim/scenario/index.ts';
import { complaints } from './at-rest.ts';
import { type History, history } from './commands.ts';
import { unfulfilled } from './expected.ts';
import { ENTRY, filesOf, sourceOf } from './history-scenario.ts';
import { onceBroken } from './once-broken.ts';

const registries = loadRegistries();

function play(h: History, options: RunOptions = {}): RunResult {
  const { runs, diagnostics } = loadScenario(ENTRY, sourceOf(filesOf(h)));
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return runScenario(runs[0]!, registries, options);
}

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Error(problems.join('\n'));
};

describe('a cluster after any sequence of commands', () => {
  it('comes to rest with every pod accounted for', () => {
    fc.assert(
      fc.property(history, (h) => {
        const { apiserver } = play(h).cluster;
        refuse([...complaints(apiserver), ...unfulfilled(h, apiserver)]);
      }),
      { seed: 20261121, numRuns: 40, examples: onceBroken.map((h) => [h]) },
    );
  });

  it('runs through the same events and states again, recorded or not', () => {
    fc.assert(
      fc.property(history, (h) => {
        const [a, b] = [play(h), play(h, { files: [] })].map(({ manifest }) => manifest);
        if (a!.eventDigest !== b!.eventDigest) refuse([`${a!.eventDigest} became ${b!.eventDigest}`]);
        if (a!.stateDigest !== b!.stateDigest) refuse(['other final state']);
      }),
      { seed: 20261122, numRuns: 10 },
    );
  });
});
