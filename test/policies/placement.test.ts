/** Policies that decide which node a pod gets, in a running cluster. */
import { describe, expect, it } from 'vitest';
import { defaultPlugins, profiles, schedulerPlugins } from '../../policies/index.ts';
import { profileNamed } from '../../sim/scheduler/index.ts';
import { ProfileCluster } from '../support/policies/profile-cluster.ts';

const names = (count: number, prefix = 'p'): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, '0')}`);

/** A cluster of equal nodes that got these pods. */
function placed(profile: string, pods: readonly string[], nodes = ['a', 'b', 'c'], seed = 'seed') {
  const cluster = new ProfileCluster(profile, {}, seed);
  for (const node of nodes) cluster.addNode(node, { cpu: '32', memory: '64Gi', pods: '1000' });
  for (const pod of pods) cluster.submit(pod, { memory: '200Mi' });
  cluster.runTo(60);
  return pods.map((pod) => cluster.nodeOf(pod));
}

describe('every named profile', () => {
  it.each([...profiles])('%s says what it does and can be built', (name, named) => {
    expect(named.meaning.length).toBeGreaterThan(10);
    expect(named.source.length).toBeGreaterThan(5);
    for (const plugin of profileNamed(named, defaultPlugins).pluginConfig.keys())
      expect(schedulerPlugins.has(plugin)).toBe(true);
    expect(() => new ProfileCluster(name)).not.toThrow();
  });
});

describe('least-allocated and most-allocated', () => {
  it('spread and pack', () => {
    const placedBy = (profile: string): readonly number[] => {
      const cluster = new ProfileCluster(profile);
      for (const node of ['a', 'b', 'c']) cluster.addNode(node, { cpu: '8', memory: '8Gi' });
      for (const name of names(6)) cluster.submit(name, { cpu: '1', memory: '1Gi' });
      cluster.runTo(5);
      return ['a', 'b', 'c'].map((node) => cluster.cpuOn(node));
    };
    expect(placedBy('least-allocated')).toEqual([2000, 2000, 2000]);
    expect(placedBy('most-allocated')).toEqual([6000, 0, 0]);
  });
});

describe('random', () => {
  const nodes = placed('random', names(300));

  it('gives every node its share', () => {
    for (const node of ['a', 'b', 'c']) {
      const share = nodes.filter((chosen) => chosen === node).length;
      // 100 ± 4 standard deviations.
      expect(Math.abs(share - 100)).toBeLessThan(33);
    }
  });

  it('draws the same with the same seed, otherwise with another', () => {
    expect(placed('random', names(300))).toEqual(nodes);
    expect(placed('random', names(300), ['a', 'b', 'c'], 'other')).not.toEqual(nodes);
  });
});

describe('first-fit', () => {
  it('fills the first node before it takes the next', () => {
    const cluster = new ProfileCluster('first-fit');
    for (const node of ['a', 'b', 'c']) cluster.addNode(node, { cpu: '1' });
    for (const name of names(5)) cluster.submit(name, { cpu: '400m' });
    cluster.runTo(5);
    expect(names(5).map((name) => cluster.nodeOf(name))).toEqual(['a', 'a', 'b', 'b', 'c']);
  });
});

describe('round-robin', () => {
  it('goes round, past nodes that are full', () => {
    const cluster = new ProfileCluster('round-robin');
    cluster.addNode('a', { cpu: '4' });
    cluster.addNode('b', { cpu: '1' });
    cluster.addNode('c', { cpu: '4' });
    for (const name of names(7)) cluster.submit(name, { cpu: '1' });
    cluster.runTo(5);
    expect(names(7).map((name) => cluster.nodeOf(name))).toEqual(['a', 'b', 'c', 'a', 'c', 'a', 'c']);
  });

  it('starts anew when the last node is gone', () => {
    const cluster = new ProfileCluster('round-robin');
    for (const node of ['a', 'b', 'c']) cluster.addNode(node, { cpu: '4' });
    for (const name of ['p', 'q']) cluster.submit(name);
    cluster.runTo(5);
    cluster.execute({ verb: 'delete', resource: 'nodes', namespace: '', name: 'b' });
    cluster.submit('r');
    cluster.runTo(10);
    expect(['p', 'q', 'r'].map((name) => cluster.nodeOf(name))).toEqual(['a', 'b', 'a']);
  });

  it('keeps its place in the memory of the framework', () => {
    const cluster = new ProfileCluster('round-robin');
    for (const node of ['a', 'b']) cluster.addNode(node, { cpu: '4' });
    cluster.submit('p');
    cluster.runTo(5);
    const [framework] = cluster.scheduler.frameworks.values();
    expect(
      framework!.memories
        .all()
        .get('RoundRobin')
        ?.map(({ value }) => value),
    ).toEqual(['a']);
  });
});

describe('affinity-aware', () => {
  it('lets a weak preference outweigh how full nodes are', () => {
    const labelSelector = { matchLabels: { app: 'db' } };
    const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
    const wishes = {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
      },
    };
    const nodeOf = (profile: string): string | undefined => {
      const cluster = new ProfileCluster(profile);
      for (const node of ['a', 'b']) cluster.addNode(node, { cpu: '4' });
      cluster.submit('db', { cpu: '1', memory: '4Gi', labels: { app: 'db' } });
      cluster.runTo(5);
      cluster.submit('web', { cpu: '1', spec: { affinity: wishes } });
      cluster.runTo(10);
      expect(cluster.nodeOf('db')).toBe('a');
      return cluster.nodeOf('web');
    };
    expect(nodeOf('least-allocated')).toBe('b');
    expect(nodeOf('affinity-aware')).toBe('a');
  });
});
