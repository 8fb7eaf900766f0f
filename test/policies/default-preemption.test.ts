/** What DefaultPreemption says without looking at each node must be what looking at each node says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Namespace, PodDisruptionBudget } from '../../sim/api/index.ts';
import { Diagnosis, dryRun, evaluate, unresolvable } from '../../sim/scheduler/index.ts';
import { loadCluster } from '../support/scheduler/golden-cluster.ts';
import { naiveVictims } from '../support/scheduler/naive-preemption.ts';
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

  it('chooses the victims that trying each what-if in a cluster of its own chooses', () => {
    const seen = { victims: 0, reprieved: 0, violations: 0, refused: 0 };
    const placed = fc.array(
      fc.record({
        spec: fc.nat(),
        node: fc.constantFrom(...NODES),
        priority: fc.constantFrom(0, 0, 5, 50),
        app: fc.constantFrom('x', 'y', undefined),
        start: fc.constantFrom(undefined, '2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z'),
      }),
      { minLength: 6, maxLength: 14, size: 'max' },
    );
    const budget = fc.record({
      app: fc.constantFrom('x', 'y'),
      allowed: fc.constantFrom(0, 0, 1),
      disrupted: fc.constantFrom(undefined, 'q0'),
    });
    fc.assert(
      fc.property(
        fc.tuple(...NODES.map(nodeOf)),
        fc.array(podSpec, { minLength: 2, maxLength: 4 }),
        placed,
        fc.array(budget, { minLength: 1, maxLength: 2 }),
        (nodes, templates, where, budgets) => {
          const pods = where.map(({ spec, node: nodeName, priority, app, start }, i) => {
            const pod = podOf(`q${i}`, 'default', app, templates[spec % templates.length]!);
            // Where pods share ports, which of them counts is not defined: kubelets refuse such pods.
            const containers = pod.spec.containers.map((container) => ({ ...container, ports: [] }));
            return {
              ...pod,
              spec: { ...pod.spec, containers, nodeName, priority },
              status: start === undefined ? {} : { startTime: start },
            };
          });
          const podDisruptionBudgets = budgets.map(({ app, allowed, disrupted }, i) =>
            budgetOf(i, app, allowed, disrupted),
          );
          const objects = { nodes, namespaces, pods, podDisruptionBudgets };
          const { framework } = loadCluster(objects);
          const pod = podOf('p', 'default', 'x', { ...templates[0]!, priority: 10 });
          const { state, diagnosis } = evaluate(framework, pod);
          if (diagnosis === undefined) return;
          const rows = diagnosis.rowsWith('Unschedulable');
          const { candidates } = dryRun(framework.handle, state, rows, 0, Infinity);
          for (const row of rows) {
            const node = framework.snapshot.nameOf(row);
            const found = candidates.find((candidate) => candidate.node === node);
            const wanted = naiveVictims(objects, pod, node);
            expect(
              found && {
                victims: found.victims.map(({ metadata }) => metadata.name),
                pdbViolations: found.pdbViolations,
              },
              node,
            ).toEqual(wanted);
            if (wanted === undefined) seen.refused++;
            else {
              seen.victims++;
              if (wanted.pdbViolations > 0) seen.violations++;
              const lower = pods.filter(({ spec }) => spec.nodeName === node && spec.priority < 10);
              if (wanted.victims.length < lower.length) seen.reprieved++;
            }
          }
        },
      ),
      { seed: 20260105, numRuns: 150 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
  });
});

function budgetOf(
  i: number,
  app: string,
  disruptionsAllowed: number,
  disrupted: string | undefined,
): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: `b${i}`,
      namespace: 'default',
      uid: `b${i}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { selector: { matchLabels: { app } } },
    status: {
      disruptionsAllowed,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      ...(disrupted === undefined ? {} : { disruptedPods: { [disrupted]: '2026-01-01T00:00:00Z' } }),
    },
  };
}
