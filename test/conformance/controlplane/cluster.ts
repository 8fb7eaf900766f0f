/** The recorded cluster rebuilt: API server, controllers, stand-ins for scheduler and kubelets, twenty general nodes. */
import type { Draft, KubernetesObject, Node, Pod } from '../../../sim/api/index.ts';
import { type ApiRequest, type ApiResult, ApiServer } from '../../../sim/apiserver/index.ts';
import { SharedInformerFactory } from '../../../sim/client/index.ts';
import { ControllerManager } from '../../../sim/controllers/index.ts';
import { instant, Simulation } from '../../../sim/engine/index.ts';
import { Aliases } from './aliases.ts';
import { Binder } from './binder.ts';
import { Kwok } from './kwok.ts';
import type { Recording } from './recording.ts';

const GENERAL_NODES = 20;
/** The recording's cluster was up long before the first step. */
export const LEAD_SECONDS = 30;

export class Cluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  readonly aliases: Aliases;
  readonly kwok: Kwok;
  readonly informers: SharedInformerFactory;

  constructor(recording: Recording) {
    this.simulation = new Simulation(recording.id);
    const epoch = new Date(Date.parse(recording.t0) - LEAD_SECONDS * 1000).toISOString();
    this.apiserver = new ApiServer(this.simulation, { epoch });
    this.informers = new SharedInformerFactory(this.apiserver);
    this.aliases = new Aliases(this.informers);
    this.kwok = new Kwok(this.simulation, this.apiserver, this.informers);
    const recorded = recordedNodes(recording);
    new Binder(this.simulation, this.apiserver, this.informers, (pod: Pod) =>
      recorded.get(this.aliases.aliasOf(pod.metadata.name)),
    );
    // The recording's limits (README, "Set-up and flags").
    new ControllerManager(this.simulation, this.apiserver, { limits: { qps: 200, burst: 300 } });
    this.informers.start();
    for (let i = 0; i < GENERAL_NODES; i++) this.addNode(`g-${i}`, `zone-g${i % 3}`);
    this.execute({
      verb: 'create',
      resource: 'namespaces',
      namespace: '',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: recording.namespace } },
    });
    this.runTo(0);
  }

  /** Advances to `t` seconds after the recording's start. */
  runTo(t: number): void {
    this.simulation.run({ until: instant(Math.round((t + LEAD_SECONDS) * 1e6)) });
  }

  execute(request: ApiRequest): ApiResult {
    return this.apiserver.execute(request);
  }

  addNode(name: string, zone: string): void {
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/region': 'r1',
      'topology.kubernetes.io/zone': zone,
    };
    const resources = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '100Gi' };
    const node: Draft<Node> = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: {},
      status: { allocatable: resources, capacity: resources },
    };
    this.execute({ verb: 'create', resource: 'nodes', namespace: '', object: node });
    this.nodeReady(name);
  }

  /** The kubelet's first report. */
  nodeReady(name: string): void {
    const node = this.apiserver.get('nodes', '', name);
    if (node === undefined) return;
    const now = this.apiserver.clock.timestamp(this.simulation.now);
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    } as const;
    const object: KubernetesObject & { status: unknown } = {
      ...node,
      status: { ...node.status, conditions: [ready] },
    };
    this.execute({ verb: 'update', resource: 'nodes', object, subresource: 'status' });
  }
}

function recordedNodes({ trace }: Recording): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  for (const { kind, name, o } of trace)
    if (kind === 'Pod' && typeof o['node'] === 'string') nodes.set(name, o['node']);
  return nodes;
}
