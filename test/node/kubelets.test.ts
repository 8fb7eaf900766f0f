import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../sim/api/index.ts';
import { seconds } from '../../sim/engine/index.ts';
import { TestCluster } from '../support/node/one-node-cluster.ts';

const run = (time: string, exitCode?: number) => ({
  'kubedes.io/run-time': time,
  ...(exitCode === undefined ? {} : { 'kubedes.io/exit-code': String(exitCode) }),
});

describe('a pod on its node', () => {
  it('goes through its steps at the instants of the latency table', () => {
    const cluster = new TestCluster({
      latencies: { sandboxStartUs: 0.3e6, containerStartUs: 0.1e6, teardownUs: 0.2e6, pullOverheadUs: 0.5e6 },
      images: new Map([['big:1', { bytes: 250e6 }]]),
    });
    cluster.create('web', { spec: { containers: [{ name: 'c', image: 'big:1' }] } });
    cluster.runTo(60);
    expect(cluster.row('web')).toBe('1/1 Running 0');
    cluster.delete('web');
    cluster.runTo(61);
    // 250 MB at 1 Gbit/s are 2 s.
    expect(cluster.stepsOf('web')).toEqual([
      '0 admitted',
      '0.3 sandbox-ready',
      '0.3 initialized',
      '2.8 images-pulled',
      '2.9 started',
      '2.9 ready',
      '60 finished',
      '60.2 removed',
    ]);
    expect(cluster.has('web')).toBe(false);
  });

  it('is noticed by the kubelet on its relist grid', () => {
    const cluster = new TestCluster({ latencies: { relistUs: 1e6, containerStartUs: 1 } });
    const readyAt: number[] = [];
    cluster.observations.on('pod-lifecycle', ({ time, step }) => {
      if (step === 'ready') readyAt.push(time % 1e6);
    });
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      cluster.create(name);
      cluster.runTo(1.25 * (i + 1));
    }
    cluster.runTo(10);
    expect(readyAt.length).toBe(3);
    expect(new Set(readyAt).size).toBe(1);
  });

  it('that completes frees its resources, keeps its object and tells its end in one status', () => {
    const cluster = new TestCluster();
    let writes = 0;
    cluster.observations.on('pod-changed', ({ pod }) => {
      if (pod.metadata.name === 'job') writes++;
    });
    const containers = [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '3' } } }];
    cluster.create('job', { annotations: run('5s'), spec: { restartPolicy: 'Never', containers } });
    cluster.runTo(4);
    expect(cluster.row('job')).toBe('1/1 Running 0');
    cluster.runTo(6);
    expect(cluster.row('job')).toBe('0/1 Completed 0');
    expect(cluster.pod('job').status?.phase).toBe('Succeeded');
    // Created, bound, ContainerCreating, Running, Succeeded.
    expect(writes).toBe(5);
    cluster.create('next', { spec: { containers } });
    cluster.runTo(7);
    expect(cluster.row('next')).toBe('1/1 Running 0');
  });

  it('runs init containers in order, a sidecar beside them, then the rest', () => {
    const cluster = new TestCluster({ latencies: { initRunUs: 2e6 } });
    const image = 'app:1';
    cluster.create('p', {
      annotations: run('5s'),
      spec: {
        restartPolicy: 'Never',
        initContainers: [
          { name: 'first', image },
          { name: 'sidecar', image, restartPolicy: 'Always' },
          { name: 'second', image },
        ],
      },
    });
    const rows = [1, 3, 5, 10].map((second) => {
      cluster.runTo(second);
      return cluster.row('p');
    });
    expect(rows).toEqual(['0/2 Init:0/3 0', '1/2 Init:2/3 0', '2/2 Running 0', '0/2 Completed 0']);
    expect(cluster.stepsOf('p')).toContain('4 initialized');
    expect(cluster.pod('p').status?.initContainerStatuses?.[1]?.state?.terminated).toBeDefined();
  });

  it.each([
    { sidecar: 'alone', before: [], probe: undefined, initializedAt: 1 },
    { sidecar: 'with a startup probe', before: [], probe: 3, initializedAt: 4 },
    { sidecar: 'after another that ends', before: ['first'], probe: 3, initializedAt: 7 },
  ])('is initialized once its sidecar has started: $sidecar', ({ before, probe, initializedAt }) => {
    const cluster = new TestCluster({ latencies: { containerStartUs: 1e6, initRunUs: 2e6 } });
    const image = 'app:1';
    const startupProbe = probe && { tcpSocket: { port: 80 }, initialDelaySeconds: probe };
    cluster.create('p', {
      spec: {
        initContainers: [
          ...before.map((name) => ({ name, image })),
          { name: 'sidecar', image, restartPolicy: 'Always', ...(startupProbe && { startupProbe }) },
        ],
      },
    });
    cluster.runTo(initializedAt - 0.5);
    expect(cluster.condition('p', 'Initialized')?.status).toBe('False');
    cluster.runTo(20);
    expect(cluster.stepsOf('p')).toContain(`${initializedAt} initialized`);
    const { lastTransitionTime = '' } = cluster.condition('p', 'Initialized') ?? {};
    expect(Date.parse(lastTransitionTime) - Date.parse(cluster.pod('p').status?.startTime ?? '')).toBe(
      initializedAt * 1000,
    );
  });

  it('becomes ready when its probes have passed, and serves from then on', () => {
    const cluster = new TestCluster();
    const tcpSocket = { port: 80 };
    const readinessProbe = { tcpSocket, initialDelaySeconds: 5, periodSeconds: 2, successThreshold: 3 };
    const startupProbe = { tcpSocket, initialDelaySeconds: 3 };
    cluster.create('p', {
      spec: { containers: [{ name: 'c', image: 'app:1', readinessProbe, startupProbe }] },
    });
    const sandbox = () => cluster.world.sandboxAt(cluster.pod('p').status?.podIP ?? '');
    cluster.runTo(11.9);
    expect([cluster.row('p'), sandbox()?.serving]).toEqual(['0/1 Running 0', false]);
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.started).toBe(true);
    cluster.runTo(12);
    expect([cluster.row('p'), sandbox()?.serving]).toEqual(['1/1 Running 0', true]);
  });

  it('tells its own conditions again when somebody else overwrites them, and keeps those of others', () => {
    const cluster = new TestCluster();
    cluster.create('p');
    cluster.runTo(1);
    const pod = cluster.pod('p');
    const others = { type: 'DisruptionTarget', status: 'True' } as const;
    const conditions = [
      ...(pod.status?.conditions ?? []).map((c) =>
        c.type === 'Ready' ? { ...c, status: 'False' as const } : c,
      ),
      others,
    ];
    const object = { ...pod, status: { ...pod.status, conditions } };
    cluster.apiserver.execute({ verb: 'update', resource: 'pods', subresource: 'status', object });
    cluster.runTo(2);
    expect(cluster.condition('p', 'Ready')?.status).toBe('True');
    expect(cluster.condition('p', 'DisruptionTarget')?.status).toBe('True');
  });

  it('stops serving at its end, not at its deletion', () => {
    const cluster = new TestCluster({ latencies: { stopUs: 4e6 } });
    cluster.create('p');
    cluster.runTo(1);
    const ip = cluster.pod('p').status?.podIP ?? '';
    cluster.delete('p');
    cluster.runTo(4);
    expect([cluster.row('p'), cluster.world.sandboxAt(ip)?.serving]).toEqual(['1/1 Terminating 0', true]);
    cluster.runTo(5);
    expect([cluster.has('p'), cluster.world.sandboxAt(ip)]).toEqual([false, undefined]);
  });

  it.each([
    { grace: undefined, spec: 30, stop: 4, gone: 4, exitCode: 0, phase: 'Succeeded' },
    { grace: 2, spec: 30, stop: 4, gone: 2, exitCode: 137, phase: 'Failed' },
    { grace: undefined, spec: 3, stop: 4, gone: 3, exitCode: 137, phase: 'Failed' },
  ])(
    'is killed when its grace period ends: $grace of $spec s, process needs $stop s',
    ({ grace, spec, stop, gone, exitCode, phase }) => {
      const cluster = new TestCluster({ latencies: { stopUs: stop * 1e6, teardownUs: 1e6 } });
      cluster.create('p', { spec: { terminationGracePeriodSeconds: spec } });
      cluster.runTo(1);
      cluster.delete('p', grace);
      cluster.runTo(1 + gone - 0.01);
      expect(cluster.row('p')).toBe('1/1 Terminating 0');
      cluster.runTo(1 + gone + 0.5);
      expect(cluster.pod('p').status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(exitCode);
      expect(cluster.pod('p').status?.phase).toBe(phase);
      cluster.runTo(1 + gone + 1);
      expect(cluster.has('p')).toBe(false);
    },
  );

  it.each([
    { what: 'a server', annotations: {}, exitCode: 0, phase: 'Succeeded' },
    { what: 'work that is not done', annotations: run('1h'), exitCode: 143, phase: 'Failed' },
  ])('that is $what and obeys SIGTERM ends with $exitCode', ({ annotations, exitCode, phase }) => {
    const cluster = new TestCluster({ latencies: { stopUs: 1e6, teardownUs: 1e6 } });
    cluster.create('p', { annotations, spec: { restartPolicy: 'Never' } });
    cluster.runTo(5);
    cluster.delete('p');
    cluster.runTo(6.5);
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(exitCode);
    expect(cluster.pod('p').status?.phase).toBe(phase);
  });

  it('deleted before it could start ends as failed and leaves nothing behind', () => {
    const cluster = new TestCluster({ latencies: { sandboxStartUs: 5e6, teardownUs: 1e6 } });
    cluster.create('p');
    cluster.runTo(1);
    cluster.delete('p');
    cluster.runTo(1.5);
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.state?.terminated?.reason).toBe(
      'ContainerStatusUnknown',
    );
    cluster.runTo(10);
    expect([cluster.has('p'), cluster.world.sandboxesOn('n1')]).toEqual([false, []]);
  });

  it('whose object vanishes is stopped all the same', () => {
    const cluster = new TestCluster();
    cluster.create('p');
    cluster.runTo(1);
    cluster.delete('p', 0);
    cluster.runTo(2);
    expect(cluster.stepsOf('p').at(-1)).toBe('1 removed');
    expect(cluster.world.sandboxesOn('n1')).toEqual([]);
  });

  // The relist that its crash was waiting for looks at it once more.
  it.each(['first', 'second', 'third'])(
    'that crashes and whose object vanishes is removed once, and only it, the %s of three',
    (gone) => {
      const names = ['first', 'second', 'third'];
      const cluster = new TestCluster({ latencies: { relistUs: 1e6 } });
      for (const name of names) cluster.create(name);
      cluster.runTo(5);
      cluster.kubelets.crashContainer(`default/${gone}`, undefined, 1);
      cluster.delete(gone, 0);
      cluster.runTo(10);
      expect(cluster.stepsOf(gone).filter((step) => step.endsWith('removed'))).toEqual(['5 removed']);
      const known = names.filter((name) => cluster.kubelets.crashContainer(`default/${name}`, undefined, 1));
      expect(known).toEqual(names.filter((name) => name !== gone));
    },
  );
});

