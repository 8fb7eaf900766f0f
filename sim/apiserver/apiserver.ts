/**
 * The API server: the one way into the store. A request travels: hop → commit (executed atomically) → hop; a change reaches
 * the watches that cover it one delivery latency after its commit, in revision order (Kubernetes v1.36, k8s.io/apiserver).
 */
import { type Node, type ObjectOf, type Pod, type ResourceName, WallClock } from '../api/index.ts';
import type { ObservationBus } from '../api/observations.ts';
import {
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
import type { RequestContext } from './context.ts';
import { Identity } from './identity.ts';
import { type ApiServerLatency, defaultLatency, LatencySampler } from './latency.ts';
import type { ReplyEvent, ReplyTo } from './reply.ts';
import type { ApiRequest, ApiResult, WatchHandle, WatchScope, WatchSink } from './request.ts';
import { parseSelection } from './selection.ts';
import { ServiceAllocation, type ServiceRanges } from './services/service-allocation.ts';
import {
  type Change,
  type ChangeListener,
  type ResourceTable,
  Storage,
  type StoredObject,
} from './storage.ts';
import { execute } from './verbs/execute.ts';
import { select } from './verbs/read.ts';
import { Watch } from './watch.ts';

export interface ApiServerOptions {
  /** RFC 3339 date of simulated time 0; default 2026-01-01T00:00:00Z. */
  readonly epoch?: string | undefined;
  readonly latency?: ApiServerLatency | undefined;
  /** Where pod-changed and node-changed are told; nowhere if absent. */
  readonly observations?: ObservationBus | undefined;
  /** Ranges of cluster IPs and node ports. */
  readonly services?: ServiceRanges | undefined;
  /** Make the system namespaces and priority classes that a kube-apiserver makes when it starts; default true. */
  readonly bootstrap?: boolean | undefined;
}

interface CommitEvent extends SimEvent {
  readonly kind: 'commit';
  readonly request: ApiRequest;
  readonly replyTo: ReplyTo<ReplyEvent> | undefined;
}
/** `list`: the server takes the list; `listed`: the client has it. */
interface ListEvent extends SimEvent {
  readonly kind: 'list' | 'listed';
  readonly watch: Watch;
  readonly items: readonly StoredObject[];
}
type ApiServerEvent = CommitEvent | Change | ListEvent;

export class ApiServer implements Component<ApiServerEvent>, ChangeListener, RequestContext {
  readonly name = 'kube-apiserver';
  readonly storage: Storage;
  readonly clock: WallClock;
  readonly identity: Identity;
  readonly admission: Admission;
  readonly #simulation: Simulation;
  readonly #latency: LatencySampler;
  readonly #observations: ObservationBus | undefined;
  readonly #commits: Port<ApiServerEvent>;
  readonly #deliveries: Port<ApiServerEvent>;
  #watchCount = 0;

  constructor(simulation: Simulation, options: ApiServerOptions = {}) {
    this.#simulation = simulation;
    this.clock = new WallClock(options.epoch ?? '2026-01-01T00:00:00Z');
    this.identity = new Identity(simulation.seed);
    this.storage = new Storage(new Store<StoredObject>(), this);
    this.admission = new Admission(this.storage, new ServiceAllocation(simulation.random, options.services));
    this.#latency = new LatencySampler(options.latency ?? defaultLatency, simulation.random);
    this.#observations = options.observations;
    this.#commits = simulation.port<ApiServerEvent>(this, Phase.commit);
    this.#deliveries = simulation.port<ApiServerEvent>(this, Phase.delivery);
    if (options.bootstrap !== false) bootstrap(this);
  }

  get now(): SimTime {
    return this.#simulation.now;
  }

  /** Executes at this instant, atomically: for tests, the cluster builder, and the commit of submitted requests. */
  execute(request: ApiRequest): ApiResult {
    return execute(this, request);
  }

  /** Sends a request that leaves its client at `departure` (now or later); the answer, if wanted, comes as an event. */
  submit<E extends ReplyEvent>(
    request: ApiRequest,
    departure: SimTime,
    key: string,
    replyTo?: ReplyTo<E>,
  ): void {
    const arrival = departure + this.#latency.request(request.verb, key, departure);
    this.#commits.at(arrival as SimTime, {
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

  /** A list one request later, then every change after it; throws RangeError for a selector that the API would refuse. */
  watch<R extends ResourceName>(scope: WatchScope<R>, sink: WatchSink<R>): WatchHandle {
    const parsed = parseSelection(scope);
    if (!parsed.ok) throw new RangeError(parsed.error.message);
    const index = this.storage.tables[scope.resource].watches;
    const watch = new Watch(++this.#watchCount, parsed.selection, sink as unknown as WatchSink, index);
    const arrival = this.now + this.#latency.request('list', scope.resource, this.now);
    this.#commits.at(arrival as SimTime, {
      kind: 'list',
      key: scope.resource,
      n: watch.id,
      watch,
      items: [],
    });
    return watch;
  }

  handle(event: ApiServerEvent): void {
    switch (event.kind) {
      case 'commit':
        this.#commit(event);
        break;
      case 'deliver':
        this.storage.tables[event.resource].watches.dispatch(event);
        break;
      case 'list':
        this.#takeList(event.watch);
        break;
      case 'listed':
        event.watch.list(event.items, event.n ?? 0);
        break;
    }
  }

  #commit(event: CommitEvent): void {
    const result = execute(this, event.request);
    const { replyTo } = event;
    if (replyTo === undefined) return;
    const at = this.now + this.#latency.response(event.key, this.now);
    replyTo.port.at(at as SimTime, { ...replyTo.event, result });
  }

  #takeList(watch: Watch): void {
    if (watch.stopped) return;
    const { storage } = this;
    watch.startAt(storage.revision);
    storage.tables[watch.selection.resource].watches.add(watch);
    const items = select(storage, watch.selection);
    const at = this.now + this.#latency.response(watch.selection.resource, this.now);
    this.#deliveries.at(at as SimTime, {
      kind: 'listed',
      key: watch.selection.resource,
      n: storage.revision,
      watch,
      items,
    });
  }

  /** Called by the storage: tells observers at once and schedules the delivery to watches. */
  committed(table: ResourceTable, change: Change): void {
    if (this.#observations !== undefined) this.#observe(this.#observations, change);
    this.admission.committed(change);
    if (table.watches.size === 0) return;
    const at = this.#latency.delivery(this.now, change.key, change.n);
    this.#deliveries.at(at, change);
  }

  #observe(bus: ObservationBus, change: Change): void {
    const deleted = change.type === 'DELETED';
    if (change.resource === 'pods') {
      if (!bus.wants('pod-changed')) return;
      bus.emit('pod-changed', {
        time: this.now,
        pod: change.object as Pod,
        previous: change.previous as Pod | undefined,
        deleted,
      });
    } else if (change.resource === 'nodes' && bus.wants('node-changed')) {
      bus.emit('node-changed', {
        time: this.now,
        node: change.object as Node,
        previous: change.previous as Node | undefined,
        deleted,
      });
    }
  }
}
