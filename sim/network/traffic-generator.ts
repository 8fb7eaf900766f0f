/**
 * One source of requests to one Service. One event per request: what becomes of it is worked out when it starts
 * and counted when it has ended (requests-in-flight.ts).
 */
import type { ObservationBus } from '../api/observations.ts';
import {
  drawAt,
  microseconds,
  NEVER,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
  START,
} from '../engine/index.ts';
import type { Sandbox, World } from '../world/index.ts';
import { PoissonArrivals } from './arrivals.ts';
import { placesInCluster, placesOutside } from './client-places.ts';
import type { ClientPlace, Connector } from './connector.ts';
import { addressOf } from './endpoints.ts';
import { KeptConnections } from './kept-connections.ts';
import type { PodServers } from './pod-servers.ts';
import type { ProxyNodeState } from './proxy-nodes.ts';
import type { RequestOutcome, ServiceStatistics } from './request-outcome.ts';
import { type EndedRequests, type RequestInFlight, RequestsInFlight } from './requests-in-flight.ts';
import type { PortHistory } from './rule-timeline.ts';
import { Sampling } from './sampling.ts';
import type { ServiceNetwork } from './service-network.ts';
import {
  DEFAULT_CONNECT_TIMEOUT_US,
  DEFAULT_RETRY_DELAY_US,
  type TrafficOptions,
} from './traffic-options.ts';

/** `key`: the generator. `request`: n is the number of the request (open loop) or of the client (closed loop). */
export interface TrafficEvent extends SimEvent {
  readonly kind: 'request' | 'settle';
}

export interface TrafficContext {
  readonly simulation: Simulation;
  readonly network: ServiceNetwork;
  readonly world: World;
  readonly observations: ObservationBus | undefined;
  readonly connector: Connector;
  readonly port: Port<TrafficEvent>;
  readonly statistics: ServiceStatistics;
  serversOf(sandbox: Sandbox, concurrency: number): PodServers;
}

/** The end of a request is noticed at most so late, µs, where the next request is far off. */
export const SETTLE_LAG_US = 100e3;
/**
 * Draws of request n are numbers 16 n … 16 n + 4 of its key: arrival or the thought before it, client, connection, entry
 * node, service time.
 */
const DRAWS = 16;
const ARRIVAL = 0;
const CLIENT = 1;
const CONNECTION = 2;
const ENTRY = 3;
const SERVICE = 4;

export class TrafficGenerator implements EndedRequests {
  readonly #options: TrafficOptions;
  readonly #context: TrafficContext;
  readonly #places: readonly ClientPlace[];
  readonly #nodes: (ProxyNodeState | undefined)[];
  readonly #arrivals: PoissonArrivals | undefined;
  readonly #flying: RequestsInFlight;
  readonly #kept: KeptConnections | undefined;
  readonly #timeoutUs: number;
  readonly #until: SimTime;
  /** Key of the draws; in a closed loop one per client, so that clients do not depend on each other. */
  readonly #keys: Float64Array;
  /** Requests that each key has had. */
  readonly #counts: Uint32Array;
  #history: PortHistory | undefined;
  #historyVersion = -1;
  #settleAt: SimTime = START;
  readonly #sampling = new Sampling();

  constructor(options: TrafficOptions, context: TrafficContext) {
    const { name, load } = options;
    const { world, simulation } = context;
    this.#options = options;
    this.#context = context;
    this.#timeoutUs = options.connectTimeoutUs ?? DEFAULT_CONNECT_TIMEOUT_US;
    this.#until = options.until ?? NEVER;
    this.#places =
      options.from === 'outside'
        ? placesOutside(load.clients ?? 1)
        : placesInCluster(world, simulation.random, name, load.clients);
    if (this.#places.length === 0) throw new RangeError(`traffic ${name} has no client`);
    this.#nodes = new Array<ProxyNodeState | undefined>(this.#places.length).fill(undefined);
    this.#arrivals = load.kind === 'open' ? arrivalsOf(options, load.rate) : undefined;
    const streams = load.kind === 'open' ? 1 : this.#places.length;
    this.#keys = Float64Array.from({ length: streams }, (_, i) =>
      simulation.random.keyOf('traffic', `${name} ${i}`),
    );
    this.#counts = new Uint32Array(streams);
    this.#flying = new RequestsInFlight(this);
    const perConnection = options.requestsPerConnection ?? 1;
    if (perConnection > 1) this.#kept = new KeptConnections(this.#places.length, perConnection);
  }

