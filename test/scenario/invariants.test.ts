/** Each invariant, broken on purpose: by what the API lets through, else by telling of a change that did not happen. */
import { describe, expect, it } from 'vitest';
import { type ObservationMap, observationBus, type Pod } from '../../sim/api/index.ts';
import { type ApiRequest, ApiServer, noLatency } from '../../sim/apiserver/index.ts';
import { InvariantViolation, instant, Simulation } from '../../sim/engine/index.ts';
import { runScenario } from '../../sim/experiment/run.ts';
import { loadRegistries } from '../../sim/registries.ts';
import { loadScenario, type Registries } from '../../sim/scenario/index.ts';
import { Invariants } from '../../sim/scenario/invariants.ts';
import { podDraft } from '../support/api-objects.ts';

const DEFAULT = { namespace: 'default' } as const;

class Cluster {
  readonly simulation = new Simulation('broken');
  readonly bus = observationBus();
  readonly server = new ApiServer(this.simulation, { latency: noLatency, observations: this.bus });
  readonly invariants = new Invariants(this.simulation, this.server, this.bus);

  constructor() {
    this.addNode('n1', { cpu: '1', memory: '1Gi', pods: '3', 'example.com/gpu': '2' });
  }

  must(request: ApiRequest): unknown {
    const result = this.server.execute(request);
    if (!result.ok) throw new Error(result.error.message);
    return result.object;
  }

  addNode(name: string, allocatable: Record<string, string>): void {
    const object = { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: { allocatable } };
    this.must({ verb: 'create', resource: 'nodes', namespace: '', object });
  }

  pod(name: string, requests: Record<string, string> = {}, spec: Partial<Pod['spec']> = {}): Pod {
    const containers = [
      { name: 'main', image: 'app:1', resources: { requests, limits: limitsOf(requests) } },
    ];
    const object = podDraft(name, {}, { containers, ...spec });
    return this.must({ verb: 'create', resource: 'pods', ...DEFAULT, object }) as Pod;
  }

  bind(name: string, node = 'n1'): Pod {
    return this.must({ verb: 'bind', ...DEFAULT, name, node }) as Pod;
  }

  phase(pod: Pod, phase: string): Pod {
    const object = { ...pod, status: { ...pod.status, phase } };
    return this.must({ verb: 'update', resource: 'pods', subresource: 'status', object }) as Pod;
  }

  delete(name: string): void {
    const options = { gracePeriodSeconds: 0 };
    this.must({ verb: 'delete', resource: 'pods', ...DEFAULT, name, options });
  }

  /** Something is written, so that the revision goes on; then a change of a pod is told. */
  tell(change: Partial<ObservationMap['pod-changed']> & Pick<ObservationMap['pod-changed'], 'pod'>): void {
    this.must({
      verb: 'create',
      resource: 'configmaps',
      ...DEFAULT,
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x' } },
    });
    const { now: time } = this.simulation;
    this.bus.emit('pod-changed', { time, slot: 0, previous: undefined, deleted: false, ...change });
  }

  step(pod: Pod, step: 'admitted' | 'finished'): void {
    const { now: time } = this.simulation;
    this.bus.emit('pod-lifecycle', { time, pod, slot: 0, node: pod.spec.nodeName ?? '', step });
  }
}

/** Extended resources are requested and limited alike. */
const limitsOf = (requests: Record<string, string>) =>
  Object.fromEntries(Object.entries(requests).filter(([name]) => name.includes('/')));

const withSpec = (pod: Pod, spec: Partial<Pod['spec']>): Pod => ({ ...pod, spec: { ...pod.spec, ...spec } });

