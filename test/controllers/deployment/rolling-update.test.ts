import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../sim/api/index.ts';
import {
  fenceposts,
  maxSurge,
  maxUnavailable,
  newReplicaSetSize,
  proportionalSizes,
  shrinkOld,
  sumSpec,
} from '../../../sim/controllers/deployment/rolling-update.ts';

type Value = number | string;

const deployment = (replicas: number, surge: Value, unavailable: Value): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', uid: 'd', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      replicas,
      selector: {},
      template: { spec: { containers: [] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
    },
  }) as Deployment;

const replicaSet = (name: string, replicas: number, available: number, created = 0): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: `2026-01-01T00:00:${String(created).padStart(2, '0')}Z`,
    },
    spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
    status: { replicas, availableReplicas: available },
  }) as ReplicaSet;

describe('fenceposts', () => {
  it.each([
    ['25%', '25%', 10, 3, 2],
    ['25%', '25%', 4, 1, 1],
    ['25%', '25%', 1, 1, 0],
    [0, 1, 10, 0, 1],
    ['34%', '0%', 3, 2, 0],
    ['0%', '0%', 5, 0, 1],
    [2, '100%', 10, 2, 10],
  ])('surge %s, unavailable %s of %d', (surge, unavailable, desired, expectedSurge, expectedUnavailable) => {
    expect(fenceposts(surge, unavailable, desired)).toEqual({
      surge: expectedSurge,
      unavailable: expectedUnavailable,
    });
  });
});

describe('a rolling update of 10 at 25 %/25 %', () => {
  const d = deployment(10, '25%', '25%');
  it.each([
    // old, new, available of each → what the next sync does: new first, else old.
    [10, 0, 10, 0, { grows: 3 }],
    [10, 3, 10, 0, { shrinks: 8 }],
    [8, 3, 8, 0, { grows: 5 }],
    [8, 5, 8, 0, {}],
    [8, 5, 8, 3, { shrinks: 5 }],
  ])(
    'old %d, new %d',
    (oldSize, newSize, oldAvailable, newAvailable, next: { grows?: number; shrinks?: number }) => {
      const old = replicaSet('old', oldSize, oldAvailable);
      const fresh = replicaSet('new', newSize, newAvailable, 1);
      const size = newReplicaSetSize(d, [old, fresh], newSize);
      expect(size === newSize ? undefined : size).toBe(next.grows);
      if (size === newSize) expect(shrinkOld(d, [old], fresh).resizes[0]?.replicas).toBe(next.shrinks);
    },
  );
});

describe('unavailable old replicas', () => {
  it('go before available ones', () => {
    const d = deployment(6, 1, 1);
    const { resizes } = shrinkOld(d, [replicaSet('a', 6, 3)], replicaSet('new', 1, 0, 1));
    expect(resizes.map(({ replicas }) => replicas)).toEqual([5]);
  });

  it('wait while a status reports more than the spec asks for', () => {
    const d = deployment(2, 1, 1);
    expect(shrinkOld(d, [replicaSet('a', 2, 4)], replicaSet('new', 1, 1, 1)).inconsistent).toBe(true);
  });
});

describe('proportional scaling', () => {
  it.each([
    // sizes, annotated maximum, from → to with surge 3, unavailable 2.
    [[8, 5], 13, 15, [11, 7]],
    [[8, 5], 13, 5, [5, 3]],
  ])('%j of at most %d to %d', (sizes, max, to, expected) => {
    const all = sizes.map((size, i) => replicaSet(`rs${i}`, size, size, i));
    const found = proportionalSizes(deployment(to, 3, 2), all, () => max);
    expect(all.map((rs) => found.find((resize) => resize.replicaSet === rs)?.replicas)).toEqual(expected);
  });

  it('adds up to the replicas and the surge, whatever the sizes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 200 }), fc.nat(10), (given, to, surge) => {
        const all = given.map((size, i) => replicaSet(`rs${i}`, size, size, i));
        const d = deployment(to, surge, 1);
        const found = proportionalSizes(d, all, () => sumSpec(all));
        expect(found.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(to + maxSurge(d));
        for (const { replicas } of found) expect(replicas).toBeGreaterThanOrEqual(0);
      }),
      { seed: 2 },
    );
  });
});

describe('any rolling update', () => {
  it('stays between its fenceposts and ends', () => {
    const arbitrary = fc.record({
      n: fc.integer({ min: 1, max: 30 }),
      surge: fc.nat(10),
      unavailable: fc.nat(10),
      ready: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ n, surge, unavailable, ready }) => {
        const d = deployment(n, surge, unavailable);
        let [old, fresh] = [replicaSet('old', n, n), replicaSet('new', 0, 0, 1)];
        let steps = 0;
        while ((old.spec.replicas ?? 0) > 0 || (fresh.status?.availableReplicas ?? 0) < n) {
          expect(steps++).toBeLessThan(40 * n);
          const size = newReplicaSetSize(d, [old, fresh], fresh.spec.replicas ?? 0);
          if (size > (fresh.spec.replicas ?? 0))
            fresh = replicaSet('new', size, fresh.status?.availableReplicas ?? 0, 1);
          const left = shrinkOld(d, [old], fresh).resizes.at(-1)?.replicas ?? old.spec.replicas ?? 0;
          old = replicaSet('old', left, left);
          expect(sumSpec([old, fresh])).toBeLessThanOrEqual(n + maxSurge(d));
          const available = left + (fresh.status?.availableReplicas ?? 0);
          expect(available).toBeGreaterThanOrEqual(n - maxUnavailable(d));
          const more = Math.min(fresh.spec.replicas ?? 0, (fresh.status?.availableReplicas ?? 0) + ready);
          fresh = replicaSet('new', fresh.spec.replicas ?? 0, more, 1);
        }
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