describe('admission', () => {
  it('rejects what does not fit, with the reason in the status', () => {
    const cluster = new TestCluster();
    const containers = [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '3' } } }];
    cluster.create('a', { spec: { containers } });
    cluster.create('b', { spec: { containers } });
    cluster.runTo(1);
    expect([cluster.row('a'), cluster.row('b')]).toEqual(['1/1 Running 0', '0/1 OutOfcpu 0']);
    expect(cluster.pod('b').status?.message).toContain('requested: 3000, used: 3000, capacity: 4000');
    expect(cluster.stepsOf('b')).toEqual(['0 rejected']);
  });
});

describe('restarts', () => {
  it('of a crashing container follow the back-off: at once, then 10, 20, 40, … up to 300 s', () => {
    const cluster = new TestCluster({
      backoff: { initialUs: 10e6, maxUs: 60e6 },
      latencies: { resyncUs: 600e6 },
    });
    const starts: number[] = [];
    cluster.observations.on('container-restarted', ({ time }) => starts.push(time / 1e6));
    cluster.create('p', { annotations: run('1s', 3) });
    cluster.runTo(5);
    expect(cluster.row('p')).toBe('0/1 CrashLoopBackOff 1');
    cluster.runTo(300);
    // Each run takes 1 s; the wait counts from its end.
    expect(starts).toEqual([1, 12, 33, 74, 135, 196, 257]);
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(3);
  });

  it('come up to half the wait late by default', () => {
    const cluster = new TestCluster({ requeueJitter: 0.5 });
    const starts: number[] = [];
    cluster.observations.on('container-restarted', ({ time }) => starts.push(time / 1e6));
    cluster.create('p', { annotations: run('1s', 3) });
    cluster.runTo(40);
    expect(starts[0]).toBe(1);
    expect(starts[1]).toBeGreaterThan(12);
    expect(starts[1]).toBeLessThanOrEqual(17);
  });

  it.each([
    { restartPolicy: 'Never' as const, exitCode: 1, row: '0/1 Error 0', phase: 'Failed' },
    { restartPolicy: 'Never' as const, exitCode: 0, row: '0/1 Completed 0', phase: 'Succeeded' },
    { restartPolicy: 'OnFailure' as const, exitCode: 0, row: '0/1 Completed 0', phase: 'Succeeded' },
    { restartPolicy: 'OnFailure' as const, exitCode: 1, row: '0/1 CrashLoopBackOff 1', phase: 'Running' },
    { restartPolicy: 'Always' as const, exitCode: 0, row: '0/1 CrashLoopBackOff 1', phase: 'Running' },
  ])(
    'happen as the policy says: $restartPolicy, exit code $exitCode',
    ({ restartPolicy, exitCode, row, phase }) => {
      const cluster = new TestCluster();
      cluster.create('p', { annotations: run('1s', exitCode), spec: { restartPolicy } });
      cluster.runTo(5);
      expect([cluster.row('p'), cluster.pod('p').status?.phase]).toEqual([row, phase]);
    },
  );

  it('use the process model for each instance', () => {
    const ends = [parseDuration('1s'), parseDuration('2s')];
    const cluster = new TestCluster({
      process: (_pod, _container, instance) => {
        const after = ends[instance];
        return after === undefined ? undefined : { after, exitCode: 1 };
      },
    });
    cluster.create('p');
    cluster.runTo(30);
    expect(cluster.row('p')).toBe('1/1 Running 2');
  });
});

