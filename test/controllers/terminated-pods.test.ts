import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../sim/api/index.ts';
import { TerminatedPods } from '../../sim/controllers/terminated-pods.ts';

const podOf = (name: string, uid: number, second: number, evicted: boolean): Pod =>
  ({
    metadata: {
      name,
      namespace: 'default',
      uid: `${name}-${uid}`,
      creationTimestamp: `2026-01-01T00:00:0${second}Z`,
    },
    status: { phase: 'Failed', ...(evicted && { reason: 'Evicted' }) },
  }) as Pod;

const command = fc.oneof(
  fc.record({ do: fc.constant('end' as const), name: fc.nat(20), second: fc.nat(9), evicted: fc.boolean() }),
  fc.record({ do: fc.constant('delete' as const), name: fc.nat(20) }),
  fc.record({ do: fc.constant('look' as const), count: fc.integer({ min: 1, max: 8 }) }),
);

test('the first of the terminated pods are those of a plain sort, however often one looks', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const model = new Map<string, Pod>();
      const terminated = new TerminatedPods((slot) => model.get(`default/pod-${slot}`));
      for (const [uid, step] of commands.entries()) {
        if (step.do === 'end') {
          const key = `default/pod-${step.name}`;
          const pod = podOf(`pod-${step.name}`, uid, step.second, step.evicted);
          const previous = model.get(key);
          model.set(key, pod);
          terminated.changed(step.name, pod, previous);
        } else if (step.do === 'delete') {
          const key = `default/pod-${step.name}`;
          const previous = model.get(key);
          model.delete(key);
          terminated.changed(step.name, undefined, previous);
        } else expect(terminated.first(step.count)).toEqual(sorted(model).slice(0, step.count));
        expect(terminated.size).toBe(model.size);
      }
    }),
    { seed: 7 },
  );
});

const rank = (pod: Pod): string =>
  `${pod.status?.reason === 'Evicted' ? 0 : 1} ${pod.metadata.creationTimestamp} ${pod.metadata.name}`;

const sorted = (pods: ReadonlyMap<string, Pod>): Pod[] =>
  [...pods.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
