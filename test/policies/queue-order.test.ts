/** Policies that decide which pod comes first: DRF, EDF, priority bands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../policies/edf.ts';
import { bandOf, mayEvict } from '../../policies/qos-aware.ts';
import type { Pod } from '../../sim/api/index.ts';
import { ProfileCluster } from '../support/policies/profile-cluster.ts';

/** Priority classes first: pods name them. */
function withPriorities(profile: string): ProfileCluster {
  const cluster = new ProfileCluster(profile);
  for (const [name, value] of Object.entries({ production: 1000, gold: 2000, batch: 10, late: -1 }))
    cluster.addPriorityClass(name, value);
  return cluster;
}

const priority = (priorityClassName: string) => ({ spec: { priorityClassName } });

describe('edf', () => {
  it('schedules the earliest deadline first, pods without one last', () => {
    const cluster = new ProfileCluster('edf');
    cluster.submit('none');
    cluster.submit('late', { annotations: { deadline: '20m' } });
    cluster.submit('soon', { annotations: { deadline: '5m' } });
    cluster.submit('middle', { annotations: { deadline: '10m' } });
    cluster.addNode('a', { cpu: '4' });
    cluster.runTo(5);
    expect(cluster.placedInOrder).toEqual(['soon', 'middle', 'late', 'none']);
  });

  it('counts a deadline from the creation of the pod', () => {
    const pod = {
      metadata: {
        creationTimestamp: '1970-01-01T00:01:00Z',
        annotations: { 'kubedes.io/deadline': '90s' },
      },
    } as unknown as Pod;
    expect(deadlineOf(pod)).toBe(150e6);
  });
});

describe('drf', () => {
  it('gives freed room to the tenant with less', () => {
    const cluster = new ProfileCluster('drf');
    cluster.addNode('a', { cpu: '4' });
    for (const i of [0, 1, 2, 3]) cluster.submit(`rich-${i}`, { cpu: '1', annotations: { tenant: 'rich' } });
    cluster.runTo(5);
    cluster.submit('rich-4', { cpu: '1', annotations: { tenant: 'rich' } });
    cluster.submit('poor-0', { cpu: '1', annotations: { tenant: 'poor' } });
    cluster.runTo(10);
    cluster.deletePod('rich-0');
    cluster.runTo(30);
    expect([cluster.nodeOf('rich-4'), cluster.nodeOf('poor-0')]).toEqual([undefined, 'a']);
  });

  it('lets no tenant envy another: shares differ by one pod at most', () => {
    const amounts = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 2, maxLength: 4 }), (tenants) => {
        const cluster = new ProfileCluster('drf');
        cluster.addNode('a', { cpu: '40', memory: '40Gi' });
        for (const [t, [cpu, memory]] of tenants.entries())
          for (let i = 0; i < 40; i++)
            cluster.submit(`t${t}-${i}`, {
              cpu: `${cpu}`,
              memory: `${memory}Gi`,
              annotations: { tenant: `t${t}` },
            });
        cluster.runTo(3);
        const used = tenants.map(() => 0);
        const shareOf = (t: number): number => (used[t]! * Math.max(...tenants[t]!)) / 40;
        // Until the first refusal every pod goes to a tenant with the least share.
        for (const { pod, result } of cluster.attempts) {
          if (result !== 'scheduled') break;
          const t = Number(pod.metadata.name.slice(1).split('-')[0]);
          expect(shareOf(t)).toBe(Math.min(...tenants.map((_, other) => shareOf(other))));
          used[t]!++;
        }
      }),
      { seed: 6, numRuns: 10 },
    );
  });

  it('goes by weights', () => {
    const cluster = new ProfileCluster('drf', { DRF: { weights: [{ tenant: 'b', weight: 3 }] } });
    for (const tenant of ['a', 'b'])
      for (let i = 0; i < 8; i++) cluster.submit(`${tenant}-${i}`, { cpu: '1', annotations: { tenant } });
    cluster.addNode('n', { cpu: '8' });
    cluster.runTo(5);
    expect(cluster.placedInOrder.filter((name) => name.startsWith('b')).length).toBe(6);
  });
});

describe('qos-aware', () => {
  const limits = { production: 1000, monitoring: 1_000_000 };
  const pod = (value: number, requests = {}, limited = {}): Pod =>
    ({
      metadata: { name: 'p' },
      spec: { priority: value, containers: [{ name: 'c', resources: { requests, limits: limited } }] },
    }) as unknown as Pod;
  const all = { cpu: '1', memory: '1Gi' };

  it.each([
    [2_000_000, {}, {}, 'monitoring'],
    [1000, {}, {}, 'production'],
    [10, {}, {}, 'batch'],
    [-1, all, all, 'best-effort'],
    [0, all, all, 'production'],
    [0, all, {}, 'batch'],
    [0, {}, {}, 'best-effort'],
  ])('priority %d, requests %j, limits %j: %s', (value, requests, limited, band) => {
    expect(bandOf(pod(value, requests, limited), limits)).toBe(band);
  });

  it.each([
    ['production evicts batch', 1000, 10, true],
    ['production never preempts production', 5000, 1000, false],
    ['batch evicts less important batch', 20, 10, true],
    ['batch does not evict its like', 10, 10, false],
    ['nobody evicts upwards', 10, 1000, false],
  ])('%s', (_, own, other, allowed) => {
    expect(mayEvict(pod(own), pod(other), limits)).toBe(allowed);
  });

  it('schedules by band, then priority', () => {
    const cluster = withPriorities('qos-aware');
    cluster.submit('late', priority('late'));
    cluster.submit('batch', priority('batch'));
    cluster.submit('production', priority('production'));
    cluster.submit('gold', priority('gold'));
    cluster.addNode('a', { cpu: '4' });
    cluster.runTo(5);
    expect(cluster.placedInOrder).toEqual(['gold', 'production', 'batch', 'late']);
  });

  it('evicts a lower band, but not production for production', () => {
    const cluster = withPriorities('qos-aware');
    cluster.addNode('a', { cpu: '2' });
    cluster.submit('batch', { cpu: '1', ...priority('batch') });
    cluster.submit('production', { cpu: '1', ...priority('production') });
    cluster.runTo(5);
    cluster.submit('gold', { cpu: '1', ...priority('gold') });
    cluster.runTo(60);
    expect(cluster.events.filter(({ reason }) => reason === 'Preempted').map(({ object }) => object)).toEqual(
      ['batch'],
    );
    cluster.submit('gold-2', { cpu: '1', ...priority('gold') });
    cluster.runTo(120);
    expect(cluster.events.filter(({ reason }) => reason === 'Preempted').length).toBe(1);
    expect(cluster.nodeOf('production')).toBe('a');
  });

  it('spreads production and packs the rest', () => {
    const cluster = withPriorities('qos-aware');
    for (const node of ['a', 'b']) cluster.addNode(node, { cpu: '8', memory: '8Gi' });
    const wish = (name: string) => ({ cpu: '1', memory: '1Gi', ...priority(name) });
    for (const i of [0, 1]) cluster.submit(`p-${i}`, wish('production'));
    cluster.runTo(5);
    expect([cluster.cpuOn('a'), cluster.cpuOn('b')]).toEqual([1000, 1000]);
    for (const i of [0, 1, 2]) cluster.submit(`b-${i}`, wish('batch'));
    cluster.runTo(10);
    expect([cluster.cpuOn('a'), cluster.cpuOn('b')]).toEqual([4000, 1000]);
  });
});
