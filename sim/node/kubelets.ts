/**
 * All kubelets of the cluster as one component with per-node state: each sees the pods bound to its node through a watch of
 * its own and writes through a client of its own (50 requests/s, burst 100). Source: kubelet of Kubernetes v1.36.3.
 */
import {
  type Container,
  keyOf,
  type Node,
  type ObservationBus,
  type Pod,
  podResources,
  qosClass,
} from '../api/index.ts';
import type { ApiResult, ApiServer, WatchHandle } from '../apiserver/index.ts';
import { ApiClient, type ClientLimits, clientLimits } from '../client/index.ts';
import {
  type Component,
  type Duration,
  Phase,
  type Port,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import { NodeAllocation } from './admission.ts';
import { type BackoffPolicy, DEFAULT_BACKOFF } from './backoff.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext, ProcessModel } from './context.ts';
import type { KubeletEvent, KubeletReply } from './events.ts';
import { Heartbeat } from './heartbeat.ts';
import { type ImageSpec, ImageStore } from './images.ts';
import { defaultNodeLatencies, type NodeLatencies } from './latencies.ts';
import { machineSpec, type NodeSpec, nodeObject } from './node-object.ts';
import { NodeRegistrar } from './node-registrar.ts';
import { NodeState } from './node-state.ts';
import { type EventSink, PodEvents } from './pod-events.ts';
import { PodState } from './pod-state.ts';
import { rejectedStatus } from './pod-status.ts';
import { PodTable } from './pod-table.ts';
import { PodWorkers } from './pod-worker.ts';
import { annotatedProcess } from './process-model.ts';
import { StatusWriter } from './status-writer.ts';

export interface KubeletsOptions {
  readonly latencies?: Partial<NodeLatencies> | undefined;
  readonly backoff?: BackoffPolicy | undefined;
  /** 0 makes waits exact; upstream's pod workers look again up to half the wait late. */
  readonly requeueJitter?: number | undefined;
  readonly images?: ReadonlyMap<string, ImageSpec> | undefined;
  readonly limits?: Partial<ClientLimits> | undefined;
  /** `accounted`: renewals are a closed form (see `lastRenewal`); `written`: Lease objects, one update per node and period. */
  readonly leases?: 'accounted' | 'written' | undefined;
  readonly process?: ProcessModel | undefined;
  readonly observations?: ObservationBus | undefined;
  readonly events?: EventSink | undefined;
}

export class Kubelets implements Component<KubeletEvent> {
  readonly name = 'kubelet';
  readonly #simulation: Simulation;
  readonly #apiserver: ApiServer;
  readonly #world: World;
  readonly #options: KubeletsOptions;
  readonly #context: KubeletContext;
  readonly #workers: PodWorkers;
  readonly #statuses: StatusWriter;
  readonly #registrar: NodeRegistrar;
  readonly #nodes = new Map<string, NodeState>();
  readonly #pods = new PodTable();
  readonly #heartbeatListeners: ((node: string) => void)[] = [];
  #started = false;

  constructor(simulation: Simulation, apiserver: ApiServer, world: World, options: KubeletsOptions = {}) {
    this.#simulation = simulation;
    this.#apiserver = apiserver;
    this.#world = world;
    this.#options = options;
    const latencies = { ...defaultNodeLatencies, ...options.latencies };
    const acts: Port<KubeletEvent> = simulation.port<KubeletEvent>(this, Phase.component);
    this.#context = {
      simulation,
      world,
      clock: apiserver.clock,
      latencies,
      backoff: options.backoff ?? DEFAULT_BACKOFF,
      requeueJitter: options.requeueJitter ?? 0.5,
      process: options.process ?? annotatedProcess(simulation.random),
      registry: options.images ?? new Map(),
      observations: options.observations,
      events: new PodEvents(options.events),
      physical: simulation.port<KubeletEvent>(this, Phase.world),
      acts,
      replies: simulation.port<KubeletReply>(this, Phase.response),
      renumber: (state) => this.#renumber(state),
      drop: (state) => this.#drop(state),
      free: (state) => this.#free(state),
    };
    this.#statuses = new StatusWriter(this.#context);
    this.#workers = new PodWorkers(this.#context, this.#statuses);
    this.#registrar = new NodeRegistrar(this.#context, options.leases ?? 'accounted');
    world.listen({ machineChanged: (machine) => this.#machineChanged(machine) });
  }

  /** A machine joins the cluster: with `start`, or at once if that has been called. Throws RangeError if the name is taken. */
  addNode(spec: NodeSpec): void {
    const { random, now } = this.#simulation;
    const { latencies, registry } = this.#context;
    const machine = this.#world.addMachine(machineSpec(spec));
    const draft = nodeObject(spec, machine, this.#context.clock.timestamp(now)) as Node;
    const client = new ApiClient(this.#simulation, this.#apiserver, {
      name: `kubelet/${spec.name}`,
      ...clientLimits.kubelet,
      ...this.#options.limits,
    });
    const images = new ImageStore(machine.registryBytesPerSecond, latencies.pullOverheadUs, registry);
    for (const { name, bytes } of spec.images ?? []) images.preload(name, bytes);
    const heartbeat = new Heartbeat(
      latencies.leaseRenewUs,
      Math.floor(random.draw('lease-phase', spec.name) * latencies.leaseRenewUs),
    );
    const allocation = new NodeAllocation(draft, { supplementalGroupsPolicy: true });
    const node = new NodeState(draft, machine, client, allocation, images, heartbeat);
    this.#nodes.set(spec.name, node);
    if (this.#started) this.#join(node);
  }

  /** Registers the nodes added so far at this instant and begins to watch. */
  start(): void {
    this.#started = true;
    for (const node of this.#nodes.values()) this.#join(node);
  }

  /** Undefined for a node without a kubelet, or one whose kubelet never ran. The same as its Lease would say. */
  lastRenewal(node: string, now: SimTime): SimTime | undefined {
    return this.#nodes.get(node)?.heartbeat.last(now);
  }

  /** The node goes on renewing until a heartbeat change is told. */
  renews(node: string): boolean {
    return this.#nodes.get(node)?.kubeletUp ?? false;
  }

  /** Tells when a node begins or ceases to renew; single renewals are not told. */
  onHeartbeatChange(listener: (node: string) => void): void {
    this.#heartbeatListeners.push(listener);
  }

  /** Pods that hold resources of the node. */
  podsOn(node: string): number {
    return this.#nodes.get(node)?.allocation.pods ?? 0;
  }

  /** A fault: the kubelet's process ends and stays down; containers go on. */
  stopKubelet(name: string): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    node.holds++;
    this.#stop(node);
  }

  /** The fault is over. */
  startKubelet(name: string): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    node.holds = Math.max(0, node.holds - 1);
    if (node.holds === 0 && node.machine.up) this.#planStart(node);
  }

  /** A fault: the process in a container ends. All regular containers if none is named. False if none was running. */
  crashContainer(
    podKey: string,
    containerName: string | undefined,
    exitCode: number,
    reason?: string,
  ): boolean {
    let hit = false;
    for (const node of this.#nodes.values()) {
      const state = node.pods.get(podKey);
      if (state === undefined) continue;
      for (const container of state.containers) {
        const named =
          containerName === undefined ? !container.init : container.container.name === containerName;
        if (!named || !container.running) continue;
        this.#workers.runner.exited(state, container, exitCode, reason);
        hit = true;
      }
    }
    return hit;
  }

  handle(event: KubeletEvent): void {
    switch (event.kind) {
      case 'relist':
      case 'kubelet-started':
      case 'node-status-due':
      case 'lease-due':
      case 'pull-ended':
        this.#handleNode(this.#nodes.get(event.key)!, event.kind, event.n);
        break;
      case 'node-read':
      case 'node-written':
        this.#registrar.answered(this.#nodes.get(event.key)!, event);
        break;
      default:
        this.#handlePod(event);
        break;
    }
  }

  #handleNode(
    node: NodeState,
    kind: 'relist' | 'kubelet-started' | 'node-status-due' | 'lease-due' | 'pull-ended',
    n: number,
  ): void {
    if (kind === 'pull-ended') {
      if (n === node.pulls) this.#pullEnded(node);
      return;
    }
    if (n !== node.life) return;
    switch (kind) {
      case 'relist':
        this.#workers.relist(node);
        break;
      case 'kubelet-started':
        this.#kubeletStarted(node);
        break;
      case 'node-status-due':
        this.#registrar.statusDue(node);
        break;
      case 'lease-due':
        this.#registrar.leaseDue(node);
        break;
    }
  }

  #handlePod(event: Exclude<KubeletEvent, { kind: NodeEventKind }>): void {
    const state = this.#pods.get(event.n);
    if (state === undefined) return;
    switch (event.kind) {
      case 'sandbox-started':
        this.#workers.sandboxStarted(state);
        break;
      case 'containers-killed':
        this.#workers.containersKilled(state);
        break;
      case 'container-started':
        this.#workers.containerStarted(state, state.containers[event.container]!);
        break;
      case 'container-exited': {
        const container = instanceOf(state, event);
        if (container !== undefined) this.#workers.runner.exited(state, container, event.exitCode, undefined);
        break;
      }
      case 'container-probed': {
        const container = instanceOf(state, event);
        if (container !== undefined) this.#workers.containerProbed(state, container);
        break;
      }
      case 'pod-stopped':
        this.#workers.termination.stopped(state);
        break;
      case 'pod-torn-down':
        this.#workers.termination.tornDown(state);
        break;
      case 'pod-requeued':
        this.#workers.sync(state);
        break;
      case 'status-written':
        this.#statusWritten(state, event.result);
        break;
    }
  }

  #pullEnded(node: NodeState): void {
    this.#workers.pullEnded(node, (serial) => this.#pods.get(serial));
    this.#registrar.imagesChanged(node);
  }

  #statusWritten(state: PodState, result: ApiResult): void {
    this.#statuses.written(state, result);
    // A pod that has ended by itself is done with as soon as the API knows.
    const settled = state.ending === 'ended' && !state.writing && !state.writePending;
    if (settled && !state.deletionRequested && !state.gone) this.#drop(state);
  }

  #join(node: NodeState): void {
    this.#registrar.register(node, this.#apiserver);
    if (node.machine.up) this.#kubeletStarted(node);
  }

  #machineChanged(machine: Machine): void {
    const node = this.#nodes.get(machine.name);
    if (node === undefined) return;
    if (machine.up) {
      if (node.holds === 0) this.#planStart(node);
      return;
    }
    this.#stop(node);
    node.images.abort();
    node.pulls++;
    for (const state of [...node.pods.values()]) this.#workers.termination.lost(state);
  }

  #planStart(node: NodeState): void {
    if (node.kubeletUp) return;
    const delay = this.#context.latencies.kubeletStartUs as Duration;
    this.#context.acts.after(delay, { kind: 'kubelet-started', key: node.name, n: ++node.life });
  }

  #stop(node: NodeState): void {
    node.life++;
    if (!node.kubeletUp) return;
    node.kubeletUp = false;
    node.heartbeat.stop(this.#simulation.now);
    for (const listener of this.#heartbeatListeners) listener(node.name);
    for (const watch of node.watches) watch.stop();
    node.watches = [];
    node.dirty = [];
    node.relistPlanned = false;
    node.statusDue = false;
    for (const state of node.pods.values()) this.#workers.kubeletGone(state);
  }

  #kubeletStarted(node: NodeState): void {
    node.kubeletUp = true;
    node.heartbeat.start(this.#simulation.now);
    for (const listener of this.#heartbeatListeners) listener(node.name);
    this.#workers.relister.kubeletStarted(node);
    this.#registrar.kubeletStarted(node);
    node.watches = [this.#watchPods(node), this.#watchNode(node)];
  }

  #watchPods(node: NodeState): WatchHandle {
    return this.#apiserver.watch(
      { resource: 'pods', fieldSelector: `spec.nodeName=${node.name}` },
      {
        onList: (pods) => this.#podsListed(node, pods),
        onEvent: (type, pod, _previous, key) => {
          if (type === 'DELETED') this.#podDeleted(node, key, pod);
          else this.#podSeen(node, key, pod);
        },
        onExpired: () => this.#rewatch(node),
      },
    );
  }

  #watchNode(node: NodeState): WatchHandle {
    return this.#apiserver.watch(
      { resource: 'nodes', fieldSelector: `metadata.name=${node.name}` },
      {
        onList: (nodes) => {
          for (const known of nodes) node.allocation.setNode(known);
        },
        onEvent: (type, known) => {
          if (type !== 'DELETED') node.allocation.setNode(known);
        },
        onExpired: () => this.#rewatch(node),
      },
    );
  }

  #rewatch(node: NodeState): void {
    for (const watch of node.watches) watch.stop();
    node.watches = [this.#watchPods(node), this.#watchNode(node)];
  }

  /** The kubelet's first look, or one after a lost watch: what is not in the list is gone. */
  #podsListed(node: NodeState, pods: readonly Pod[]): void {
    const listed = new Map(pods.map((pod) => [pod.metadata.uid, pod]));
    for (const state of [...node.pods.values()])
      if (!listed.has(state.uid)) this.#workers.termination.objectGone(state);
    for (const pod of pods) this.#podSeen(node, keyOf(pod), pod);
  }

  #podSeen(node: NodeState, key: string, pod: Pod): void {
    const state = node.pods.get(key);
    if (state === undefined || state.uid !== pod.metadata.uid) {
      this.#podAdded(node, key, pod);
      return;
    }
    const before = state.pod;
    if (pod === before && state.synced) return;
    this.#statuses.known(state, pod);
    if (state.synced && !asksForSync(before, state.pod)) return;
    this.#noteImages(state, state.pod);
    this.#workers.sync(state);
  }

  #noteImages(state: PodState, pod: Pod): void {
    const { initContainers = [], containers } = pod.spec;
    for (const container of state.containers) {
      const spec: Container | undefined = container.init
        ? initContainers[container.index]
        : containers[container.index - state.initCount];
      if (spec === undefined || spec === container.container) continue;
      if (spec.image !== container.container.image && container.running) container.imageChanged = true;
      container.container = spec;
      container.status = undefined;
    }
  }

  #podAdded(node: NodeState, key: string, pod: Pod): void {
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') return;
    const { simulation, clock, observations } = this.#context;
    const { now } = simulation;
    const resources = podResources(pod.spec);
    const rejection =
      pod.metadata.deletionTimestamp === undefined ? node.allocation.check(pod, resources, false) : undefined;
    const timestamp = clock.timestamp(now);
    if (rejection !== undefined) {
      observations?.emit('pod-lifecycle', { time: now, pod, node: node.name, step: 'rejected' });
      this.#context.events.rejected(pod, rejection);
      const status = rejectedStatus(rejection, node, pod.status, timestamp);
      node.client.send({
        verb: 'update',
        resource: 'pods',
        subresource: 'status',
        object: { ...pod, status },
      });
      return;
    }
    const startTime = pod.status?.startTime ?? timestamp;
    const state = new PodState(
      key,
      node,
      pod,
      resources,
      pod.status?.qosClass ?? qosClass(pod.spec),
      startTime,
    );
    this.#pods.add(state);
    node.pods.set(key, state);
    node.allocation.add(pod, resources);
    this.#workers.runner.observe(state, 'admitted');
    this.#workers.sync(state);
  }

  #podDeleted(node: NodeState, key: string, pod: Pod): void {
    const state = node.pods.get(key);
    if (state === undefined || state.uid !== pod.metadata.uid) return;
    state.pod = pod;
    this.#workers.termination.objectGone(state);
  }

  #renumber(state: PodState): void {
    this.#pods.remove(state);
    this.#pods.add(state);
  }

  #free(state: PodState): void {
    if (!state.allocated) return;
    state.allocated = false;
    state.node.allocation.remove(state.pod, state.resources);
  }

  #drop(state: PodState): void {
    const { node, key } = state;
    this.#free(state);
    this.#pods.remove(state);
    if (node.pods.get(key) === state) node.pods.delete(key);
    this.#workers.runner.observe(state, 'removed');
  }
}

type NodeEventKind =
  | 'relist'
  | 'kubelet-started'
  | 'node-status-due'
  | 'lease-due'
  | 'pull-ended'
  | 'node-read'
  | 'node-written';

/** The container an event is about, if that instance still runs. */
function instanceOf(
  state: PodState,
  event: { readonly container: number; readonly instance: number },
): ContainerState | undefined {
  const container = state.containers[event.container]!;
  return container.running && container.restartCount === event.instance ? container : undefined;
}

/** Changes of the object that mean something to the node. */
function asksForSync({ metadata: before, spec }: Pod, now: Pod): boolean {
  const { metadata } = now;
  return (
    spec !== now.spec ||
    before.deletionTimestamp !== metadata.deletionTimestamp ||
    before.deletionGracePeriodSeconds !== metadata.deletionGracePeriodSeconds
  );
}
