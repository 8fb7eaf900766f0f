/** Data locality with delay scheduling, in a running cluster. */
import { describe, expect, it } from 'vitest';
import { levelAfter, skipsPerNode } from '../../../policies/data-locality/delay.ts';
import { seconds } from '../../../sim/engine/index.ts';
import { ProfileCluster } from '../../support/policies/profile-cluster.ts';

const patience = { node: seconds(5), rack: seconds(10) };
const BLOCKS = { blocks: [{ name: 'genome', nodes: ['r0-a'] }], nodeWait: '5s', rackWait: '10s' };

/** Two racks of two nodes; the block lies on r0-a. */
function cluster(args: Readonly<Record<string, unknown>> = BLOCKS): ProfileCluster {
  const made = new ProfileCluster('data-locality', { DataLocality: args });
  for (const rack of ['r0', 'r1'])
    for (const name of ['a', 'b'])
      made.addNode(`${rack}-${name}`, { cpu: '1' }, {
        metadata: { labels: { 'kubedes.io/rack': rack } },
      } as never);
  return made;
}

const reads = { cpu: '1', annotations: { input: 'genome' } };

const boundAt = (made: ProfileCluster, name: string): number =>
  (made.attempts.find(({ pod, result }) => pod.metadata.name === name && result === 'scheduled')?.time ??
    -1) / 1e6;

describe('delay scheduling', () => {
  it.each([
    [0, 2],
    [4.9e6, 2],
    [5e6, 1],
    [14.9e6, 1],
    [15e6, 0],
  ])('after %d µs takes level %d', (waited, level) => expect(levelAfter(waited, patience)).toBe(level));

  it('takes the node with the data at once', () => {
    const made = cluster();
    made.submit('p', reads);
    made.runTo(1);
    expect(made.nodeOf('p')).toBe('r0-a');
    expect(made.pod('p')?.metadata.annotations).toMatchObject({ 'kubedes.io/input-locality': 'node' });
  });

  it('waits for it, then takes the rack, then any node', () => {
    const made = cluster();
    for (const i of [0, 1, 2]) made.submit(`p-${i}`, reads);
    made.runTo(30);
    expect([0, 1, 2].map((i) => made.nodeOf(`p-${i}`)?.slice(0, 2))).toEqual(['r0', 'r0', 'r1']);
    expect(boundAt(made, 'p-0')).toBeLessThan(0.1);
    expect(boundAt(made, 'p-1')).toBeCloseTo(5, 1);
    expect(boundAt(made, 'p-2')).toBeCloseTo(15, 1);
  });

  it('takes the node with the data as soon as it is free', () => {
    const made = cluster();
    for (const i of [0, 1]) made.submit(`p-${i}`, reads);
    made.runTo(2);
    made.deletePod('p-0');
    made.runTo(4.5);
    expect(made.nodeOf('p-1')).toBe('r0-a');
  });

  it('begins to wait anew when the job gets a node with its data', () => {
    const made = cluster();
    for (const i of [0, 1, 2]) made.submit(`p-${i}`, { ...reads, owner: 'job' });
    made.runTo(3);
    made.deletePod('p-0');
    made.runTo(4.5);
    expect(made.nodeOf('p-1')).toBe('r0-a');
    made.runTo(30);
    // p-1 was placed between 3 s and 4.5 s; p-2 waits 5 s from then.
    const since = boundAt(made, 'p-1');
    expect(since).toBeGreaterThan(3);
    expect(boundAt(made, 'p-2')).toBeCloseTo(since + 5, 1);
  });

  it('evicts nobody while waiting will do', () => {
    const made = cluster();
    made.addPriorityClass('high', 1000);
    made.submit('p', reads);
    made.runTo(1);
    made.submit('q', { ...reads, spec: { priorityClassName: 'high' } });
    made.runTo(20);
    expect(made.nodeOf('p')).toBe('r0-a');
    expect(made.nodeOf('q')).toBe('r0-b');
  });

  it('leaves pods without input alone', () => {
    const made = cluster();
    made.submit('p', { cpu: '1' });
    made.runTo(1);
    expect(made.nodeOf('p')).toBeDefined();
  });

  it('places blocks that no catalogue lists: three replicas, two of them in another rack', () => {
    const made = cluster({ nodeWait: '1s', rackWait: '100s' });
    for (let i = 0; i < 4; i++) made.submit(`p-${i}`, { cpu: '1', annotations: { input: 'reads' } });
    made.runTo(0.9);
    expect([0, 1, 2, 3].filter((i) => made.nodeOf(`p-${i}`) !== undefined).length).toBe(3);
    made.runTo(10);
    expect(new Set([0, 1, 2, 3].map((i) => made.nodeOf(`p-${i}`))).size).toBe(4);
  });

  it('waits the longer the more locality is wanted', () => {
    expect(skipsPerNode(0.99, 20, 3)).toBeGreaterThan(skipsPerNode(0.95, 20, 3));
  });
});
