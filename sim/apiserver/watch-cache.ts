/**
 * The fan-out of changes: one event per change carries it to the watches that cover it, one delivery latency after its commit and
 * in revision order (k8s.io/apiserver/pkg/storage/cacher, Kubernetes v1.36).
 */
import type { ResourceName } from '../api/index.ts';
import {
  type Component,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import type { LatencySampler } from './latency.ts';
import type { WatchHandle, WatchScope, WatchSink } from './request.ts';
import type { ResourceTable } from './resource-table.ts';
import { parseSelection } from './selection.ts';
import type { Storage } from './storage.ts';
import type { Change, StoredObject } from './stored-object.ts';
import { select } from './verbs/read.ts';
import { Watch } from './watch.ts';

/** The request has reached the server. */
interface OpenEvent extends SimEvent {
  readonly kind: 'open';
  readonly watch: Watch;
  /** Resume after this revision; undefined: list first. */
  readonly after: number | undefined;
}
/** The client has the list; `n` is its revision. */
interface ListedEvent extends SimEvent {
  readonly kind: 'listed';
  readonly n: number;
  readonly watch: Watch;
  readonly items: readonly StoredObject[];
  readonly slots: readonly number[];
}
/** The client hears that its watch goes on (its changes follow), or that it has to list again. */
interface ResumeEvent extends SimEvent {
  readonly kind: 'resumed' | 'expired';
  readonly watch: Watch;
}
type WatchCacheEvent = Change | OpenEvent | ListedEvent | ResumeEvent;

export class WatchCache implements Component<WatchCacheEvent> {
  readonly name = 'watch-cache';
  readonly #simulation: Simulation;
  readonly #storage: Storage;
  readonly #latency: LatencySampler;
  readonly #commits: Port<WatchCacheEvent>;
  readonly #deliveries: Port<WatchCacheEvent>;
  #opened = 0;

  constructor(simulation: Simulation, storage: Storage, latency: LatencySampler) {
    this.#simulation = simulation;
    this.#storage = storage;
    this.#latency = latency;
    this.#commits = simulation.port<WatchCacheEvent>(this, Phase.commit);
    this.#deliveries = simulation.port<WatchCacheEvent>(this, Phase.delivery);
  }

  /** See ApiServer.watch. */
  watch<R extends ResourceName>(
    scope: WatchScope<R>,
    sink: WatchSink<R>,
    after: number | undefined,
  ): WatchHandle {
    const parsed = parseSelection(scope);
    if (!parsed.ok) throw new RangeError(parsed.error.message);
    const { resource } = scope;
    const watch = new Watch(parsed.selection, sink as unknown as WatchSink);
    const { now } = this.#simulation;
    const arrival = (now + this.#latency.request('list', resource, now)) as SimTime;
    this.#commits.at(arrival, { kind: 'open', key: resource, n: ++this.#opened, watch, after });
    return watch;
  }

  /** Schedules the delivery if anyone watches the resource. */
  committed(table: ResourceTable, change: Change): void {
    if (table.watches.size === 0) return;
    this.#deliveries.at(this.#latency.delivery(this.#simulation.now, change.key, change.n), change);
  }

  handle(event: WatchCacheEvent): void {
    switch (event.kind) {
      case 'deliver':
        this.#storage.tables[event.resource].watches.dispatch(event);
        break;
      case 'open':
        this.#open(event);
        break;
      case 'listed':
        event.watch.list(event.items, event.n, event.slots);
        break;
      case 'resumed':
        event.watch.resume();
        break;
      case 'expired':
        event.watch.expire();
        break;
    }
  }

  #open({ watch, after, key, n = 0 }: OpenEvent): void {
    if (watch.stopped) return;
    const { revision } = this.#storage;
    const table = this.#storage.tables[watch.selection.resource];
    const { now } = this.#simulation;
    const answer = (now + this.#latency.response(key, now)) as SimTime;
    const missed = after === undefined ? undefined : this.#storage.changesSince(table, after);
    watch.startAt(revision, missed, table.watches);
    if (after === undefined) {
      const items = select(this.#storage, watch.selection);
      const slots = items.map(({ metadata }) => table.find(metadata.namespace ?? '', metadata.name)!.slot);
      this.#deliveries.at(answer, { kind: 'listed', key, n: revision, watch, items, slots });
    } else {
      const kind = missed === undefined ? 'expired' : 'resumed';
      this.#deliveries.at(answer, { kind, key, n, watch });
    }
  }
}
