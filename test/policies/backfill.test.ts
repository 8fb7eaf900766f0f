/** EASY backfilling and strict first come, first served, in a running cluster of one node. */
import { describe, expect, it } from 'vitest';
import { ProfileCluster } from '../support/policies/profile-cluster.ts';

/** 10 CPUs, 8 of them taken for an hour; then `wide` wants 6 and becomes the head. */
function busy(profile: string): ProfileCluster {
  const cluster = new ProfileCluster(profile);
  cluster.addNode('a', { cpu: '10' });
  cluster.submit('running', { cpu: '8', annotations: { 'run-time-estimate': '1h' } });
  cluster.runTo(2);
  cluster.submit('wide', { cpu: '6', annotations: { 'run-time-estimate': '1h' } });
  cluster.runTo(4);
  return cluster;
}

const job = (cpu: string, estimate: string) => ({ cpu, annotations: { 'run-time-estimate': estimate } });

describe('backfill', () => {
  it.each([
    ['a short one that ends before the head starts', '2', '59m'],
    ['a long one in what the head leaves over', '2', '5h'],
  ])('starts %s', (_what, cpu, estimate) => {
    const cluster = busy('backfill');
    cluster.submit('late', job(cpu, estimate));
    cluster.runTo(6);
    expect(cluster.nodeOf('late')).toBe('a');
  });

  it('makes a long job wait that would take what the head needs', () => {
    const cluster = new ProfileCluster('backfill');
    cluster.addNode('a', { cpu: '10' });
    cluster.submit('running', job('8', '1h'));
    cluster.runTo(2);
    cluster.submit('wide', job('9', '1h'));
    cluster.runTo(4);
    cluster.submit('long', job('2', '2h'));
    cluster.submit('short', job('2', '30m'));
    cluster.runTo(8);
    expect([cluster.nodeOf('long'), cluster.nodeOf('short')]).toEqual([undefined, 'a']);
    cluster.deletePod('running');
    cluster.deletePod('short');
    cluster.runTo(30);
    expect([cluster.nodeOf('wide'), cluster.nodeOf('long')]).toEqual(['a', undefined]);
  });

  it('promises to the next oldest once the head has started', () => {
    const cluster = new ProfileCluster('backfill');
    cluster.addNode('a', { cpu: '10' });
    cluster.submit('running', job('10', '1h'));
    cluster.runTo(2);
    cluster.submit('first', job('10', '1h'));
    cluster.runTo(4);
    cluster.submit('second', job('10', '1h'));
    cluster.runTo(6);
    cluster.submit('third', job('1', '9h'));
    cluster.runTo(8);
    cluster.deletePod('running');
    cluster.runTo(30);
    cluster.deletePod('first');
    cluster.runTo(60);
    expect(cluster.placedInOrder).toEqual(['running', 'first', 'second']);
  });

  it('takes a pod without estimate to run for ever', () => {
    const cluster = busy('backfill');
    cluster.submit('unknown', { cpu: '2' });
    cluster.submit('unknown-2', { cpu: '2' });
    cluster.runTo(6);
    expect(cluster.nodeOf('unknown')).toBe('a');
    expect(cluster.nodeOf('unknown-2')).toBeUndefined();
  });
});

describe('fcfs', () => {
  it('lets nobody overtake the oldest that waits', () => {
    const cluster = busy('fcfs');
    cluster.submit('late', job('1', '1m'));
    cluster.runTo(20);
    expect(cluster.nodeOf('late')).toBeUndefined();
    cluster.deletePod('running');
    cluster.runTo(40);
    expect(cluster.placedInOrder).toEqual(['running', 'wide', 'late']);
  });

  it('does not wait for a pod that no node could ever take', () => {
    const cluster = new ProfileCluster('fcfs');
    cluster.addNode('a', { cpu: '10' });
    cluster.submit('huge', job('20', '1m'));
    cluster.runTo(20);
    cluster.submit('late', job('1', '1m'));
    cluster.runTo(60);
    expect(cluster.nodeOf('late')).toBe('a');
  });
});
