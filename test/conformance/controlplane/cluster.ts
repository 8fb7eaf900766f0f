/** The recorded cluster rebuilt: API server, controllers, stand-ins for scheduler and kubelets, twenty general nodes. */
import type { Condition, Draft, Node, Pod } from '../../../sim/api/index.ts';
import { type ApiRequest, type ApiResult, ApiServer } from '../../../sim/apiserver/index.ts';
import { SharedInformerFactory } from '../../../sim/client/index.ts';
import { ControllerManager } from '../../../sim/controllers/index.ts';
import { instant, type SimTime, Simulation } from '../../../sim/engine/index.ts';
import { Agents } from './agents.ts';
import { Aliases } from './aliases.ts';
import { Binder } from './binder.ts';
import { Kwok } from './kwok.ts';
import { monitorPhase, NodeTimes } from './node-times.ts';
import type { Recording } from './recording.ts';

const GENERAL_NODES = 20;
/** The recording's cluster was up long before the first step. */
const LEAD_SECONDS = 60;

export class Cluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  readonly aliases: Aliases;
  readonly kwok: Kwok;
  readonly informers: SharedInformerFactory;
  readonly agents = new Agents();
  readonly nodeTimes: NodeTimes;
  readonly #lead: number;

  constructor(recording: Recording) {
    this.simulation = new Simulation(recording.id);
    // So that the monitor looks at nodes when the recorded one did, or just before.
    this.#lead = LEAD_SECONDS - monitorPhase(recording);
    const epoch = new Date(Date.parse(recording.t0) - this.#lead * 1000).toISOString();
    this.apiserver = new ApiServer(this.simulation, { epoch });
    this.informers = new SharedInformerFactory(this.apiserver);
    this.aliases = new Aliases(this.informers);
    this.kwok = new Kwok(this.simulation, this.apiserver, this.informers, this.agents);
    this.nodeTimes = new NodeTimes(this.informers, () => this.simulation.now / 1e6 - this.#lead);
    const recorded = recordedNodes(recording);
    new Binder(this.simulation, this.apiserver, this.informers, (pod: Pod) =>
      recorded.get(this.aliases.aliasOf(pod.metadata.name)),
    );
    // The recording's limits (README, "Set-up and flags").
    new ControllerManager(this.simulation, this.apiserver, {
      limits: { qps: 200, burst: 300 },
      heartbeats: this.agents,
    });
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
    this.simulation.run({ until: instant(Math.round((t + this.#lead) * 1e6)) });
  }

  execute(request: ApiRequest): ApiResult {
    return this.apiserver.execute(request);
  }

  /** A node of KWOK's. */
  addNode(name: string, zone: string, pool?: string): void {
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/region': 'r1',
      'topology.kubernetes.io/zone': zone,
      ...(pool === undefined ? {} : { pool }),
    };
    const annotations = pool === undefined ? { 'kwok.x-k8s.io/node': 'fake' } : {};
    const taints = pool === undefined ? [] : [{ key: 'pool', value: pool, effect: 'NoSchedule' as const }];
    const resources = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '100Gi' };
    const status = { allocatable: resources, capacity: resources };
    const node: Draft<Node> = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels, annotations },
      spec: { taints },
      status,
    };
    this.execute({ verb: 'create', resource: 'nodes', namespace: '', object: node });
    this.nodeCreated(name);
  }

  /** Its kubelet begins to renew and reports. */
  nodeCreated(name: string): void {
    const node = this.apiserver.get('nodes', '', name);
    if (node === undefined) return;
    this.agents.add(node, this.simulation.now);
    this.#report(node);
  }

  stopKubelet(name: string, lastRenewal: number): void {
    this.agents.stop(name, Math.round((lastRenewal + this.#lead) * 1e6) as SimTime);
  }

  startKubelet(name: string): void {
    this.agents.start(name);
    const node = this.apiserver.get('nodes', '', name);
    if (node !== undefined) this.#report(node);
    this.kwok.restart(name);
  }

  #report(node: Node): void {
    const now = this.apiserver.clock.timestamp(this.simulation.now);
    const fine = (type: string): Condition => ({
      type,
      status: 'False',
      reason: `KubeletHas${type}`,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    });
    const ready: Condition = { ...fine('Ready'), status: 'True', reason: 'KubeletReady' };
    const conditions = [fine('MemoryPressure'), fine('DiskPressure'), fine('PIDPressure'), ready];
    const { resourceVersion: _, ...metadata } = node.metadata;
    const object = { ...node, metadata, status: { ...node.status, conditions } };
    this.execute({ verb: 'update', resource: 'nodes', object, subresource: 'status' });
  }
}

function recordedNodes({ trace }: Recording): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  for (const { kind, name, o } of trace)
    if (kind === 'Pod' && typeof o['node'] === 'string') nodes.set(name, o['node']);
  return nodes;
}
