/**
 * Any sequence of commands on a small cluster: the invariants hold throughout, and when all is quiet everything is as it
 * should be. The same sequence again gives the same events, recorded or not. More of them in the slow tests.
 */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { history } from './commands.ts';
import { onceBroken } from './once-broken.ts';
import { comesToRest, isRepeatable } from './play.ts';

describe('a cluster after any sequence of commands', () => {
  it('comes to rest with every pod accounted for', () => {
    const examples = onceBroken.map((h) => [h] as [typeof h]);
    fc.assert(fc.property(history, comesToRest), { seed: 20261121, numRuns: 60, examples });
  });

  it('runs through the same events and states again, recorded or not', () => {
    fc.assert(fc.property(history, isRepeatable), { seed: 20261122, numRuns: 12 });
  });
});