  start(): void {
    if (this.#arrivals !== undefined) this.#scheduleArrival();
    else
      for (let client = 0; client < this.#places.length; client++)
        this.#think(client, this.#options.start ?? START);
  }

  handle(event: TrafficEvent): void {
    const now = this.#context.simulation.now;
    this.#flying.drain(now);
    if (event.kind === 'settle') return;
    if (this.#arrivals === undefined) this.#clientRequest(event.n!, now);
    else {
      const key = this.#keys[0]!;
      const first = event.n! * DRAWS;
      const client = Math.floor(drawAt(key, first + CLIENT) * this.#places.length);
      this.#request(client, key, first, now);
      this.#scheduleArrival();
    }
  }

  /** Counts what has ended by now. */
  settle(): void {
    this.#flying.drain(this.#context.simulation.now);
  }

  #scheduleArrival(): void {
    const n = this.#counts[0]!++;
    const time = this.#arrivals!.next(drawAt(this.#keys[0]!, n * DRAWS + ARRIVAL));
    if (time !== NEVER) this.#context.port.at(time, { kind: 'request', key: this.#options.name, n });
    this.#settleBefore(time);
  }

  /** So that ends are noticed in time although no request comes soon. */
  #settleBefore(next: SimTime): void {
    if (this.#flying.size === 0 || next - this.#flying.nextEndUs <= SETTLE_LAG_US) return;
    const at = Math.ceil(Math.min(this.#flying.lastEndUs, next)) as SimTime;
    if (at <= this.#settleAt) return;
    this.#settleAt = at;
    this.#context.port.at(at, { kind: 'settle', key: this.#options.name });
  }

  #clientRequest(client: number, now: SimTime): void {
    const first = this.#counts[client]!++ * DRAWS;
    const request = this.#request(client, this.#keys[client]!, first, now);
    const retryUs = request.outcome === 'ok' ? 0 : this.#retryDelayUs;
    this.#think(client, (now + Math.ceil(request.latencyUs + retryUs)) as SimTime);
  }

  get #retryDelayUs(): number {
    const load = this.#options.load;
    return load.kind === 'closed' ? (load.retryDelayUs ?? DEFAULT_RETRY_DELAY_US) : 0;
  }

  #think(client: number, from: SimTime): void {
    const load = this.#options.load;
    if (load.kind !== 'closed') return;
    const first = this.#counts[client]! * DRAWS;
    const thinkUs = this.#sampling.sample(load.thinkTime, this.#keys[client]!, first + ARRIVAL);
    const at = (from + microseconds(thinkUs)) as SimTime;
    if (at < this.#until) this.#context.port.at(at, { kind: 'request', key: this.#options.name, n: client });
    else this.#settleBefore(at);
  }

  #request(client: number, key: number, first: number, now: SimTime): RequestInFlight {
    const place = this.#places[client]!;
    const request = this.#flying.take();
    request.startUs = now;
    request.timeoutUs = this.#timeoutUs;
    request.client = place.machine;
    request.sandbox = undefined;
    request.stale = false;
    request.endpoint = undefined;
    request.podDoneUs = now;
    if (place.machine?.up === false) {
      request.outcome = 'client-down';
      request.latencyUs = 0;
    } else this.#send(request, client, key, first, now);
    this.#flying.launch();
    return request;
  }

  #send(request: RequestInFlight, client: number, key: number, first: number, now: SimTime): void {
    const place = this.#places[client]!;
    const connector = this.#context.connector;
    const history = this.#portHistory();
    const entry = this.#entryOf(client, key, first);
    const reused = this.#kept?.reuse(client, entry, history, this.#context.network.mode, now) ?? false;
    if (reused) this.#kept!.load(client, connector, this.#timeoutUs);
    else connector.connect(place, entry, history, now, drawAt(key, first + CONNECTION), this.#timeoutUs);
    request.outcome = connector.outcome;
    request.latencyUs = connector.latencyUs;
    request.stale = connector.stale;
    request.endpoint = connector.endpoint;
    const sandbox = connector.sandbox;
    if (sandbox === undefined) return;
    if (!reused) this.#kept?.open(client, connector);
    request.sandbox = sandbox;
    this.#serve(request, sandbox, connector.linkUs + (history?.plane.requestUs ?? 0), key, first);
  }

  /** The request itself: there, perhaps in line, served, and back. `toPodUs`: one way, with what the proxier adds. */
  #serve(request: RequestInFlight, sandbox: Sandbox, toPodUs: number, key: number, first: number): void {
    const serviceUs = this.#sampling.sample(this.#options.serviceTime, key, first + SERVICE);
    const arrivalUs = request.startUs + request.latencyUs + toPodUs;
    const concurrency = this.#options.concurrency;
    const waitUs =
      concurrency === undefined
        ? 0
        : this.#context.serversOf(sandbox, concurrency).admit(arrivalUs, serviceUs);
    request.podDoneUs = arrivalUs + waitUs + serviceUs;
    request.latencyUs += toPodUs + waitUs + serviceUs + this.#context.connector.linkUs;
  }

  /** The node whose rules apply: the client's, or one of those that a load balancer sends to. */
  #entryOf(client: number, key: number, first: number): ProxyNodeState | undefined {
    const machine = this.#places[client]!.machine;
    const nodes = this.#context.network.nodes;
    if (machine === undefined) {
      const entries = nodes.entries;
      return entries[Math.floor(drawAt(key, first + ENTRY) * entries.length)];
    }
    return (this.#nodes[client] ??= nodes.get(machine.name));
  }

  #portHistory(): PortHistory | undefined {
    const network = this.#context.network;
    if (this.#historyVersion !== network.serviceVersion) {
      this.#historyVersion = network.serviceVersion;
      this.#history = network.portOf(this.#options.service, this.#options.port);
    }
    return this.#history;
  }

  ended(request: RequestInFlight, outcome: RequestOutcome, latencyUs: number): void {
    const { statistics, observations } = this.#context;
    statistics.add(outcome, request.stale, latencyUs);
    if (observations === undefined || !observations.wants('service-request')) return;
    observations.emit('service-request', {
      time: Math.round(request.startUs + latencyUs) as SimTime,
      service: this.#options.service,
      mode: this.#context.network.mode.name,
      outcome,
      stale: request.stale,
      latencyUs,
      endpoint: request.endpoint === undefined ? '' : addressOf(request.endpoint),
    });
  }
}

function arrivalsOf(
  { start, until }: TrafficOptions,
  rate: readonly { readonly from: SimTime; readonly perSecond: number }[],
): PoissonArrivals {
  const steps =
    start === undefined
      ? rate
      : rate.map((step) => ({ ...step, from: Math.max(start, step.from) as SimTime }));
  return new PoissonArrivals(steps, until ?? NEVER);
}