describe('observers', () => {
  it.each([
    { restartPolicy: 'Always', told: ['10 halted', '50 sandbox-ready', '52 resumed'] },
    { restartPolicy: 'Never', told: ['10 finished', '50 removed'] },
  ] as const)(
    'hear that a pod died with its machine when it did, whose policy is $restartPolicy',
    ({ restartPolicy, told }) => {
      const cluster = new TestCluster({ latencies: { containerStartUs: 2e6 } });
      cluster.create('p', { spec: { restartPolicy } });
      cluster.runTo(10);
      cluster.world.crashMachine('n1', 'test');
      cluster.runTo(50);
      cluster.world.recoverMachine('n1', 'test');
      cluster.runTo(100);
      expect(cluster.stepsOf('p').slice(-told.length)).toEqual(told);
    },
  );

  it('hear nothing of the end of a pod that its machine could not start', () => {
    const cluster = new TestCluster({ latencies: { containerStartUs: 20e6 } });
    cluster.create('p');
    cluster.runTo(10);
    cluster.world.crashMachine('n1', 'test');
    cluster.runTo(50);
    expect(cluster.stepsOf('p').at(-1)).toBe('0 images-pulled');
  });

  it('hear of a pod with two containers that it is down while both are', () => {
    const cluster = new TestCluster();
    const image = 'app:1';
    cluster.create('p', { spec: { containers: ['a', 'b'].map((name) => ({ name, image })) } });
    // The first restart comes at once, the second after a back-off of 10 s.
    for (const [second, name] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
      [8, 'b'],
      [40, 'b'],
    ] as const) {
      cluster.runTo(second);
      cluster.kubelets.crashContainer('default/p', name, 1);
    }
    cluster.runTo(100);
    expect(cluster.stepsOf('p').slice(-2)).toEqual(['8 halted', '13 resumed']);
  });
});

