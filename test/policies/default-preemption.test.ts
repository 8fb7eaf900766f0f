/** What DefaultPreemption says without looking at each node must be what looking at each node says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Namespace } from '../../sim/api/index.ts';
import { Diagnosis, dryRun, evaluate, unresolvable } from '../../sim/scheduler/index.ts';
import { loadCluster } from '../support/scheduler/golden-cluster.ts';
import { nodeOf, podOf, podSpec } from '../support/scheduler/random-cluster.ts';

const NODES = ['n1', 'n2', 'n3'];
const namespaces: readonly Namespace[] = ['default'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
}));

describe('DefaultPreemption', () => {
  it('finds the victims, or the reasons, that trying every node finds', () => {
    const seen = { victims: 0, none: 0 };
    const clusters = fc.tuple(...NODES.map(nodeOf));
    const specs = fc.array(podSpec, { minLength: 2, maxLength: 4 });
    const placed = fc.array(fc.record({ spec: fc.nat(), node: fc.constantFrom(...NODES) }), {
      minLength: 4,
      maxLength: 24,
      size: 'max',
    });
    fc.assert(
      fc.property(clusters, specs, placed, (nodes, templates, where) => {
        const pods = where.map(({ spec, node: nodeName }, i) => {
          const pod = podOf(`q${i}`, 'default', 'x', templates[spec % templates.length]!);
          return { ...pod, spec: { ...pod.spec, nodeName } };
        });
        const { framework } = loadCluster({ nodes, namespaces, pods });
        for (const [i, template] of templates.entries()) {
          const pod = podOf('p', 'default', 'x', i === 0 ? { ...template, priority: 100 } : template);
          const { state, diagnosis } = evaluate(framework, pod);
          if (diagnosis === undefined) continue;
          const rows = diagnosis.rowsWith('Unschedulable');
          expect(diagnosis.countOf('Unschedulable')).toBe(rows.length);
          const { candidates, refusals } = dryRun(framework.handle, state, rows, 0, Infinity);
          const result = framework.postFilter(state, diagnosis);
          if (candidates.length > 0) {
            seen.victims++;
            const chosen = candidates.find(({ node }) => node === result.nominatedNodeName);
            expect(result.preemption?.victims).toEqual(chosen?.victims);
            continue;
          }
          seen.none++;
          const why = new Diagnosis(framework.snapshot);
          why.absentNodes = unresolvable('Preemption is not helpful for scheduling');
          for (const [row, status] of refusals) why.set(row, status);
          expect(result.status?.message).toBe(`no new claims to deallocate, preemption: ${why.message()}`);
          expect(result.nominatedNodeName).toBe('');
        }
      }),
      { seed: 20260104, numRuns: 150 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });
});
