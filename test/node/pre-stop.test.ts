/** preStop hooks that sleep: the container runs and serves until they are over, at most as long as its grace period. */
import { describe, expect, it } from 'vitest';
import { TestCluster } from '../support/node/one-node-cluster.ts';

const sleeping = (name: string, seconds: number) => ({
  name,
  image: 'app:1',
  lifecycle: { preStop: { sleep: { seconds } } },
});
const hookless = { name: 'plain', image: 'app:1' };

function deletedAtOne(
  containers: Parameters<TestCluster['create']>[1],
  { grace, stop = 0.1 }: { readonly grace?: number | undefined; readonly stop?: number } = {},
): TestCluster {
  const cluster = new TestCluster({ latencies: { stopUs: stop * 1e6, teardownUs: 1e6 } });
  cluster.create('p', containers);
  cluster.runTo(1);
  cluster.delete('p', grace);
  return cluster;
}

const endOf = (cluster: TestCluster): number | undefined => {
  const step = cluster.stepsOf('p').find((text) => text.endsWith('finished'));
  return step === undefined ? undefined : Number.parseFloat(step);
};

describe('a preStop hook that sleeps', () => {
  it.each([
    { what: 'comes before the signal', sleeps: [20], grace: undefined, stop: 0.1, end: 21.1, exitCode: 0 },
    { what: 'of the slowest counts', sleeps: [5, 20], grace: undefined, stop: 0.1, end: 21.1, exitCode: 0 },
    { what: 'leaves the rest of the time', sleeps: [20], grace: undefined, stop: 60, end: 31, exitCode: 137 },
    { what: 'is cut short', sleeps: [20], grace: 5, stop: 0.1, end: 6.1, exitCode: 0 },
    { what: 'leaves two seconds in any case', sleeps: [20], grace: 5, stop: 60, end: 8, exitCode: 137 },
    { what: 'of no time changes nothing', sleeps: [0], grace: undefined, stop: 0.1, end: 1.1, exitCode: 0 },
  ])('$what', ({ sleeps, grace, stop, end, exitCode }) => {
    const containers = sleeps.map((seconds, i) => sleeping(`c${i}`, seconds));
    const cluster = deletedAtOne({ spec: { containers } }, { grace, stop });
    cluster.runTo(end + 0.5);
    expect(endOf(cluster)).toBe(end);
    const { terminated } = cluster.pod('p').status?.containerStatuses?.at(-1)?.state ?? {};
    expect(terminated?.exitCode).toBe(exitCode);
    cluster.runTo(end + 1);
    expect(cluster.has('p')).toBe(false);
  });

  it('leaves its container running and serving', () => {
    const cluster = deletedAtOne({ spec: { containers: [sleeping('c', 20), hookless] } });
    const ip = cluster.pod('p').status?.podIP ?? '';
    cluster.runTo(21);
    expect([cluster.row('p'), cluster.world.sandboxAt(ip)?.serving]).toEqual(['2/2 Terminating 0', true]);
    cluster.runTo(21.2);
    expect(cluster.world.sandboxAt(ip)).toBe(undefined);
  });

  it('begins anew with a grace period that is shortened', () => {
    const cluster = deletedAtOne({ spec: { containers: [sleeping('c', 20)] } });
    cluster.runTo(4);
    cluster.delete('p', 3);
    cluster.runTo(10);
    expect(endOf(cluster)).toBe(7.1);
  });

  it('begins anew with the kubelet, if that went away meanwhile', () => {
    const cluster = deletedAtOne({ spec: { containers: [sleeping('c', 20)] } });
    cluster.runTo(10);
    cluster.kubelets.stopKubelet('n1');
    cluster.runTo(40);
    expect(endOf(cluster)).toBe(undefined);
    cluster.kubelets.startKubelet('n1');
    cluster.runTo(70);
    expect(endOf(cluster)).toBe(60.1);
  });

  it('holds up a container that is replaced', () => {
    const cluster = new TestCluster({ latencies: { stopUs: 0.1e6 } });
    cluster.create('p', { spec: { containers: [sleeping('c', 20)] } });
    cluster.runTo(1);
    const pod = cluster.pod('p');
    const containers = pod.spec.containers.map((container) => ({ ...container, image: 'app:2' }));
    const object = { ...pod, spec: { ...pod.spec, containers } };
    cluster.apiserver.execute({ verb: 'update', resource: 'pods', object });
    cluster.runTo(21);
    expect(cluster.row('p')).toBe('1/1 Running 0');
    cluster.runTo(30);
    expect(cluster.row('p')).toBe('1/1 Running 1');
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(0);
  });
});