describe('images', () => {
  it('are pulled one at a time and once per node', () => {
    const cluster = new TestCluster({
      images: new Map([
        ['x', { bytes: 125e6 }],
        ['y', { bytes: 125e6 }],
      ]),
    });
    const pulled: string[] = [];
    cluster.observations.on('image-pulled', ({ time, image }) => pulled.push(`${time / 1e6} ${image}`));
    for (const [name, image] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const) {
      cluster.create(name, { spec: { containers: [{ name: 'c', image, imagePullPolicy: 'IfNotPresent' }] } });
    }
    cluster.runTo(20);
    expect(pulled).toEqual(['1 x', '2 y']);
    expect(['a', 'b', 'c'].map((name) => cluster.row(name))).toEqual(Array(3).fill('1/1 Running 0'));
    const images = cluster.apiserver.get('nodes', '', 'n1')?.status?.images;
    expect(images?.map((image) => image.names?.[0])).toEqual(['x', 'y', 'app:1']);
  });

  it.each([
    { name: 'the object of who waits vanishes', second: 1.5, rows: ['gone', '1/1 Running 0'] },
    { name: 'the machine goes down and comes back', second: 2.5, rows: ['1/1 Running 0', '1/1 Running 0'] },
  ])('that are being pulled when $name start nothing by mistake', ({ second, rows }) => {
    const images = new Map([['big:1', { bytes: 125e6 }]]);
    const cluster = new TestCluster({ latencies: { kubeletStartUs: 0.1e6 }, images });
    const names = ['a', 'b'];
    for (const name of names) cluster.create(name, { spec: { containers: [{ name: 'c', image: 'big:1' }] } });
    cluster.runTo(0.5);
    if (rows[0] === 'gone') cluster.delete('a', 0);
    else {
      cluster.world.crashMachine('n1', 'test');
      cluster.runTo(0.7);
      cluster.world.recoverMachine('n1', 'test');
    }
    cluster.runTo(second);
    expect(names.map((name) => (cluster.has(name) ? cluster.row(name) : 'gone'))).toEqual(rows);
    const begun = names.map(
      (name) => cluster.stepsOf(name).filter((step) => /pulled|started/.test(step)).length,
    );
    expect(begun).toEqual(rows.map((row) => (row === 'gone' ? 0 : 2)));
  });

  it('that cannot be pulled show ErrImagePull, then ImagePullBackOff, and are tried again', () => {
    const registry = new Map([['none:1', { bytes: 0, pullFails: true }]]);
    const cluster = new TestCluster({ images: registry, latencies: { relistUs: 1e6 } });
    const seen: string[] = [];
    cluster.observations.on('pod-changed', ({ deleted }) => {
      const status = deleted ? 'gone' : cluster.row('p').split(' ')[1]!;
      if (seen.at(-1) !== status) seen.push(status);
    });
    cluster.create('p', { spec: { containers: [{ name: 'c', image: 'none:1' }] } });
    cluster.runTo(25);
    expect(seen.slice(0, 5)).toEqual([
      'Pending',
      'ContainerCreating',
      'ErrImagePull',
      'ImagePullBackOff',
      'ErrImagePull',
    ]);
    registry.set('none:1', { bytes: 1, pullFails: false });
    cluster.runTo(120);
    expect(cluster.row('p')).toBe('1/1 Running 0');
  });

  it('change in a running container by killing and starting it', () => {
    const cluster = new TestCluster();
    cluster.create('p', { spec: { terminationGracePeriodSeconds: 1 } });
    cluster.runTo(1);
    const pod = cluster.pod('p');
    const containers = [{ ...pod.spec.containers[0]!, image: 'app:2' }];
    const result = cluster.apiserver.execute({
      verb: 'update',
      resource: 'pods',
      object: { ...pod, spec: { ...pod.spec, containers } } as never,
    });
    expect(result.ok).toBe(true);
    cluster.runTo(20);
    expect(cluster.row('p')).toBe('1/1 Running 1');
    expect(cluster.pod('p').status?.containerStatuses?.[0]?.image).toBe('app:2');
  });
});

