/** Puts a simulated cluster together from a loaded scenario: the one place where all rooms meet. */
import { bytesOf, type KubernetesObject, type ObservationBus, resourceNames } from '../api/index.ts';
import { ApiServer, type ApiServerLatency, defaultLatency } from '../apiserver/index.ts';
import {
  ApiClient,
  type ClientLimits,
  EventRecorder,
  SharedInformerFactory,
  unlimited,
} from '../client/index.ts';
import { ControllerManager, type EventBroadcaster } from '../controllers/index.ts';
import { type Simulation, START, stateDigest } from '../engine/index.ts';
import { Faults } from '../faults/index.ts';
import { ServiceNetwork, ServiceTraffic } from '../network/index.ts';
import { Kubelets, type NodeSpec } from '../node/index.ts';
import { type Decision, Scheduler } from '../scheduler/index.ts';
import { Workload } from '../workload/index.ts';
import { World } from '../world/index.ts';
import { timedActions } from './actions.ts';
import { addedPlugins } from './added-parts.ts';
import { controllerFlags } from './controllers.ts';
import { planFault } from './faults.ts';
import { Invariants } from './invariants.ts';
import type { LoadedScenario } from './load.ts';
import { isNode, nodeFromManifest, nodesOf } from './nodes.ts';
import { RefusedPods } from './refused-pods.ts';
import { type Registries, unknownName } from './registries.ts';
import { schedulerConfiguration } from './scheduler.ts';
import type { Scenario } from './schema/scenario.ts';
import { LiveWork, SettleWatch } from './settle.ts';
import { sourcesOf } from './sources.ts';
import { describe, type RefusedAction, Timeline } from './timeline.ts';
import { trafficOptions } from './traffic.ts';
import { durationOf } from './units.ts';

/** A cluster ready to run. */
export interface Cluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  /** The scenario's own stop condition, if it has one. */
  readonly stopWhen: (() => boolean) | undefined;
  /** Brings figures that are counted lazily up to now; call before sampling. */
  settle(): void;
  /** Actions of the timeline and pods of workloads that the API refused. */
  readonly refusedActions: readonly {
    readonly time: number;
    readonly action: string;
    readonly message: string;
  }[];
  /** Calendar instant of the simulation's now, in ms since 1970. */
  calendarMs(): number;
  stateDigest(): string;
  /** A last look at the invariants, for a run that is over. Throws InvariantViolation. */
  audit(): void;
}

/** Throws RangeError for names that the registries do not know. `onDecision`: as the scheduler's option. */
export function buildCluster(
  simulation: Simulation,
  bus: ObservationBus,
  loaded: LoadedScenario,
  registries: Registries,
  onDecision?: ((decision: Decision) => void) | undefined,
): Cluster {
  return new ClusterBuilder(simulation, bus, loaded, registries, onDecision).build();
}

class ClusterBuilder {
  readonly #simulation: Simulation;
  readonly #bus: ObservationBus;
  readonly #loaded: LoadedScenario;
  readonly #scenario: Scenario;
  readonly #registries: Registries;
  readonly #apiserver: ApiServer;
  readonly #world: World;
  readonly #invariants: Invariants;
  readonly #onDecision: ((decision: Decision) => void) | undefined;

