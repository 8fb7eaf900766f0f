/**
 * The API server: the one way into the store. A request travels: hop → commit (executed atomically) → hop; a change reaches
 * the watches that cover it one delivery latency after its commit, in revision order (Kubernetes v1.36, k8s.io/apiserver).
 */
import { type Node, type ObjectOf, type Pod, type ResourceName, WallClock } from '../api/index.ts';
import type { ObservationBus, ObservationMap } from '../api/observations.ts';
import {
  type Channel,
  type Component,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import { Store } from '../store/store.ts';
import { Admission } from './admission/admission.ts';
import { bootstrap } from './bootstrap.ts';
import { Compactor, type HistoryLength } from './compaction.ts';
import type { RequestContext } from './context.ts';
import { unavailable } from './errors.ts';
import { EventExpiry } from './event-expiry.ts';
import { Identity } from './identity.ts';
import { type ApiServerLatency, defaultLatency, LatencySampler } from './latency.ts';
import type { ReplyEvent, ReplyTo, Unanswered } from './reply.ts';
import type { ApiRequest, ApiResult, WatchHandle, WatchScope, WatchSink } from './request.ts';
import type { ResourceTable } from './resource-table.ts';
import { ServiceAllocation, type ServiceRanges } from './services/service-allocation.ts';
import { type ChangeListener, Storage } from './storage.ts';
import type { Change, StoredObject } from './stored-object.ts';
import { deleteObject } from './verbs/delete.ts';
import { execute } from './verbs/execute.ts';
import { WatchCache } from './watch-cache.ts';

export interface ApiServerOptions {
  /** RFC 3339 date of simulated time 0; default 2026-01-01T00:00:00Z. */
  readonly epoch?: string | undefined;
  readonly latency?: ApiServerLatency | undefined;
  /** Where pod-changed and node-changed are told; nowhere if absent. */
  readonly observations?: ObservationBus | undefined;
  /** Ranges of cluster IPs and node ports. */
  readonly services?: ServiceRanges | undefined;
  /** How far back a watch can go on from; default `interval`. */
  readonly history?: HistoryLength | undefined;
  /** Make the system namespaces and priority classes that a kube-apiserver makes when it starts; default true. */
  readonly bootstrap?: boolean | undefined;
}

interface CommitEvent extends SimEvent {
  readonly kind: 'commit';
  readonly request: ApiRequest;
  readonly replyTo: ReplyTo<ReplyEvent> | undefined;
}
interface ExpireEvent extends SimEvent {
  readonly kind: 'expire-events';
}
type ApiServerEvent = CommitEvent | ExpireEvent;

export class ApiServer implements Component<ApiServerEvent>, ChangeListener, RequestContext {
  readonly name = 'kube-apiserver';
  readonly storage: Storage;
  readonly clock: WallClock;
  readonly identity: Identity;
  readonly admission: Admission;
  readonly #simulation: Simulation;
  readonly #latency: LatencySampler;
  readonly #podChanges: Channel<ObservationMap['pod-changed']> | undefined;
  readonly #nodeChanges: Channel<ObservationMap['node-changed']> | undefined;
  readonly #podRefusals: Channel<ObservationMap['pod-refused']> | undefined;
  readonly #watchCache: WatchCache;
  readonly #compactor: Compactor;
  readonly #eventExpiry = new EventExpiry();
  readonly #commits: Port<ApiServerEvent>;
  #expiryScheduled = false;
  #available = true;

  constructor(simulation: Simulation, options: ApiServerOptions = {}) {
    const store = new Store<StoredObject>();
    this.#simulation = simulation;
    this.clock = new WallClock(options.epoch ?? '2026-01-01T00:00:00Z');
    this.identity = new Identity(simulation.seed);
    this.storage = new Storage(store, this);
    this.admission = new Admission(
      this.storage,
      new ServiceAllocation(simulation.random, options.services),
      this.identity,
    );
    this.#latency = new LatencySampler(options.latency ?? defaultLatency, simulation.random);
    this.#podChanges = options.observations?.channel('pod-changed');
    this.#nodeChanges = options.observations?.channel('node-changed');
    this.#podRefusals = options.observations?.channel('pod-refused');
    this.#watchCache = new WatchCache(simulation, this.storage, this.#latency);
    this.#compactor = new Compactor(simulation, store, options.history ?? 'interval');
    this.#commits = simulation.port<ApiServerEvent>(this, Phase.commit);
    if (options.bootstrap !== false) bootstrap(this);
  }

  get now(): SimTime {
    return this.#simulation.now;
  }

  get available(): boolean {
    return this.#available;
  }

  /** Down: every request that arrives fails; watches stay, since nothing changes. For fault injection. */
  setAvailable(available: boolean): void {
    this.#available = available;
  }

  /** Executes at this instant, atomically: for tests, the cluster builder, and the commit of submitted requests. */
  execute(request: ApiRequest): ApiResult {
    return execute(this, request);
  }

  /** Executes without storing anything. */
  dryRun<T>(body: () => T): T {
    return this.storage.dryRun(body);
  }

  /** Sends a request that leaves its client at `departure` (now or later); the answer, if wanted, comes as an event. */
  submit<E extends ReplyEvent>(
    request: ApiRequest,
    departure: SimTime,
    key: string,
    replyTo?: ReplyTo<E>,
  ): void {
    const arrival = (departure + this.#latency.request(request.verb, key, departure)) as SimTime;
    this.#commits.at(arrival, {
      kind: 'commit',
      key,
      request,
      replyTo: replyTo as unknown as ReplyTo | undefined,
    });
  }

  /** The object, undefined if there is none; empty namespace for cluster-scoped resources. O(1). */
  get<R extends ResourceName>(resource: R, namespace: string, name: string): ObjectOf<R> | undefined {
    const entry = this.storage.tables[resource].find(namespace, name);
    return entry?.object as ObjectOf<R> | undefined;
  }

  /** All objects of the resource in key order. */
  list<R extends ResourceName>(resource: R, namespace?: string): readonly ObjectOf<R>[] {
    return this.storage.list(
      this.storage.tables[resource],
      namespace,
    ) as readonly StoredObject[] as readonly ObjectOf<R>[];
  }

  /**
   * A list one request later, then every change after it; with `after`, a resourceVersion, no list but every change after that,
   * or onExpired if the history does not reach back so far. Throws RangeError for a selector that the API would refuse.
   */
  watch<R extends ResourceName>(scope: WatchScope<R>, sink: WatchSink<R>, after?: number): WatchHandle {
    return this.#watchCache.watch(scope, sink, after);
  }

  handle(event: ApiServerEvent): void {
    switch (event.kind) {
      case 'commit':
        this.#commit(event);
        break;
      case 'expire-events':
        this.#expireEvents();
        break;
    }
  }

  #commit({ request, replyTo, key }: CommitEvent): void {
    const result = this.#available ? execute(this, request) : unavailable();
    if (replyTo === undefined) {
      if (!result.ok && request.verb === 'create' && request.resource === 'pods')
        this.#podRefusals?.emit({ time: this.now, key, message: result.error.message });
      return;
    }
    const at = (this.now + this.#latency.response(key, this.now)) as SimTime;
    const { port, event } = replyTo;
    port.at(at, answered(event, result));
  }

  /** Called by the storage, at the commit. */
  committed(table: ResourceTable, change: Change): void {
    this.admission.committed(change);
    this.#observe(change);
    this.#watchCache.committed(table, change);
    this.#compactor.written();
    if (table.name === 'events' && change.type !== 'DELETED') this.#eventWritten(change);
  }

  #observe({ resource, type, slot, object, previous }: Change): void {
    const time = this.now;
    const deleted = type === 'DELETED';
    if (resource === 'pods') {
      if (this.#podChanges?.wanted !== true) return;
      const before = previous as Pod | undefined;
      this.#podChanges.emit({ time, pod: object as Pod, slot, previous: before, deleted });
    } else if (resource === 'nodes' && this.#nodeChanges?.wanted === true) {
      this.#nodeChanges.emit({ time, node: object as Node, previous: previous as Node | undefined, deleted });
    }
  }

  #eventWritten({ object: { metadata }, n }: Change): void {
    this.#eventExpiry.written(this.now, metadata.namespace ?? '', metadata.name, n);
    this.#scheduleExpiry();
  }

  #expireEvents(): void {
    const table = this.storage.tables.events;
    this.#expiryScheduled = false;
    for (const { namespace, name } of this.#eventExpiry.takeDue(this.now, table)) {
      deleteObject(this, table, { namespace, name });
    }
    this.#scheduleExpiry();
  }

  #scheduleExpiry(): void {
    const { next } = this.#eventExpiry;
    if (next === undefined || this.#expiryScheduled) return;
    this.#expiryScheduled = true;
    this.#commits.at(next, { kind: 'expire-events', key: '' });
  }
}

/** The event is the server's since it was sent: no copy is made. */
function answered(event: Unanswered, result: ApiResult): ReplyEvent {
  const reply: { result?: ApiResult | undefined } = event;
  reply.result = result;
  return event as unknown as ReplyEvent;
}
