/** The search block by block must find what a walk from node to node finds, whatever changed between two searches. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../sim/api/index.ts';
import type { Snapshot } from '../../../sim/scheduler/cache/snapshot.ts';
import { SchedulerCache } from '../../../sim/scheduler/index.ts';
import { FeasibleNodes } from '../../../sim/scheduler/search/feasible-nodes.ts';
import { RememberedSearch } from '../../../sim/scheduler/search/remembered-search.ts';
import { REJECTED, ShapeMemo } from '../../../sim/scheduler/search/shape-memo.ts';
import { podOf } from '../../support/scheduler/random-cluster.ts';

const CAPACITY = 128;

type Step =
  | { readonly do: 'node' | 'remove-node' | 'pod'; readonly n: number }
  | { readonly do: 'search'; readonly start: number; readonly wanted: number };

const n = fc.nat({ max: 90 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('node' as const), n }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('remove-node' as const), n }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('pod' as const), n }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('search' as const),
      start: fc.nat({ max: 200 }),
      wanted: fc.integer({ min: 1, max: 100 }),
    }),
  },
);

const nodeOf = (i: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `n${i}`,
    labels: { 'topology.kubernetes.io/zone': `z${i % 3}` },
    uid: `n${i}`,
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {},
  status: { allocatable: { pods: '110' } },
});

/** A value that follows from the row's state alone: few different ones, every fourth row rejected. */
const worth = ({ podCount }: Snapshot, row: number): number =>
  (row + podCount[row]!) % 4 === 0 ? REJECTED : (row * 7 + podCount[row]! * 3) % 5;

function walk(snapshot: Snapshot, start: number, wanted: number) {
  const feasible: number[] = [];
  let evaluated = 0;
  for (; evaluated < snapshot.nodeCount && feasible.length < wanted; evaluated++) {
    const row = snapshot.order[(start + evaluated) % snapshot.nodeCount]!;
    if (worth(snapshot, row) >= 0) feasible.push(row);
  }
  const best = Math.max(REJECTED, ...feasible.map((row) => worth(snapshot, row)));
  return { evaluated, feasible, best, tied: feasible.filter((row) => worth(snapshot, row) === best) };
}

describe('the remembered search', () => {
  it('finds what a walk from node to node finds', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 200, size: 'max' }), (steps) => {
        const cache = new SchedulerCache();
        const { snapshot } = cache;
        for (let i = 0; i <= 80; i++) cache.setNode(nodeOf(i));
        const memo = new ShapeMemo(CAPACITY);
        const feasible = new FeasibleNodes();
        feasible.ensureCapacity(CAPACITY);
        const search = new RememberedSearch(snapshot, ({ value }, rows, count) => {
          for (let i = 0; i < count; i++) value[rows[i]!] = worth(snapshot, rows[i]!);
        });
        let pods = 0;
        for (const one of steps) {
          if ('n' in one && one.do === 'node') cache.setNode(nodeOf(one.n));
          else if ('n' in one && one.do === 'remove-node') cache.removeNode(`n${one.n}`);
          else if ('n' in one)
            cache.addPod(
              podOf(`p${pods++}`, 'default', undefined, { containers: [], nodeName: `n${one.n}` }),
            );
          else {
            snapshot.refreshOrder();
            const start = one.start % snapshot.nodeCount;
            const walked = walk(snapshot, start, one.wanted);
            search.run(memo, start, one.wanted);
            feasible.takeFrom(search);
            expect([search.evaluated, search.best, search.ties]).toEqual([
              walked.evaluated,
              walked.best,
              walked.tied.length,
            ]);
            expect([...feasible.rows.subarray(0, feasible.count)]).toEqual(walked.feasible);
            expect(walked.tied.map((_, i) => search.tied(i))).toEqual(walked.tied);
          }
        }
      }),
      { seed: 20260103, numRuns: 100 },
    );
  });
});
