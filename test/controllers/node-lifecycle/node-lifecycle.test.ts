import { describe, expect, it } from 'vitest';
import type { Draft, Lease, Node, Pod } from '../../../sim/api/index.ts';
import { ApiServer } from '../../../sim/apiserver/index.ts';
import { SharedInformerFactory } from '../../../sim/client/index.ts';
import { ControllerManager, type HeartbeatView } from '../../../sim/controllers/index.ts';
import { instant, type SimTime, Simulation } from '../../../sim/engine/index.ts';

const RENEWAL = 10;

/** Renewals as a closed form: from `phase` on every 10 s, until `stop`. */
class Accounted implements HeartbeatView {
  readonly #phase: number;
  #stop = Number.POSITIVE_INFINITY;
  #listener: (node: string) => void = () => undefined;

  constructor(phase: number) {
    this.#phase = phase;
  }

  stop(node: string, at: number): void {
    this.#stop = at;
    this.#listener(node);
  }

  lastRenewal(_node: string, now: SimTime): SimTime | undefined {
    const last = Math.min(now / 1e6, this.#stop);
    if (last < this.#phase) return undefined;
    return instant((this.#phase + Math.floor((last - this.#phase) / RENEWAL) * RENEWAL) * 1e6);
  }

  renews(): boolean {
    return this.#stop === Number.POSITIVE_INFINITY;
  }

  onHeartbeatChange(listener: (node: string) => void): void {
    this.#listener = listener;
  }
}

class Cluster {
  readonly simulation = new Simulation('nodes');
  readonly apiserver = new ApiServer(this.simulation);
  /** What happened to node `n`, with the second it was seen. */
  readonly diary: string[] = [];

  constructor(heartbeats?: HeartbeatView) {
    const informers = new SharedInformerFactory(this.apiserver);
    const note = (what: string): void => {
      const line = `${what}@${Math.floor(this.simulation.now / 1e6)}`;
      if (!this.diary.some((known) => known.startsWith(`${what}@`))) this.diary.push(line);
    };
    informers.informer('nodes').addHandler({
      onUpdate: ({ spec, status }) => {
        const ready = status?.conditions?.find(({ type }) => type === 'Ready');
        if (ready !== undefined) note(`Ready=${ready.status}`);
        for (const { key, effect } of spec.taints ?? [])
          note(`${key.slice('node.kubernetes.io/'.length)}:${effect}`);
      },
    });
    informers.informer('pods').addHandler({
      onUpdate: ({ metadata, status }) => {
        if (
          status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'False') ===
          true
        )
          note('pod unready');
        if (metadata.deletionTimestamp !== undefined) note('pod evicted');
      },
    });
    informers.start();
    new ControllerManager(this.simulation, this.apiserver, { heartbeats });
    this.#create('n');
    this.#create('m');
  }

  #create(name: string): void {
    const now = this.apiserver.clock.timestamp(this.simulation.now);
    const conditions = [
      { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now } as const,
    ];
    const object: Draft<Node> = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: {},
      status: { conditions },
    };
    this.apiserver.execute({ verb: 'create', resource: 'nodes', namespace: '', object });
  }

  renew(name: string): void {
    const renewTime = this.apiserver.clock.microTimestamp(this.simulation.now);
    const namespace = 'kube-node-lease';
    const object: Draft<Lease> = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace },
      spec: { renewTime },
    };
    this.apiserver.execute({
      verb: 'update',
      resource: 'leases',
      object: { ...object, metadata: { ...object.metadata, ...this.#version(name) } },
    });
  }

  #version(name: string): { readonly resourceVersion?: string } {
    const lease = this.apiserver.get('leases', 'kube-node-lease', name);
    return lease === undefined ? {} : { resourceVersion: lease.metadata.resourceVersion };
  }

  addPod(tolerationSeconds: number): void {
    const tolerations = [
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists' as const,
        effect: 'NoExecute' as const,
        tolerationSeconds,
      },
    ];
    const metadata = { name: 'p', namespace: 'default' };
    const spec = { nodeName: 'n', tolerations, containers: [{ name: 'c', image: 'i' }] };
    const object: Draft<Pod> = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    this.apiserver.execute({ verb: 'create', resource: 'pods', namespace: 'default', object });
    const pod = this.apiserver.get('pods', 'default', 'p')!;
    const conditions = [
      {
        type: 'Ready',
        status: 'True',
        lastTransitionTime: this.apiserver.clock.timestamp(this.simulation.now),
      } as const,
    ];
    this.apiserver.execute({
      verb: 'update',
      resource: 'pods',
      subresource: 'status',
      object: { ...pod, status: { phase: 'Running', conditions } } as Pod,
    });
  }

  runTo(second: number): void {
    this.simulation.run({ until: instant(second * 1e6) });
  }
}

/** The diary of a node that renews at `phase`, `phase` + 10, … and falls silent at `stop`; the other one goes on. */
function accounted(phase: number, stop: number): readonly string[] {
  const view = new Accounted(phase);
  const cluster = new Cluster({ ...bound(view), renews: (node) => node !== 'n' || view.renews() });
  cluster.runTo(stop);
  view.stop('n', stop);
  cluster.runTo(150);
  return cluster.diary;
}

const bound = (view: Accounted): HeartbeatView => ({
  lastRenewal: (node, now) => view.lastRenewal(node, now),
  renews: () => view.renews(),
  onHeartbeatChange: (listener) => view.onHeartbeatChange(listener),
});

function written(phase: number, stop: number): readonly string[] {
  const cluster = new Cluster();
  for (let second = phase; second < 150; second += RENEWAL) {
    cluster.runTo(second);
    cluster.renew('m');
    if (second <= stop) cluster.renew('n');
  }
  cluster.runTo(150);
  return cluster.diary;
}

describe('a node that falls silent', () => {
  it.each([
    [2, 33, 85],
    [4.5, 30, 75],
    [6, 47, 100],
    [9, 24, 70],
  ])(
    'renewing from %d s to %d s is Unknown at %d s, whether renewals are written or accounted for',
    (phase, stop, unknown) => {
      const expected = [
        `Ready=Unknown@${unknown}`,
        `unreachable:NoSchedule@${unknown}`,
        `unreachable:NoExecute@${unknown}`,
      ];
      const states = (diary: readonly string[]): string[] =>
        diary.filter((line) => /Unknown|unreachable/.test(line)).sort();
      expect(states(written(phase, stop))).toEqual([...expected].sort());
      expect(states(accounted(phase, stop))).toEqual([...expected].sort());
    },
  );

  it('takes its pods out of service at once and evicts them after their toleration', () => {
    const view = new Accounted(2);
    const cluster = new Cluster({ ...bound(view), renews: (node) => node !== 'n' || view.renews() });
    cluster.runTo(20);
    cluster.addPod(30);
    view.stop('n', 20);
    cluster.runTo(150);
    const last = cluster.diary.filter((line) => line.startsWith('pod') || line.endsWith('Unknown@65'));
    expect(last).toEqual(['Ready=Unknown@65', 'pod unready@65', 'pod evicted@95']);
  });

  it('costs nothing while it renews', () => {
    const cluster = new Cluster(bound(new Accounted(2)));
    cluster.runTo(100);
    const before = cluster.simulation.eventCount;
    cluster.runTo(10_000);
    // 1,980 looks would have happened meanwhile; the API server has some rare work of its own.
    expect(cluster.simulation.eventCount - before).toBeLessThan(10);
  });
});
