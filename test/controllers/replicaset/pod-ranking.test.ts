import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../sim/api/index.ts';
import { logarithmicBucket, podsToDelete } from '../../../sim/controllers/replicaset/pod-ranking.ts';

interface Sketch {
  readonly node?: string;
  readonly phase?: string;
  /** Seconds ago; absent: not ready. */
  readonly readyFor?: number;
  readonly age?: number;
  readonly cost?: number;
  readonly restarts?: number;
}

const NOW = 100_000;

function pod(
  name: string,
  { node, phase = 'Running', readyFor, age = 50_000, cost, restarts = 0 }: Sketch,
): Pod {
  return {
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: String(NOW - age),
      annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': String(cost) },
    },
    spec: { containers: [], nodeName: node },
    status: {
      phase,
      conditions: [
        {
          type: 'Ready',
          status: readyFor === undefined ? 'False' : 'True',
          lastTransitionTime: String(NOW - (readyFor ?? 0)),
        },
      ],
      containerStatuses: [{ name: 'c', restartCount: restarts }],
    },
  } as unknown as Pod;
}

const toDelete = (pods: readonly Pod[], related: readonly Pod[], count: number): readonly Pod[] =>
  podsToDelete(
    pods.map((one) => ({ pod: one, ranked: undefined })),
    (node) => related.filter(({ spec }) => (spec.nodeName ?? '') === node).length,
    count,
    NOW * 1e6,
    (time) => Number(time) * 1e6,
  );

/** Names in the order in which they would go. */
function order(sketches: Readonly<Record<string, Sketch>>, related: readonly Pod[] = []): string {
  const pods = Object.entries(sketches).map(([name, sketch]) => pod(name, sketch));
  const gone: string[] = [];
  for (let left = pods; left.length > 1; ) {
    const [victim] = toDelete(left, related, 1);
    gone.push(victim!.metadata.name);
    left = left.filter((candidate) => candidate !== victim);
  }
  return gone.join(' ');
}

describe('scale-down victims', () => {
  it.each<[string, Record<string, Sketch>, string]>([
    ['unassigned first', { a: { node: 'n', readyFor: 9 }, b: { phase: 'Pending' } }, 'b'],
    ['pending before running', { a: { node: 'n' }, b: { node: 'm', phase: 'Pending' } }, 'b'],
    ['unready before ready', { a: { node: 'n', readyFor: 5 }, b: { node: 'm' } }, 'b'],
    [
      'cheaper first',
      {
        a: { node: 'n', readyFor: 9, cost: 10 },
        b: { node: 'm', readyFor: 9000, cost: -5 },
        c: { node: 'o', readyFor: 1 },
      },
      'b c',
    ],
    [
      'a cost counts less than readiness',
      { a: { node: 'n', readyFor: 9, cost: -100 }, b: { node: 'm', cost: 100 } },
      'b',
    ],
    [
      'shorter ready first, in powers of two',
      { a: { node: 'n', readyFor: 5000 }, b: { node: 'm', readyFor: 3 }, c: { node: 'o', readyFor: 90 } },
      'b c',
    ],
    ['within a power of two by UID', { b: { node: 'n', readyFor: 7 }, a: { node: 'm', readyFor: 8 } }, 'a'],
    [
      'more restarts first',
      {
        a: { node: 'n', readyFor: 9 },
        b: { node: 'm', readyFor: 9, restarts: 5 },
        c: { node: 'o', readyFor: 9, restarts: 2 },
      },
      'b c',
    ],
    [
      'newer first',
      { a: { node: 'n', readyFor: 2, age: 40_000 }, b: { node: 'm', readyFor: 2, age: 10 } },
      'b',
    ],
  ])('%s', (_, sketches, expected) => {
    expect(order(sketches)).toBe(expected);
  });

  it('does not depend on how many are asked for', () => {
    const pods = Array.from({ length: 40 }, (_, i) =>
      pod(`p${(i * 7) % 40}`, {
        ...(i % 3 !== 0 && { node: `n${i % 5}` }),
        phase: i % 7 === 0 ? 'Pending' : 'Running',
        ...(i % 2 !== 0 && { readyFor: (i * 37) % 11 }),
        restarts: i % 4,
      }),
    );
    const victims = (count: number): string[] =>
      toDelete(pods, pods, count).map(({ metadata }) => metadata.name);
    const all = victims(pods.length - 1);
    for (let count = 1; count < all.length; count++) expect(victims(count)).toEqual(all.slice(0, count));
  });

  it('of a Deployment: from crowded nodes before ready times count', () => {
    const related = [pod('x', { node: 'm' }), pod('y', { node: 'm' }), pod('z', { node: 'n' })];
    const sketches = { a: { node: 'n', readyFor: 3 }, b: { node: 'm', readyFor: 5000 } };
    expect(order(sketches, related)).toBe('b');
    expect(order(sketches)).toBe('a');
  });

  it.each([
    [-1, -1],
    [0, -1],
    [0.001, 0],
    [1, 9],
    [1e6, 29],
    [7e6, 32],
    [12e6, 33],
    [3.6e9, 41],
  ])('an age of %d µs is in bucket %d', (ageUs, bucket) => {
    expect(logarithmicBucket(ageUs)).toBe(bucket);
  });
});
