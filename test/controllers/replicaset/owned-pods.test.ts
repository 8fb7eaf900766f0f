import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pod } from '../../../sim/api/index.ts';
import { isPodActive, isPodReady } from '../../../sim/controllers/pod-state.ts';
import { OwnedPods } from '../../../sim/controllers/replicaset/owned-pods.ts';

const selector = { matchLabels: { app: 'web' } };
const templateLabels = { app: 'web', tier: 'front' };
const LABELS = [templateLabels, { app: 'web' }, { app: 'other' }];
const NODES = [undefined, 'n0', 'n1'];

const pod = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  labels: fc.constantFrom(...LABELS),
  node: fc.constantFrom(...NODES),
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded'),
  ready: fc.boolean(),
  deleting: fc.boolean(),
});
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), pod }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), pod }) },
);

const podOf = ({
  name,
  labels,
  node,
  phase,
  ready,
  deleting,
}: typeof pod extends fc.Arbitrary<infer T> ? T : never): Pod =>
  ({
    metadata: { name, namespace: 'default', labels, ...(deleting && { deletionTimestamp: 'now' }) },
    spec: { containers: [], nodeName: node },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;

test('counts, pods on nodes and active pods are those of a list that is counted anew', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const owned = new OwnedPods();
      const model = new Map<string, Pod>();
      for (const step of commands) {
        const changed = podOf(step.pod);
        const key = `default/${step.pod.name}`;
        if (step.do === 'set') {
          model.set(key, changed);
          owned.set(changed, key);
        } else {
          model.delete(key);
          owned.delete(key);
        }
        owned.verify(selector, templateLabels);
        const all = [...model.values()];
        const active = all.filter(isPodActive);
        const claimed = active.filter(({ metadata }) => metadata.labels?.['app'] === 'web');
        expect(owned.size).toBe(all.length);
        expect(new Set(owned.active().map((one) => one.pod))).toEqual(new Set(claimed));
        expect(owned.counts(0, 0, Number)).toMatchObject({
          active: claimed.length,
          ready: claimed.filter(isPodReady).length,
          fullyLabeled: claimed.filter(({ metadata }) => metadata.labels === templateLabels).length,
        });
        for (const node of NODES)
          expect(owned.podsOnNode(node ?? '')).toBe(
            active.filter(({ spec }) => spec.nodeName === node).length,
          );
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
