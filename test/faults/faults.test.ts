import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLatency } from '../../sim/apiserver/index.ts';
import { instant, type SimTime, seconds } from '../../sim/engine/index.ts';
import { containerCrash, domainOutage, Faults, kubeletStop, nodeCrash } from '../../sim/faults/index.ts';
import { TestCluster } from '../support/node/one-node-cluster.ts';

/** So slow that something is always under way when the next thing happens. */
const SLOW_API = { ...defaultLatency, etcdCommitUs: 200e3, watchDeliveryUs: 150e3 };
const SLOW_NODE = {
  sandboxStartUs: 0.4e6,
  containerStartUs: 0.3e6,
  stopUs: 0.7e6,
  teardownUs: 1e6,
  kubeletStartUs: 0.2e6,
  relistUs: 0.5e6,
};

const at = (second: number) => instant(second * 1e6);

function clusterWithFaults(nodes: readonly string[] = ['n1'], inflight = false) {
  const cluster = inflight
    ? new TestCluster({ latencies: SLOW_NODE }, nodes, SLOW_API)
    : new TestCluster({}, nodes);
  const faults = new Faults(cluster.simulation, cluster.world, cluster.kubelets, cluster.observations);
  const log: string[] = [];
  cluster.observations.on('fault-injected', ({ time, fault, target, phase }) => {
    log.push(`${time / 1e6} ${phase} ${fault} ${target}`);
  });
  return { cluster, faults, log };
}

describe('a node crash', () => {
  it('kills containers at once; they come back with one more restart, a new sandbox and exit code 255 behind them', () => {
    const { cluster, faults, log } = clusterWithFaults();
    cluster.create('web');
    faults.script(at(10), nodeCrash('n1'), seconds(20));
    cluster.runTo(5);
    const before = cluster.pod('web').status?.podIP ?? '';
    cluster.runTo(15);
    // The API has not heard of it.
    expect([cluster.row('web'), cluster.world.sandboxAt(before)]).toEqual(['1/1 Running 0', undefined]);
    cluster.runTo(31);
    expect(cluster.row('web')).toBe('1/1 Running 1');
    const status = cluster.pod('web').status;
    expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(255);
    expect(status?.podIP).not.toBe(before);
    expect(cluster.world.sandboxAt(status?.podIP ?? '')?.serving).toBe(true);
    expect(log).toEqual(['10 begin node-crash n1', '30 end node-crash n1']);
  });

  it('ends pods that are not to be restarted, and frees what they held', () => {
    const { cluster, faults } = clusterWithFaults();
    const containers = [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '3' } } }];
    cluster.create('job', {
      annotations: { 'kubedes.io/run-time': '60s' },
      spec: { restartPolicy: 'Never', containers },
    });
    faults.script(at(10), nodeCrash('n1'), seconds(5));
    cluster.runTo(20);
    expect([cluster.row('job'), cluster.pod('job').status?.phase]).toEqual(['0/1 Unknown 0', 'Failed']);
    cluster.create('next', { spec: { containers } });
    cluster.runTo(21);
    expect(cluster.row('next')).toBe('1/1 Running 0');
  });

  it('leaves the end of deleted pods to the kubelet that comes back', () => {
    const { cluster, faults } = clusterWithFaults();
    cluster.create('web');
    faults.script(at(10), nodeCrash('n1'), seconds(30));
    cluster.runTo(20);
    cluster.delete('web');
    cluster.runTo(39);
    expect(cluster.row('web')).toBe('1/1 Terminating 0');
    cluster.runTo(41);
    expect(cluster.has('web')).toBe(false);
  });

  it('without an end is for good', () => {
    const { cluster, faults } = clusterWithFaults();
    faults.script(at(1), nodeCrash('n1'));
    cluster.runTo(1000);
    expect(cluster.world.machine('n1')?.up).toBe(false);
  });
});

it('a container crash is answered by the restart policy', () => {
  const { cluster, faults } = clusterWithFaults();
  cluster.create('web');
  cluster.create('once', { spec: { restartPolicy: 'Never' } });
  faults.script(at(10), containerCrash({ pod: 'default/web', exitCode: 3 }));
  faults.script(at(10), containerCrash({ pod: 'default/once', container: 'c' }));
  cluster.runTo(12);
  expect([cluster.row('web'), cluster.row('once')]).toEqual(['1/1 Running 1', '0/1 Error 0']);
  const exitCode = (name: string) => {
    const status = cluster.pod(name).status?.containerStatuses?.[0];
    return (status?.lastState?.terminated ?? status?.state?.terminated)?.exitCode;
  };
  expect([exitCode('web'), exitCode('once')]).toEqual([3, 137]);
});

it('a zone outage takes the machines of the zone; a crash of one of them that lasts longer keeps it down', () => {
  const { cluster, faults } = clusterWithFaults(['a1', 'a2', 'b1']);
  const changes: string[] = [];
  cluster.observations.on('machine-changed', ({ time, node, up }) => {
    changes.push(`${time / 1e6} ${node} ${up ? 'up' : 'down'}`);
  });
  faults.script(at(10), domainOutage('zone', 'a'), seconds(20));
  faults.script(at(15), nodeCrash('a2'), seconds(25));
  cluster.runTo(60);
  expect(changes).toEqual(['10 a1 down', '10 a2 down', '30 a1 up', '40 a2 up']);
});

