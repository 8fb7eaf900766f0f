/** Puts a simulated cluster together from a loaded scenario: the one place where all rooms meet. */
import { bytesOf, type Draft, type KubernetesObject, type Node, type ObservationBus } from '../api/index.ts';
import { ApiServer, type ApiServerLatency, defaultLatency } from '../apiserver/index.ts';
import { ApiClient, type ClientLimits, clientLimits, SharedInformerFactory, unlimited } from '../client/index.ts';
import { ControllerManager } from '../controllers/index.ts';
import { type Simulation, stateDigest } from '../engine/index.ts';
import { type ProxyMode, ServiceNetwork, ServiceTraffic } from '../network/index.ts';
import { Kubelets, type NodeSpec } from '../node/index.ts';
import type { PluginRegistry } from '../scheduler/index.ts';
import { Workload } from '../workload/index.ts';
import { World } from '../world/index.ts';
import { timedActions } from './actions.ts';
import type { LoadedScenario } from './load.ts';
import { nodeFromManifest, nodesOf } from './nodes.ts';
import type { Scenario } from './schema.ts';
import { SettleWatch } from './settle.ts';
import { sourcesOf } from './sources.ts';
import { describe, type RefusedAction, Timeline } from './timeline.ts';
import { trafficOptions } from './traffic.ts';
import { durationOf } from './units.ts';

/** What `sim/` does not know by itself; the composition roots pass it in. */
export interface Registries {
  readonly policies: PluginRegistry;
  readonly proxies: ReadonlyMap<string, ProxyMode>;
}

/** A cluster ready to run. */
export interface Cluster {
  readonly simulation: Simulation;
  readonly apiserver: ApiServer;
  /** The scenario's own stop condition, if it has one. */
  readonly stopWhen: (() => boolean) | undefined;
  /** Brings figures that are counted lazily up to now; call before sampling. */
  settle(): void;
  /** Actions that the API refused. */
  readonly refusedActions: readonly { readonly time: number; readonly action: string; readonly message: string }[];
  /** Calendar instant of the simulation's now, in ms since 1970. */
  calendarMs(): number;
  stateDigest(): string;
}

/** Throws RangeError for names that the registries do not know. */
export function buildCluster(simulation: Simulation, bus: ObservationBus, loaded: LoadedScenario, registries: Registries): Cluster {
  return new ClusterBuilder(simulation, bus, loaded, registries).build();
}

class ClusterBuilder {
  readonly #simulation: Simulation;
  readonly #bus: ObservationBus;
  readonly #loaded: LoadedScenario;
  readonly #scenario: Scenario;
  readonly #registries: Registries;
  readonly #apiserver: ApiServer;
  readonly #world: World;

  constructor(simulation: Simulation, bus: ObservationBus, loaded: LoadedScenario, registries: Registries) {
    this.#simulation = simulation;
    this.#bus = bus;
    this.#loaded = loaded;
    this.#scenario = loaded.scenario;
    this.#registries = registries;
    this.#apiserver = new ApiServer(simulation, {
      epoch: this.#scenario.epoch,
      latency: latencyOf(this.#scenario),
      observations: bus,
    });
    this.#world = new World(simulation, bus, { expectedNodes: this.#nodes().length });
  }

  build(): Cluster {
    const kubelets = this.#kubelets();
    this.#controllers(kubelets);
    this.#scheduler();
    const traffic = this.#network();
    this.#faults();
    const workloads = this.#workloads();
    const kubectl = this.#kubectl();
    const watch = new SettleWatch(this.#simulation, this.#bus);
    return {
      simulation: this.#simulation,
      apiserver: this.#apiserver,
      stopWhen: this.#stopCondition(watch, workloads, kubectl),
      settle: () => traffic?.settle(),
      get refusedActions() {
        return kubectl.refused.map(({ time, action, message }: RefusedAction) => ({ time, action: describe(action), message }));
      },
      calendarMs: () => (this.#apiserver.clock.epochUs + this.#simulation.now) / 1000,
      stateDigest: () => stateDigest(stateOf(this.#apiserver)),
    };
  }
}
