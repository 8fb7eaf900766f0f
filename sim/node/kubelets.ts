/**
 * All kubelets of the cluster as one component with per-node state: each sees the pods bound to its node through a watch of
 * its own and writes through a client of its own (50 requests/s, burst 100). Source: kubelet of Kubernetes v1.36.3.
 */
import { type Node, type ObservationBus, observationBus } from '../api/index.ts';
import type { ApiResult, ApiServer } from '../apiserver/index.ts';
import { ApiClient, type ClientLimits, clientLimits } from '../client/index.ts';
import { type Component, Phase, type Port, type SimTime, type Simulation } from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import { NodeAllocation } from './admission.ts';
import { type BackoffPolicy, DEFAULT_BACKOFF } from './backoff.ts';
import type { KubeletContext, ProcessModel } from './context.ts';
import type { KubeletEvent, KubeletReply, NodeRelatedEvent, PodRelatedEvent } from './events.ts';
import { Heartbeat } from './heartbeat.ts';
import { type ImageSpec, ImageStore } from './images.ts';
import { KubeletLives } from './kubelet-lives.ts';
import { defaultNodeLatencies, type NodeLatencies } from './latencies.ts';
import { machineSpec, type NodeSpec, nodeObject } from './node-object.ts';
import { NodeRegistrar } from './node-registrar.ts';
import { type PodEventRecorder, PodEvents } from './pod-events.ts';
import { PodSource } from './pod-source.ts';
import { DROPPED, NodeState, type PodState, type PullRequest } from './pod-state.ts';
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
  readonly events?: PodEventRecorder | undefined;
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
  readonly #lives: KubeletLives;
  readonly #nodes = new Map<string, NodeState>();
  readonly #source: PodSource;
  #started = false;

  constructor(simulation: Simulation, apiserver: ApiServer, world: World, options: KubeletsOptions = {}) {
    this.#simulation = simulation;
    this.#apiserver = apiserver;
    this.#world = world;
    this.#options = options;
    const latencies = { ...defaultNodeLatencies, ...options.latencies };
    const observations = options.observations ?? observationBus();
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
      observations,
      lifecycle: observations.channel('pod-lifecycle'),
      events: new PodEvents(options.events),
      physical: simulation.port<KubeletEvent>(this, Phase.world),
      acts,
      replies: simulation.port<KubeletReply>(this, Phase.response),
      drop: (state) => this.#drop(state),
    };
    this.#statuses = new StatusWriter(this.#context);
    this.#workers = new PodWorkers(this.#context, this.#statuses);
    this.#registrar = new NodeRegistrar(this.#context, options.leases ?? 'accounted');
    this.#source = new PodSource(this.#context, apiserver, this.#workers, this.#statuses);
    this.#lives = new KubeletLives(this.#context, this.#workers, this.#registrar, this.#source);
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
    const images = new ImageStore<PullRequest>(
      machine.registryBytesPerSecond,
      latencies.pullOverheadUs,
      registry,
    );
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
    this.#lives.onHeartbeatChange(listener);
  }

  /** Pods that hold resources of the node. */
  podsOn(node: string): number {
    return this.#nodes.get(node)?.allocation.pods ?? 0;
  }

  /** A fault: the kubelet's process ends and stays down; containers go on. */
  stopKubelet(name: string): void {
    const node = this.#nodes.get(name);
    if (node !== undefined) this.#lives.hold(node);
  }

  /** The fault is over. */
  startKubelet(name: string): void {
    const node = this.#nodes.get(name);
    if (node !== undefined) this.#lives.release(node);
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
      // The newest, if one of that name that is gone from the API has not ended yet.
      const state = node.pods.items().findLast(({ key }) => key === podKey);
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
      case 'node-read':
      case 'node-written':
        this.#handleNode(event);
        break;
      default:
        if (event.n === event.state.life) this.#handlePod(event);
        break;
    }
  }

  #handleNode(event: NodeRelatedEvent): void {
    const { node } = event;
    if (event.kind === 'pull-ended') {
      if (event.n === node.pulls) this.#pullEnded(node);
      return;
    }
    // Planned in an earlier life of the kubelet.
    if (event.n !== node.life) return;
    switch (event.kind) {
      case 'relist':
        this.#workers.relist(node);
        break;
      case 'kubelet-started':
        this.#lives.started(node);
        break;
      case 'node-status-due':
        this.#registrar.statusDue(node);
        break;
      case 'lease-due':
        this.#registrar.leaseDue(node);
        break;
      case 'node-read':
      case 'node-written':
        this.#registrar.answered(node, event);
        break;
    }
  }

  #handlePod(event: PodRelatedEvent): void {
    const { state } = event;
    switch (event.kind) {
      case 'sandbox-started':
        this.#workers.sandboxStarted(state);
        break;
      case 'containers-killed':
        this.#workers.containersKilled(state);
        break;
      case 'container-started':
        this.#workers.containerStarted(state, event.container);
        break;
      case 'container-exited':
        if (event.container.runs(event.instance)) this.#workers.runner.ranOut(state, event);
        break;
      case 'container-probed':
        if (event.container.runs(event.instance)) this.#workers.containerProbed(state, event.container);
        break;
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
    this.#workers.pullEnded(node);
    this.#registrar.imagesChanged(node);
  }

  #statusWritten(state: PodState, result: ApiResult): void {
    this.#statuses.written(state, result);
    // A pod that has ended by itself is done with as soon as the API knows.
    const settled = state.ending === 'ended' && state.sent === undefined && !state.writePending;
    if (settled && !state.deletionRequested && !state.gone) this.#drop(state);
  }

  #join(node: NodeState): void {
    this.#registrar.register(node, this.#apiserver);
    if (node.machine.up) this.#lives.started(node);
  }

  #machineChanged(machine: Machine): void {
    const node = this.#nodes.get(machine.name);
    if (node === undefined) return;
    if (machine.up) this.#lives.machineUp(node);
    else this.#lives.machineDown(node);
  }

  #drop(state: PodState): void {
    // A relist may look once more at one that has been dropped.
    if (state.life === DROPPED) return;
    state.life = DROPPED;
    this.#source.forget(state);
    this.#workers.runner.observe(state, 'removed');
  }
}