describe('invariants of pods', () => {
  it('let a life pass', () => {
    const c = new Cluster();
    c.invariants.holdBoundPodsToAllocatable();
    for (let i = 0; i < 10; i++) {
      c.pod(`p${i}`, { cpu: '900m' });
      const bound = c.bind(`p${i}`);
      c.step(bound, 'admitted');
      const running = c.phase(bound, 'Running');
      const over = c.phase(running, i % 2 === 0 ? 'Succeeded' : 'Failed');
      c.step(over, 'finished');
      if (i % 3 === 0) c.delete(`p${i}`);
    }
    c.invariants.audit(true);
  });

  it('a bound pod stays where it is', () => {
    const c = new Cluster();
    c.pod('p');
    const previous = c.bind('p');
    expect(() => c.tell({ previous, pod: withSpec(previous, { nodeName: 'n2' }) })).toThrow(
      'pod default/p was moved from node n1 to n2 (at 0 s, event 0, seed "broken")',
    );
    expect(() => c.tell({ previous, pod: withSpec(previous, { nodeName: '' }) })).toThrow('to none');
  });

  it('a pod stays who it is', () => {
    const c = new Cluster();
    const previous = c.pod('p');
    const pod = { ...previous, metadata: { ...previous.metadata, uid: 'other' } };
    expect(() => c.tell({ previous, pod })).toThrow(/pod default\/p \(.*\) became default\/p \(other\)/);
  });

  it.each(['Succeeded', 'Failed'])('a pod does not come back from %s', (terminal) => {
    const c = new Cluster();
    c.pod('p');
    const over = c.phase(c.bind('p'), terminal);
    expect(() => c.phase(over, 'Running')).toThrow(`pod default/p went from ${terminal} to Running`);
  });

  it('a pod is born Pending', () => {
    const c = new Cluster();
    const pod = c.pod('p');
    expect(() => c.tell({ pod: { ...pod, status: { phase: 'Running' } } })).toThrow('was created Running');
  });

  it('pods do not get lost', () => {
    const c = new Cluster();
    const pod = c.pod('p');
    expect(() => c.tell({ pod, previous: pod, deleted: true })).toThrow(
      '1 pods are there, 0 were created and not deleted',
    );
  });

  it('the pods on a node are those that came', () => {
    const c = new Cluster();
    c.pod('p');
    const bound = c.bind('p');
    c.tell({ previous: bound, pod: { ...bound, status: { phase: 'Failed' } } });
    expect(() => c.invariants.audit(false)).toThrow('1 pods are bound to n1, 0 came');
  });
});

describe('overcommit', () => {
  it.each([
    ['cpu', { cpu: '600m' }, 2, 'cpu (milli): 1200 of 1000'],
    ['memory', { memory: '600Mi' }, 2, 'memory (bytes): 1258291200 of 1073741824'],
    ['pod slots', {}, 4, 'pods: 4 of 3'],
    ['an extended resource', { 'example.com/gpu': '1' }, 3, 'example.com/gpu: 3 of 2'],
  ])('of %s is found at the binding and at the kubelet', (_, requests, count, excess) => {
    const bindAll = (c: Cluster): Pod[] =>
      Array.from({ length: count }, (_, i) => {
        c.pod(`p${i}`, requests);
        return c.bind(`p${i}`);
      });
    const held = new Cluster();
    held.invariants.holdBoundPodsToAllocatable();
    expect(() => bindAll(held)).toThrow(`binding pod default/p${count - 1} overcommits node n1: ${excess}`);

    const free = new Cluster();
    const pods = bindAll(free);
    for (const pod of pods.slice(0, -1)) free.step(pod, 'admitted');
    expect(() => free.step(pods.at(-1)!, 'admitted')).toThrow(`beyond what it has: ${excess}`);
  });

  it('is not counted for pods whose creator set their node', () => {
    const c = new Cluster();
    c.invariants.holdBoundPodsToAllocatable();
    for (const name of ['a', 'b', 'c']) c.pod(name, { cpu: '800m' }, { nodeName: 'n1' });
    c.pod('d', { cpu: '800m' });
    c.bind('d');
    for (const name of ['a', 'b', 'c', 'd']) c.delete(name);
    c.invariants.audit(false);
  });

  it('is not found where the node has only shrunk, or is not known', () => {
    const c = new Cluster();
    c.invariants.holdBoundPodsToAllocatable();
    c.must({
      verb: 'patch',
      resource: 'nodes',
      namespace: '',
      name: 'n1',
      patchType: 'merge',
      subresource: 'status',
      patch: { status: { allocatable: { cpu: '100m' } } },
    });
    c.pod('p', { cpu: '900m' });
    c.bind('p');
    c.pod('q', { cpu: '900m' });
    c.bind('q', 'unknown');
  });
});

