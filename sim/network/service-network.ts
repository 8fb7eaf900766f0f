/**
 * kube-proxy on every node: informers feed the change tracker, the runner decides when the proxiers sync, the fleet says
 * which rules a node has at an instant. Traffic (traffic.ts) asks it. Kubernetes v1.36.3 pkg/proxy, cmd/kube-proxy.
 */
import { type EndpointSlice, type Node, type Service, TRIGGER_TIME, type WallClock } from '../api/index.ts';
import type { ObservationBus } from '../api/observations.ts';
import type { SharedInformerFactory } from '../client/index.ts';
import {
  type Component,
  type EventId,
  microseconds,
  milliseconds,
  NEVER,
  NO_EVENT,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
  START,
} from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import { ChangeTracker } from './change-tracker.ts';
import type { Endpoint } from './endpoints.ts';
import type { ProxyMode } from './proxy.ts';
import { ProxyFleet, type Sync } from './proxy-fleet.ts';
import { type ProxyNodeOptions, ProxyNodes } from './proxy-nodes.ts';
import type { PortHistory } from './rule-timeline.ts';

/** How soon a starting proxier looks whether its caches are filled; then after twice as long, and so on. */
const FIRST_CACHE_POLL = milliseconds(1);
const LAST_CACHE_POLL = milliseconds(1000);

export interface ServiceNetworkOptions extends Partial<ProxyNodeOptions> {
  /** Reads trigger times; without it a change counts from its delivery. */
  readonly clock?: WallClock | undefined;
  readonly observations?: ObservationBus | undefined;
}

type NetworkEvent = SimEvent & { readonly kind: 'await-caches' | 'sync' | 'synced' };

export class ServiceNetwork implements Component<NetworkEvent> {
  readonly name = 'kube-proxy';
  readonly mode: ProxyMode;
  readonly nodes: ProxyNodes;
  readonly fleet: ProxyFleet;
  /** Grows with each change of a Service: what was looked up by Service may have changed. */
  serviceVersion = 0;
  readonly #simulation: Simulation;
  readonly #tracker = new ChangeTracker();
  readonly #clock: WallClock | undefined;
  readonly #observations: ObservationBus | undefined;
  readonly #port: Port<NetworkEvent>;
  readonly #cachesSynced: () => boolean;
  /** Keys of usable endpoints by port key, as the API has them now; forgotten when they change. */
  readonly #listed = new Map<string, ReadonlySet<number>>();
  #started = false;
  #cachePoll = FIRST_CACHE_POLL;
  #due: SimTime = NEVER;
  #dueEvent: EventId = NO_EVENT;