it('a stopped kubelet leaves its containers running and answering, without heartbeats and without starts', () => {
  const { cluster, faults } = clusterWithFaults();
  cluster.create('web');
  cluster.create('job', { annotations: { 'kubedes.io/run-time': '30s' }, spec: { restartPolicy: 'Never' } });
  faults.script(at(10), kubeletStop('n1'), seconds(100));
  cluster.runTo(20);
  cluster.create('late');
  cluster.runTo(105);
  const ip = cluster.pod('web').status?.podIP ?? '';
  expect(cluster.world.sandboxAt(ip)?.serving).toBe(true);
  expect(['web', 'job', 'late'].map((name) => cluster.row(name))).toEqual([
    '1/1 Running 0',
    '1/1 Running 0',
    '0/1 Pending 0',
  ]);
  expect(cluster.kubelets.lastRenewal('n1', cluster.simulation.now)!).toBeLessThanOrEqual(at(10));
  cluster.runTo(115);
  expect(['web', 'job', 'late'].map((name) => cluster.row(name))).toEqual([
    '1/1 Running 0',
    '0/1 Completed 0',
    '1/1 Running 0',
  ]);
  expect(cluster.world.sandboxAt(ip)?.podKey).toBe('default/web');
});

describe('failure processes', () => {
  const NODES = ['a1', 'a2', 'b1', 'b2'];
  const process = {
    name: 'power',
    level: 'node',
    timeToFailure: { exponential: { mean: 600e6 } },
    timeToRepair: { exponential: { mean: 60e6 } },
  } as const;

  it('give a node the same failures whoever else fails', () => {
    const logOf = (includes: (name: string) => boolean) => {
      const { cluster, faults, log } = clusterWithFaults(NODES);
      faults.process({ ...process, includes: (machine) => includes(machine.name) });
      cluster.runTo(20_000);
      return log.filter((line) => line.endsWith(' b1'));
    };
    const alone = logOf((name) => name === 'b1');
    expect(alone.length).toBeGreaterThan(10);
    expect(logOf(() => true)).toEqual(alone);
  });

  it('keep machines up for MTBF / (MTBF + MTTR) of the time', () => {
    const { cluster, faults } = clusterWithFaults(NODES);
    const down = new Map<string, SimTime>();
    let downUs = 0;
    cluster.observations.on('machine-changed', ({ time, node, up }) => {
      if (up) downUs += time - (down.get(node) ?? time);
      else down.set(node, time);
    });
    faults.process(process);
    const horizon = 2_000_000;
    cluster.runTo(horizon);
    // About 12,000 cycles of 660 s: the standard error of the unavailability 1/11 is below 0.001.
    expect(downUs / 1e6 / (NODES.length * horizon)).toBeCloseTo(1 / 11, 2);
  });

  it('of a zone strike its machines together', () => {
    const { cluster, faults, log } = clusterWithFaults(NODES);
    faults.process({ ...process, level: 'zone' });
    cluster.runTo(5000);
    const targets = new Set(log.map((line) => line.split(' ').slice(2).join(' ')));
    expect([...targets].sort()).toEqual(['zone-outage a', 'zone-outage b']);
  });
});

it('whatever happens, the world, the kubelet and the API agree once all is well again', () => {
  const step = fc.record({
    act: fc.constantFrom('create', 'create', 'job', 'delete', 'crash', 'kubelet', 'container', 'wait'),
    pod: fc.nat(3),
    node: fc.constantFrom('n1', 'n2'),
    span: fc.nat(30),
    pause: fc.constantFrom(0, 0.1, 0.2, 0.3, 0.4, 0.5, 1, 1, 2, 5),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { cluster, faults } = clusterWithFaults(['n1', 'n2'], true);
      let now = 1;
      for (const { act, pod, node, span, pause } of steps) {
        const name = `p${pod}`;
        const soon = instant(cluster.simulation.now + 1);
        const gone = !cluster.has(name);
        if (act === 'create' && gone) cluster.create(name, { node });
        if (act === 'job' && gone) {
          cluster.create(name, {
            node,
            annotations: { 'kubedes.io/run-time': '7s' },
            spec: { restartPolicy: 'OnFailure' },
          });
        }
        if (act === 'delete' && !gone) cluster.delete(name, span % 3 === 0 ? 0 : undefined);
        if (act === 'crash') faults.script(soon, nodeCrash(node), seconds(span / 4));
        if (act === 'kubelet') faults.script(soon, kubeletStop(node), seconds(span / 4));
        if (act === 'container')
          faults.script(soon, containerCrash({ pod: `default/${name}`, exitCode: span % 2 }));
        now += pause;
        cluster.runTo(now);
      }
      cluster.runTo(now + 1300);
      const live = cluster.apiserver.list('pods').filter((pod) => pod.status?.phase === 'Running');
      for (const pod of cluster.apiserver.list('pods'))
        expect(pod.metadata.deletionTimestamp).toBeUndefined();
      for (const pod of live) expect(cluster.row(pod.metadata.name)).toMatch(/^1\/1 Running/);
      const boxes = ['n1', 'n2'].flatMap((node) => cluster.world.sandboxesOn(node));
      const answers = (keys: readonly string[]) => [...keys].sort();
      expect(answers(boxes.map((box) => `${box.podKey} ${box.podUid} ${box.ip} ${box.serving}`))).toEqual(
        answers(
          live.map(
            ({ metadata, status }) => `default/${metadata.name} ${metadata.uid} ${status?.podIP} true`,
          ),
        ),
      );
      for (const node of ['n1', 'n2']) {
        const bound = live.filter((pod) => pod.spec.nodeName === node).length;
        expect(cluster.kubelets.podsOn(node)).toBe(bound);
      }
    }),
    { seed: 1, numRuns: 120 },
  );
});
