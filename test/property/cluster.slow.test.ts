/** As cluster.test.ts, with many more sequences; `KUBEDES_SEED` and `KUBEDES_RUNS` for others and more of them. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { history } from './commands.ts';
import { comesToRest, isRepeatable } from './play.ts';

const seed = Number(process.env['KUBEDES_SEED'] ?? 1);
const numRuns = Number(process.env['KUBEDES_RUNS'] ?? 1000);

describe('a cluster after any of many sequences of commands', () => {
  it('comes to rest with every pod accounted for', () => {
    fc.assert(fc.property(history, comesToRest), { seed, numRuns });
  });

  it('runs through the same events and states again, recorded or not', () => {
    fc.assert(fc.property(history, isRepeatable), { seed: seed + 1, numRuns: Math.ceil(numRuns / 10) });
  });
});