describe('clock and revision', () => {
  it('go forward', () => {
    const c = new Cluster();
    const pod = c.pod('p');
    c.simulation.run({ until: instant(2e6) });
    c.bind('p');
    expect(() =>
      c.bus.emit('pod-changed', { time: instant(2e6), pod, slot: 0, previous: pod, deleted: false }),
    ).toThrow(/revision (\d+) follows \1/);
    expect(() => c.tell({ time: instant(1e6), pod, previous: pod })).toThrow('the clock went back from 2 s');
  });
});

describe('endpoints', () => {
  const withDanglingEndpoint = (labels: Record<string, string>): Cluster => {
    const c = new Cluster();
    const { uid } = c.pod('gone').metadata;
    c.must({
      verb: 'create',
      resource: 'services',
      ...DEFAULT,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
    });
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', labels },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', namespace: 'default', name: 'gone', uid } },
      ],
      ports: [],
    };
    c.must({ verb: 'create', resource: 'endpointslices', ...DEFAULT, object: slice });
    return c;
  };
  const OWN = {
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': 'web',
  };

  it('are pods that exist, once their controller has nothing left to do', () => {
    const c = withDanglingEndpoint(OWN);
    c.invariants.audit(true);
    c.delete('gone');
    c.simulation.run({ until: instant(59e6) });
    c.invariants.audit(true);
    c.simulation.run({ until: instant(60e6) });
    c.invariants.audit(false);
    expect(() => c.invariants.audit(true)).toThrow(/EndpointSlice default\/web-1 names pod default\/gone/);
  });

  it.each([
    ["somebody's own", { 'kubernetes.io/service-name': 'web' }],
    ['of a Service that is gone', { ...OWN, 'kubernetes.io/service-name': 'other' }],
  ])('may be anything in a slice that is %s', (_, labels) => {
    const c = withDanglingEndpoint(labels);
    c.delete('gone');
    c.simulation.run({ until: instant(600e6) });
    c.invariants.audit(true);
  });
});

describe('a whole run', () => {
  const scenario = {
    apiVersion: 'kubedes.io/v1',
    kind: 'Scenario',
    metadata: { name: 'liar' },
    duration: '1m',
    cluster: { nodes: [{ name: 'node', count: 1, capacity: { cpu: '1', memory: '4Gi', pods: 10 } }] },
    scheduler: {
      config: {
        apiVersion: 'kubescheduler.config.k8s.io/v1',
        kind: 'KubeSchedulerConfiguration',
        profiles: [
          {
            schedulerName: 'default-scheduler',
            plugins: {
              multiPoint: { enabled: [{ name: 'Anything' }], disabled: [{ name: 'NodeResourcesFit' }] },
            },
          },
        ],
      },
    },
    workload: [
      { name: 'big', arrival: { every: '1s' }, count: 3, pod: { requests: { cpu: '700m', memory: '1Gi' } } },
    ],
  };
  const text = JSON.stringify(scenario);
  const files = {
    read: () => text,
    resolve: (_: string, path: string) => path,
    show: (path: string) => path,
  };

  const play = (preventsOvercommit: boolean) => {
    const known = loadRegistries();
    const plugin = () => ({ name: 'Anything', preventsOvercommit, filter: () => undefined });
    const registries: Registries = { ...known, plugins: new Map([...known.plugins, ['Anything', plugin]]) };
    const [run] = loadScenario(`${process.cwd()}/the liar.yaml`, files, {
      seed: '7',
      settings: { duration: '2m', 'cluster.nodes.0.count': 1 },
    }).runs;
    return runScenario(run!, registries, { files: [] });
  };

  it('ends with time, event, seed and what replays it when a filter breaks its promise', () => {
    expect(() => play(true)).toThrow(InvariantViolation);
    expect(() => play(true)).toThrow(
      /^binding pod default\/big-1 overcommits node node-0: cpu \(milli\): 1400 of 1000 \(at 2\.\d+ s, event \d+, seed "7"\)\nreplay: the program that gave plugin Anything$/,
    );
  });

  it('may overcommit when no filter promises anything: kubelets refuse what is too much', () => {
    const pods = play(false).cluster.apiserver.list('pods');
    expect(pods.map(({ status }) => `${status?.phase} ${status?.reason ?? ''}`.trim())).toEqual([
      'Running',
      'Failed OutOfcpu',
      'Failed OutOfcpu',
    ]);
  });
});
