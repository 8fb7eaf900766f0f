/** Whether pods wait in the list or in the heap, they leave in the order of scheduling. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../sim/engine/index.ts';
import { PodHeap } from '../../../sim/scheduler/queue/pod-heap.ts';
import { type HeapEntry, QueuedPod } from '../../../sim/scheduler/queue/queued-pod.ts';
import { podOf } from '../../support/scheduler/random-cluster.ts';

interface Waiting {
  readonly queued: QueuedPod;
  readonly expiration: number;
  readonly sequence: number;
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('push' as const), expiration: fc.nat({ max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat() }) },
);

const before = (a: HeapEntry, b: HeapEntry): boolean => a.expiration < b.expiration;

/** The one that has to leave first, looked for among all. */
function firstOf(waiting: readonly Waiting[]): Waiting | undefined {
  const order = [...waiting].sort((a, b) => a.expiration - b.expiration || a.sequence - b.sequence);
  return order[0];
}

describe('pods that wait', () => {
  // In order of arrival nearly all of them, so that the list grows long; or any how.
  it.each([
    { order: 'mostly in order', rise: 1 },
    { order: 'in any order', rise: 0 },
  ])('leave as sorting would have it when they come $order', ({ rise }) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const heap = new PodHeap(before);
        let waiting: Waiting[] = [];
        let sequence = 0;
        for (const one of steps) {
          if (one.do === 'push') {
            const queued = new QueuedPod(
              podOf(`p${sequence}`, 'default', 'x', { containers: [] }),
              instant(0),
            );
            const expiration = one.expiration === 0 ? 0 : one.expiration + rise * sequence;
            waiting.push({ queued, expiration, sequence: sequence++ });
            heap.push(queued, expiration);
          } else if (one.do === 'remove') {
            const gone = waiting[one.which % Math.max(1, waiting.length)];
            if (gone !== undefined) heap.remove(gone.queued);
            waiting = waiting.filter((other) => other !== gone);
          } else {
            const first = firstOf(waiting);
            expect(heap.peek()?.queued).toBe(first?.queued);
            expect(heap.pop()).toBe(first?.queued);
            waiting = waiting.filter((other) => other !== first);
          }
          expect(heap.size).toBe(waiting.length);
        }
        expect(new Set(heap.values())).toEqual(new Set(waiting.map(({ queued }) => queued)));
      }),
      { seed: 20260104, numRuns: 60 },
    );
  });
});
