/** Which version a node has: look-ups against a plain list, pruning included. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROXY_MODES } from '../../proxies/index.ts';
import { instant } from '../../sim/engine/index.ts';
import { PortHistory, RevisionTimeline } from '../../sim/network/rule-timeline.ts';
import { rules } from '../support/network/flows.ts';

const LAG = 50;

it('finds the version of every node that is at most the lag behind', () => {
  const plane = PROXY_MODES.get('iptables')!
    .dataPlane({ at: () => () => 0 })
    .port('p');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 40 }), (gaps) => {
      const history = new PortHistory('p', plane);
      const revisions = new RevisionTimeline();
      const all: { from: number; revision: number }[] = [];
      let now = LAG;
      for (const gap of gaps) {
        now += gap;
        const revision = revisions.append(instant(now), now - LAG);
        const withdrawn = revision % 5 === 0;
        history.append(instant(now), withdrawn ? undefined : rules([], {}, revision), now - LAG);
        all.push({ from: now, revision });
        for (let position = now - LAG; position <= now + 1; position += 7) {
          const expected = all.findLast((version) => version.from <= position)?.revision ?? 0;
          expect(revisions.at(position)).toBe(expected);
          expect(history.at(position)?.revision ?? 0).toBe(expected % 5 === 0 ? 0 : expected);
        }
      }
    }),
    { seed: 38, numRuns: 200 },
  );
});

it('keeps no version that nobody can have any more', () => {
  const plane = PROXY_MODES.get('ipvs')!
    .dataPlane({ at: () => () => 0 })
    .port('p');
  const history = new PortHistory('p', plane);
  for (let now = 0; now < 10_000; now += 10) history.append(instant(now), rules([]), now - LAG);
  expect(history.length).toBeLessThanOrEqual(LAG / 10 + 1);
});
