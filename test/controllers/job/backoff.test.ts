import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../sim/api/index.ts';
import { WallClock } from '../../../sim/apiserver/index.ts';
import { afterFinished, NO_FAILURES, remainingBackoff } from '../../../sim/controllers/job/backoff.ts';

const clock = new WallClock('2026-01-01T00:00:00Z');

/** A pod whose container ended so many seconds into the run. */
const ended = (second: number): Pod =>
  ({
    metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: clock.timestamp(0 as never) },
    spec: { containers: [] },
    status: {
      containerStatuses: [
        {
          name: 'c',
          state: { terminated: { exitCode: 1, finishedAt: clock.timestampAfter(0 as never, second) } },
        },
      ],
    },
  }) as unknown as Pod;

describe('job back-off', () => {
  it.each([
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 40],
    [4, 80],
    [5, 160],
    [6, 320],
    [7, 600],
    [40, 600],
  ])('waits after %d failures for %d s', (failures, wait) => {
    expect(remainingBackoff({ failures, lastFailureUs: 5e6 }, 5e6)).toBe(wait * 1e6);
  });

  it('counts pods that fail together as so many failures', () => {
    expect(afterFinished(NO_FAILURES, [], [ended(3), ended(4)], clock)).toEqual({
      failures: 2,
      lastFailureUs: 4e6,
    });
  });

  it('forgets failures before the last success', () => {
    const record = { failures: 3, lastFailureUs: 1e6 };
    expect(afterFinished(record, [ended(10)], [ended(9)], clock)).toEqual(NO_FAILURES);
    expect(afterFinished(record, [ended(10)], [ended(12)], clock)).toEqual({
      failures: 1,
      lastFailureUs: 12e6,
    });
  });
});