  constructor(
    simulation: Simulation,
    bus: ObservationBus,
    loaded: LoadedScenario,
    registries: Registries,
    onDecision: ((decision: Decision) => void) | undefined,
  ) {
    this.#onDecision = onDecision;
    this.#simulation = simulation;
    this.#bus = bus;
    this.#loaded = loaded;
    this.#scenario = loaded.scenario;
    this.#registries = registries;
    this.#apiserver = new ApiServer(simulation, {
      epoch: this.#scenario.epoch,
      latency: latencyOf(this.#scenario),
      observations: bus,
      history: 'short',
    });
    this.#invariants = new Invariants(simulation, this.#apiserver, bus);
    this.#world = new World(simulation, bus, { expectedNodes: this.#nodes().length });
  }

  build(): Cluster {
    const kubelets = this.#kubelets();
    const controllers = this.#controllers(kubelets);
    this.#scheduler();
    const traffic = this.#network();
    this.#faults(kubelets);
    const workloads = this.#workloads();
    const kubectl = this.#kubectl();
    const refusedPods = new RefusedPods(this.#bus);
    return {
      simulation: this.#simulation,
      apiserver: this.#apiserver,
      stopWhen: this.#stopCondition(workloads, kubectl),
      settle: () => traffic?.settle(),
      get refusedActions() {
        return [
          ...kubectl.refused.map(({ time, action, message }: RefusedAction) => ({
            time,
            action: describe(action),
            message,
          })),
          ...refusedPods.told,
        ];
      },
      calendarMs: () => (this.#apiserver.clock.epochUs + this.#simulation.now) / 1000,
      stateDigest: () => stateDigest(stateOf(this.#apiserver)),
      audit: () => this.#invariants.audit(controllers.isAtRest('endpointslice-controller')),
    };
  }

  #nodes(): NodeSpec[] {
    const bandwidth = this.#scenario.registryBandwidth;
    const manifests = this.#loaded.objects.filter(isNode);
    const nodes = [
      ...(this.#scenario.cluster.nodes ?? []).flatMap(nodesOf),
      ...this.#loaded.tracedNodes,
      ...manifests.map(nodeFromManifest),
    ];
    return bandwidth === undefined
      ? nodes
      : nodes.map((node) => ({ ...node, registryBytesPerSecond: bytesOf(String(bandwidth)) }));
  }

  #client(name: string, limits: ClientLimits): ApiClient {
    return new ApiClient(this.#simulation, this.#apiserver, { name, ...limits });
  }

  #kubelets(): Kubelets {
    const sizes = Object.entries(this.#scenario.images ?? {});
    const kubelets = new Kubelets(this.#simulation, this.#apiserver, this.#world, {
      images: new Map(sizes.map(([name, size]) => [name, { bytes: bytesOf(String(size)) }])),
      limits: this.#scenario.clients?.['kubelet'],
      leases: this.#scenario.cluster.leases,
      observations: this.#bus,
      events: this.#events('kubelet'),
    });
    for (const node of this.#nodes()) kubelets.addNode(node);
    kubelets.start();
    return kubelets;
  }

  /**
   * DEVIATION: unless the scenario has leases written, the node lifecycle controller reckons renewals from the kubelets' closed
   * form, past the API store.
   */
  #controllers(kubelets: Kubelets): ControllerManager {
    return new ControllerManager(this.#simulation, this.#apiserver, {
      ...controllerFlags(this.#scenario),
      heartbeats: this.#scenario.cluster.leases === 'accounted' ? kubelets : undefined,
      limits: this.#scenario.clients?.['kube-controller-manager'],
      recorder: this.#controllerEvents(),
    });
  }

  /** Each controller reports under its own name. */
  #controllerEvents(): EventBroadcaster {
    const recorders = new Map<string, EventRecorder>();
    return {
      event: ({ object, type, reason, message }, source) => {
        let recorder = recorders.get(source);
        if (recorder === undefined) recorders.set(source, (recorder = this.#events(source)));
        recorder.event(object, type, reason, message);
      },
    };
  }

  #scheduler(): void {
    const configuration = schedulerConfiguration(this.#loaded, this.#registries);
    const { tieBreak, cycleTime } = this.#scenario.scheduler ?? {};
    const informers = new SharedInformerFactory(this.#apiserver);
    const { qps, burst } = configuration;
    const scheduler = new Scheduler(
      this.#simulation,
      this.#client('kube-scheduler', { qps, burst, ...this.#scenario.clients?.['kube-scheduler'] }),
      informers,
      {
        configuration,
        registry: this.#registries.plugins,
        tieBreak,
        cycleLatency: cycleTime === undefined ? undefined : constantCycle(durationOf(cycleTime)),
        observations: this.#bus,
        events: this.#events('default-scheduler'),
        onDecision: this.#onDecision,
        checkPolicies: addedPlugins(configuration, this.#registries).length > 0,
      },
    );
    informers.start();
    if (promisesToFit(scheduler)) this.#invariants.holdBoundPodsToAllocatable();
  }

  /** Undefined without traffic: then no rules need to be kept. */
  #network(): ServiceTraffic | undefined {
    const mode = this.#registries.proxies.get(this.#scenario.proxyMode);
    if (mode === undefined)
      throw unknownName('proxy mode', this.#scenario.proxyMode, this.#registries.proxies.keys());
    const informers = new SharedInformerFactory(this.#apiserver);
    const options = { clock: this.#apiserver.clock, observations: this.#bus };
    const network = new ServiceNetwork(this.#simulation, informers, this.#world, mode, options);
    informers.start();
    const specs = this.#scenario.traffic ?? [];
    if (specs.length === 0) return undefined;
    const traffic = new ServiceTraffic(this.#simulation, network, this.#world, this.#bus);
    for (const [index, spec] of specs.entries()) traffic.add(trafficOptions(spec, index));
    return traffic;
  }

  #faults(kubelets: Kubelets): void {
    const timeline = (this.#scenario.timeline ?? []).filter((step) => 'fail' in step);
    const specs = [...(this.#scenario.faults ?? []), ...timeline];
    if (specs.length === 0) return;
    const faults = new Faults(this.#simulation, this.#world, kubelets, this.#bus);
    for (const spec of specs) planFault(faults, spec, this.#apiserver);
  }

  /** DEVIATION: Events are told to observers; they are not written as objects and cost no requests. */
  #events(source: string): EventRecorder {
    return new EventRecorder(this.#simulation, this.#apiserver.clock, { source, observations: this.#bus });
  }

  #workloads(): Workload[] {
    return sourcesOf(this.#loaded, this.#simulation.random, this.#nodes()).map(
      (source) => new Workload(this.#simulation, this.#client(`workload/${source.name}`, unlimited), source),
    );
  }

  #kubectl(): Timeline {
    const applied = this.#loaded.objects
      .filter((object) => object.kind !== 'Node')
      .map((object) => ({ at: START, action: { do: 'apply', object } as const }));
    return new Timeline(this.#simulation, this.#client('kubectl', unlimited), [
      ...applied,
      ...timedActions(this.#loaded),
    ]);
  }

  #stopCondition(workloads: readonly Workload[], kubectl: Timeline): (() => boolean) | undefined {
    const { stop } = this.#scenario;
    if (stop === undefined) return undefined;
    if (stop === 'settled') {
      const watch = new SettleWatch(this.#simulation, this.#bus);
      return () => kubectl.done && watch.settled;
    }
    const live = new LiveWork(this.#bus);
    return () => live.count === 0 && kubectl.done && workloads.every((workload) => workload.exhausted);
  }
}

function latencyOf({ apiserver }: Scenario): ApiServerLatency {
  const given = apiserver?.latency ?? {};
  const us = (text: string | undefined, fallback: ApiServerLatency[keyof ApiServerLatency]) =>
    text === undefined ? fallback : durationOf(text);
  return {
    requestHopUs: us(given.requestHop, defaultLatency.requestHopUs),
    processingUs: us(given.processing, defaultLatency.processingUs),
    etcdCommitUs: us(given.etcdCommit, defaultLatency.etcdCommitUs),
    responseHopUs: us(given.responseHop, defaultLatency.responseHopUs),
    watchDeliveryUs: us(given.watchDelivery, defaultLatency.watchDeliveryUs),
  };
}

/** Every profile has a filter that lets no node take more than it can hold. */
const promisesToFit = ({ frameworks }: Scheduler): boolean =>
  [...frameworks.values()].every((framework) =>
    framework.plugins.at.filter.some(({ plugin }) => plugin.preventsOvercommit === true),
  );

const constantCycle = (fixedUs: number) => ({ fixedUs, perNodeUs: 0, perNodeConstrainedUs: 0 });

/** Every object of the API, by resource. */
const stateOf = (apiserver: ApiServer): Record<string, readonly KubernetesObject[]> =>
  Object.fromEntries(resourceNames.map((resource) => [resource, apiserver.list(resource)]));
