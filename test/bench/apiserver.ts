/**
 * What a write costs in the API server, fan-out included: pods are created from one template, bound, twice updated in status and
 * deleted, before a scheduler-like informer, a controller-like informer with an owner index and one watch per node.
 */
import type { Pod, PodSpec } from '../../sim/api/index.ts';
import type { ObservationMap } from '../../sim/api/observations.ts';
import { type ApiRequest, ApiServer } from '../../sim/apiserver/index.ts';
import { SharedInformerFactory } from '../../sim/client/index.ts';
import { instant, Observations, Simulation } from '../../sim/engine/index.ts';
import { type BenchOptions, type BenchRow, median } from './row.ts';

const steps = ['create', 'bind', 'start', 'finish', 'delete'] as const;
type Step = (typeof steps)[number];

/** Requests under way at a time. */
const atOnce = 16;

const spec: PodSpec = {
  containers: [
    {
      name: 'main',
      image: 'registry.example/app:1',
      resources: { requests: { cpu: '100m', memory: '128Mi' } },
    },
  ],
};
const labels = { app: 'bench' };
const ownerReferences = [
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'bench',
    uid: '0',
    controller: true,
    blockOwnerDeletion: true,
  },
];

class Bench {
  readonly simulation = new Simulation('bench');
  readonly observations = new Observations<ObservationMap>();
  readonly server = new ApiServer(this.simulation, { observations: this.observations });
  readonly nodes: number;
  names: string[] = [];
  observed = 0;

  constructor(nodes: number) {
    this.nodes = nodes;
    this.observations.on('pod-changed', () => this.observed++);
    this.#watchers();
    this.simulation.run({ until: instant(1e6) });
  }

  #watchers(): void {
    const scheduler = new SharedInformerFactory(this.server);
    scheduler.informer('pods', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
    const controllers = new SharedInformerFactory(this.server);
    controllers.informer('pods').addIndex('owner', (pod) => pod.metadata.ownerReferences?.[0]?.uid);
    scheduler.start();
    controllers.start();
    for (let i = 0; i < this.nodes; i++) {
      const kubelet = new SharedInformerFactory(this.server);
      kubelet.informer('pods', { fieldSelector: `spec.nodeName=node-${i}` });
      kubelet.start();
    }
  }

  requestOf(step: Step, i: number): ApiRequest {
    const name = this.names[i] ?? '';
    switch (step) {
      case 'create': {
        const metadata = { generateName: 'bench-', labels, ownerReferences };
        const object = { apiVersion: 'v1' as const, kind: 'Pod' as const, metadata, spec };
        return { verb: 'create', resource: 'pods', namespace: 'default', object };
      }
      case 'bind':
        return { verb: 'bind', namespace: 'default', name, node: `node-${i % this.nodes}` };
      case 'start':
        return this.#status(name, { phase: 'Running', podIP: '10.0.0.1', startTime: '2026-01-01T00:00:00Z' });
      case 'finish':
        return this.#status(name, { phase: 'Succeeded' });
      case 'delete':
        return { verb: 'delete', resource: 'pods', namespace: 'default', name };
    }
  }

  #status(name: string, change: Pod['status'] & object): ApiRequest {
    const pod = this.server.get('pods', 'default', name)!;
    return {
      verb: 'update',
      resource: 'pods',
      object: { ...pod, status: { ...pod.status, ...change } },
      subresource: 'status',
    };
  }

  /** Sends the step for pods [from, to), a few at a time and 2 ms apart, and runs until all is delivered; CPU ns. */
  run(step: Step, from: number, to: number): number {
    const requests: ApiRequest[] = [];
    for (let i = from; i < to; i++) requests.push(this.requestOf(step, i));
    const before = process.cpuUsage();
    for (let i = 0; i < requests.length; i++) {
      this.server.submit(requests[i]!, instant(this.simulation.now + (i % atOnce) * 2000), step);
      if (i % atOnce === atOnce - 1)
        this.simulation.run({ until: instant(this.simulation.now + atOnce * 2000) });
    }
    this.simulation.run({ until: instant(this.simulation.now + 1e6) });
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1e3;
  }
}

/** Pods in batches, so that old and new pods live side by side; the median of several runs counts. */
export function run({ runs = 3, quick = false }: BenchOptions = {}): BenchRow[] {
  const pods = quick ? 10_000 : 100_000;
  const nodes = quick ? 100 : 1_000;
  const measured = Array.from({ length: runs }, () => lifecycles(pods, nodes));
  const variant = `${pods} pods, ${nodes} nodes`;
  return steps.map((name) => {
    const ns = measured.map((each) => each[name]).sort((x, y) => x - y);
    return { name, variant, medianNs: median(ns), minNs: ns[0]!, maxNs: ns.at(-1)!, runs };
  });
}

/** CPU ns per write, by step. */
function lifecycles(pods: number, nodes: number): Record<Step, number> {
  const bench = new Bench(nodes);
  const batch = pods / 10;
  const total: Record<Step, number> = { create: 0, bind: 0, start: 0, finish: 0, delete: 0 };
  for (let from = 0; from < pods; from += batch) {
    total.create += bench.run('create', from, from + batch);
    bench.names.push(...createdSince(bench, from));
    for (const step of ['bind', 'start', 'finish'] as const)
      total[step] += bench.run(step, from, from + batch);
  }
  for (let from = 0; from < pods; from += batch) total.delete += bench.run('delete', from, from + batch);
  for (const step of steps) total[step] /= pods;
  return total;
}

/** Names of the pods that the storage got after the first `from`. */
function createdSince(bench: Bench, from: number): string[] {
  const names: string[] = [];
  let i = 0;
  for (const { object } of bench.server.storage.tables.pods.inNamespace('default')) {
    if (i++ >= from) names.push(object.metadata.name);
  }
  return names;
}
