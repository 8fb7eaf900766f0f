/**
 * Client traffic to Services: the component that runs the generators.
 * Every random choice is keyed by (generator, request): request n comes at the same time from the same client under every
 * proxy mode.
 */
import type { ObservationBus } from '../api/observations.ts';
import { type Component, Phase, type Port, type Simulation } from '../engine/index.ts';
import type { Sandbox, World } from '../world/index.ts';
import { Connector } from './connector.ts';
import { PodServers } from './pod-servers.ts';
import { ServiceStatistics } from './request-outcome.ts';
import type { ServiceNetwork } from './service-network.ts';
import { type TrafficEvent, TrafficGenerator } from './traffic-generator.ts';
import type { TrafficOptions } from './traffic-options.ts';

export class ServiceTraffic implements Component<TrafficEvent> {
  readonly name = 'service-traffic';
  readonly #simulation: Simulation;
  readonly #network: ServiceNetwork;
  readonly #world: World;
  readonly #observations: ObservationBus | undefined;
  readonly #connector: Connector;
  readonly #port: Port<TrafficEvent>;
  readonly #generators = new Map<string, TrafficGenerator>();
  readonly #statistics = new Map<string, ServiceStatistics>();
  readonly #podServers = new Map<Sandbox, PodServers>();

  constructor(simulation: Simulation, network: ServiceNetwork, world: World, observations?: ObservationBus) {
    this.#simulation = simulation;
    this.#network = network;
    this.#world = world;
    this.#observations = observations;
    this.#connector = new Connector(network, world);
    this.#port = simulation.port<TrafficEvent>(this, Phase.traffic);
    world.listen({ sandboxGone: (sandbox) => this.#podServers.delete(sandbox) });
  }

  /** Throws RangeError if the name is taken or the load makes no sense. Call once the machines exist. */
  add(options: TrafficOptions): void {
    if (this.#generators.has(options.name)) throw new RangeError(`traffic ${options.name} exists`);
    const generator = new TrafficGenerator(options, {
      simulation: this.#simulation,
      network: this.#network,
      world: this.#world,
      observations: this.#observations,
      connector: this.#connector,
      port: this.#port,
      statistics: this.of(options.service),
      serversOf: (sandbox, concurrency) => this.#serversOf(sandbox, concurrency),
    });
    this.#generators.set(options.name, generator);
    generator.start();
  }

  handle(event: TrafficEvent): void {
    this.#generators.get(event.key)!.handle(event);
  }

  /** What has been counted for a Service so far. Requests still on their way are not in it. */
  of(service: string): ServiceStatistics {
    let statistics = this.#statistics.get(service);
    if (statistics === undefined) {
      this.#statistics.set(service, (statistics = new ServiceStatistics(service)));
    }
    return statistics;
  }

  /** All Services with traffic, in order of their first generator. */
  services(): IterableIterator<ServiceStatistics> {
    return this.#statistics.values();
  }

  /** Counts every request that has ended by now: ends are otherwise noticed up to SETTLE_LAG late. */
  settle(): void {
    for (const generator of this.#generators.values()) generator.settle();
  }

  #serversOf(sandbox: Sandbox, concurrency: number): PodServers {
    let servers = this.#podServers.get(sandbox);
    if (servers === undefined) this.#podServers.set(sandbox, (servers = new PodServers(concurrency)));
    return servers;
  }
}
