/** Waiting pods found by who rejected them, against a plain list. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minutes, START } from '../../../sim/engine/index.ts';
import { QueuedPod } from '../../../sim/scheduler/queue/queued-pod.ts';
import { UnschedulablePods } from '../../../sim/scheduler/queue/unschedulable-pods.ts';
import { queuedPod } from '../../support/scheduler/queue-harness.ts';

const PLUGINS = ['A', 'B', 'C'];
const step = fc.record({
  pod: fc.nat({ max: 5 }),
  change: fc.constantFrom('add', 'delete', 'reject', 'pend', 'forget'),
  plugin: fc.constantFrom(...PLUGINS),
  asked: fc.subarray(PLUGINS),
});

it('finds each pod once, under the rejecters that it had when it was last added', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pods = Array.from({ length: 6 }, (_, i) => new QueuedPod(queuedPod(`p${i}`), START));
      const indexed = new UnschedulablePods(minutes(5));
      const naive = new Map<QueuedPod, ReadonlySet<string>>();
      for (const { pod: i, change, plugin, asked } of steps) {
        const pod = pods[i]!;
        if (change === 'add') {
          indexed.add(pod);
          naive.set(pod, new Set([...pod.unschedulablePlugins, ...pod.pendingPlugins]));
        } else if (change === 'delete') {
          indexed.delete(pod);
          naive.delete(pod);
        } else if (change === 'reject') pod.rejectedBy(plugin);
        else if (change === 'pend') pod.pendingFor(plugin);
        else pod.forgetRejections();
        const wanted = [...naive]
          .filter(([, by]) => asked.some((each) => by.has(each)))
          .map(([each]) => each);
        const found = indexed.rejectedBy(asked);
        expect(found).toHaveLength(wanted.length);
        expect(new Set(found)).toEqual(new Set(wanted));
        expect(new Set(indexed.values())).toEqual(new Set(naive.keys()));
        expect(indexed.size).toBe(naive.size);
      }
    }),
    { seed: 20260104, numRuns: 300 },
  );
});