  /** `informers`: the factory of the kube-proxies alone; whoever calls its `start` starts them. */
  constructor(
    simulation: Simulation,
    informers: SharedInformerFactory,
    world: World,
    mode: ProxyMode,
    options: ServiceNetworkOptions = {},
  ) {
    this.#simulation = simulation;
    this.mode = mode;
    this.#clock = options.clock;
    this.#observations = options.observations;
    this.nodes = new ProxyNodes(world, simulation.random, options);
    this.fleet = new ProxyFleet(mode, this.nodes, this.#tracker, simulation.random);
    this.#port = simulation.port<NetworkEvent>(this, Phase.component);
    this.#cachesSynced = this.#subscribe(informers);
    world.listen({ machineChanged: (machine) => this.#machineChanged(machine) });
    this.#port.after(this.#cachePoll, { kind: 'await-caches', key: mode.name });
  }

  #subscribe(informers: SharedInformerFactory): () => boolean {
    const nodes = informers.informer('nodes');
    nodes.addHandler({
      onAdd: (node) => this.#nodeChanged(node),
      onUpdate: (node) => this.#nodeChanged(node),
      onDelete: (node) => this.nodes.remove(node.metadata.name),
    });
    const slices = informers.informer('endpointslices');
    slices.addHandler({
      onAdd: (slice) => this.#sliceChanged(slice, false),
      onUpdate: (slice) => this.#sliceChanged(slice, false),
      onDelete: (slice) => this.#sliceChanged(slice, true),
    });
    const services = informers.informer('services');
    services.addHandler({
      onAdd: (service, key) => this.#serviceChanged(key, service),
      onUpdate: (service, _, key) => this.#serviceChanged(key, service),
      onDelete: (_, key) => this.#serviceChanged(key, undefined),
    });
    return () => nodes.hasSynced && slices.hasSynced && services.hasSynced;
  }

  handle(event: NetworkEvent): void {
    switch (event.kind) {
      case 'await-caches':
        this.#awaitCaches();
        return;
      case 'sync':
        this.#sync();
        return;
      case 'synced':
        this.#synced();
        return;
    }
  }

  /** Number of the sync whose rules the node has at `now`; 0: none. O(log n). */
  appliedRevision(node: string, now: SimTime): number {
    const position = this.nodes.get(node)?.position(now) ?? -1;
    return position < 0 ? 0 : this.fleet.revisions.at(position);
  }

  /** The port of a Service with this number (the first one if undefined); undefined if the API has none. O(ports). */
  portOf(service: string, port: number | undefined): PortHistory | undefined {
    const state = this.#tracker.portsKnown(service).find((p) => port === undefined || p.port === port);
    return state === undefined ? undefined : this.fleet.port(state.key);
  }

  /** True if the API knows already that new connections should not go to this endpoint. O(1) while rules are current. */
  isStale(history: PortHistory, endpoint: Endpoint, service: string): boolean {
    let listed = this.#listed.get(history.key);
    if (listed === undefined) {
      const states = this.#tracker.portsOf(service);
      listed = usableKeys(states.find((s) => s.port.key === history.key)?.endpoints ?? []);
      this.#listed.set(history.key, listed);
    }
    return !listed.has(endpoint.key);
  }

  /** The wire between the node's proxier and the API server is cut, or mended. */
  setConnected(node: string, connected: boolean): void {
    if (connected) this.nodes.thaw(node);
    else this.nodes.freeze(node, this.#simulation.now);
  }

  #awaitCaches(): void {
    if (!this.#cachesSynced()) {
      this.#cachePoll = microseconds(Math.min(2 * this.#cachePoll, LAST_CACHE_POLL));
      this.#port.after(this.#cachePoll, { kind: 'await-caches', key: this.mode.name });
      return;
    }
    this.#started = true;
    this.#request();
  }

  #serviceChanged(key: string, service: Service | undefined): void {
    this.serviceVersion++;
    for (const port of this.#tracker.portsKnown(key)) this.#listed.delete(port.key);
    if (this.#tracker.service(key, service)) this.#request();
  }

  #sliceChanged(slice: EndpointSlice, deleted: boolean): void {
    const trigger = this.#triggerOf(slice, deleted);
    const service = this.#tracker.slice(slice, deleted, trigger);
    if (service === undefined) return;
    for (const { key } of this.#tracker.portsKnown(service)) {
      this.#listed.delete(key);
      this.fleet.port(key).behind = true;
    }
    if (this.mode.endpointsNeedNoSync) this.fleet.refresh(service, this.#simulation.now, trigger);
    else this.#request();
  }

  /** When the change behind a slice happened, as the endpoint slice controller noted it; undefined if it noted nothing. */
  #triggerOf(slice: EndpointSlice, deleted: boolean): SimTime | undefined {
    const text = deleted ? undefined : slice.metadata.annotations?.[TRIGGER_TIME];
    return text === undefined ? undefined : this.#clock?.instantOf(text);
  }

  #nodeChanged(node: Node): void {
    // Nodes that are there from the beginning follow the shared timeline from its beginning.
    const late = this.#started && this.nodes.get(node.metadata.name) === undefined;
    this.nodes.put(node, late ? this.#rulesAfterBoot() : START);
  }

  #machineChanged(machine: Machine): void {
    const state = this.nodes.get(machine.name);
    if (state !== undefined && machine.up) state.rulesFrom = this.#rulesAfterBoot();
  }

  #rulesAfterBoot(): SimTime {
    const delayUs = this.nodes.options.startDelayUs + this.fleet.firstSyncUs();
    return (this.#simulation.now + microseconds(delayUs)) as SimTime;
  }

  #request(): void {
    if (this.#started) this.#schedule(this.fleet.request(this.#simulation.now));
  }

  #schedule(due: SimTime): void {
    if (due === NEVER || (this.#dueEvent !== NO_EVENT && this.#due <= due)) return;
    if (this.#dueEvent !== NO_EVENT) this.#port.cancel(this.#dueEvent);
    this.#due = due;
    const event: NetworkEvent = { kind: 'sync', key: this.mode.name, n: this.fleet.revisions.latest + 1 };
    this.#dueEvent = this.#port.at(due, event);
  }

  #sync(): void {
    this.#dueEvent = NO_EVENT;
    const sync = this.fleet.begin(this.#simulation.now);
    this.#port.at(sync.end, { kind: 'synced', key: this.mode.name, n: sync.revision });
  }

  #synced(): void {
    const { sync, next } = this.fleet.end(this.#simulation.now);
    this.#report(sync);
    this.#schedule(next);
  }

  #report({ report, programmingLatency }: Sync): void {
    this.#observations?.emit('proxy-synced', {
      time: this.#simulation.now,
      mode: this.mode.name,
      nodes: this.nodes.running,
      full: report.full,
      services: report.servicePorts,
      endpoints: report.endpoints,
      rulesTotal: report.rulesTotal,
      rulesWritten: report.rulesWritten,
      took: microseconds(report.tookUs),
      programmingLatency,
    });
  }
}

/** Where new connections should go if everybody knew what the API knows. */
function usableKeys(endpoints: readonly Endpoint[]): ReadonlySet<number> {
  const ready = endpoints.filter((e) => e.ready);
  const usable = ready.length > 0 ? ready : endpoints.filter((e) => e.serving && e.terminating);
  return new Set(usable.map((e) => e.key));
}