describe('the Node object and its heartbeats', () => {
  it('has the well-known labels, addresses and conditions', () => {
    const node = new TestCluster().apiserver.get('nodes', '', 'n1');
    expect(node?.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'n1',
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': 'n',
    });
    expect(node?.spec?.podCIDR).toBe('10.244.0.0/24');
    expect(node?.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'MemoryPressure=False',
      'DiskPressure=False',
      'PIDPressure=False',
      'Ready=True',
    ]);
    expect(node?.status?.allocatable).toEqual(node?.status?.capacity);
  });

  it('renews its lease every 10 s without an event, and stops when the machine does', () => {
    const cluster = new TestCluster();
    const at = (second: number) => {
      cluster.runTo(second);
      return cluster.kubelets.lastRenewal('n1', cluster.simulation.now)! / 1e6;
    };
    const events = cluster.simulation.eventCount;
    const renewals = [at(100), at(105), at(109.999), at(110)];
    expect(cluster.simulation.eventCount).toBe(events);
    for (const [i, now] of [100, 105, 109.999, 110].entries()) {
      expect(now - renewals[i]!).toBeGreaterThanOrEqual(0);
      expect(now - renewals[i]!).toBeLessThan(10);
    }
    expect(renewals[3]! - renewals[0]!).toBe(10);
    cluster.world.crashMachine('n1', 'test');
    expect(at(500)).toBe(renewals[3]);
    cluster.world.recoverMachine('n1', 'test');
    expect(at(500.5)).toBe(500);
  });

  it('writes Lease objects if asked to', () => {
    const cluster = new TestCluster({ leases: 'written' });
    const renewTime = () => cluster.apiserver.get('leases', 'kube-node-lease', 'n1')?.spec?.renewTime;
    cluster.runTo(100);
    const before = renewTime();
    cluster.runTo(110);
    expect(
      cluster.apiserver.clock.microsecondsOf(renewTime()!) - cluster.apiserver.clock.microsecondsOf(before!),
    ).toBe(seconds(10));
  });
});
