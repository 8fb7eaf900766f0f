import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventCorrelator } from '../../sim/client/event-correlator.ts';
import { instant } from '../../sim/engine/index.ts';
import { NaiveEventCorrelator } from '../support/client/naive-event-correlator.ts';

const happening = fc.record({
  about: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  type: fc.constant('Normal'),
  reason: fc.constantFrom('Pulled', 'Started'),
  first: fc.nat(3),
  /** Of the next messages, that many seconds after the last: mostly none, else no source is cut off and nothing is combined. */
  pauses: fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(290, 300, 601) },
    ),
    { minLength: 1, maxLength: 14 },
  ),
});

test('Events are correlated as by two maps in order of use, whatever is forgotten', () => {
  fc.assert(
    fc.property(
      fc.array(happening, { maxLength: 80 }),
      fc.constantFrom(1, 3, 5, 12, 40),
      (happenings, memory) => {
        const correlator = new EventCorrelator(memory);
        const naive = new NaiveEventCorrelator(memory);
        let seconds = 0;
        for (const { pauses, first, ...facts } of happenings) {
          for (const [k, pause] of pauses.entries()) {
            const now = instant((seconds += pause) * 1e6);
            const next = { ...facts, message: `message ${first + k}` };
            expect(correlator.correlate(next, now)).toEqual(naive.correlate(next, now));
          }
        }
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});
