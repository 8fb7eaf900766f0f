/** Watch streams (etcd 3.6): watchers created, cancelled and asked for progress by one client. */
import { COMPACTED } from './errors.ts';
import type { History } from './history.ts';
import type { KeyInterval } from './interval.ts';
import { keyInterval } from './interval.ts';
import type { WatchCreated, WatchCreateRequest, WatchSink } from './types.ts';
import type { Watcher, WatchHub } from './watch.ts';

const RANGE_EMPTY = 'mvcc: watcher range is empty';
const DUPLICATE_ID = 'mvcc: duplicate watch ID provided on the WatchStream';

/** Watchers that share a sink; their ids are unique within it. */
export class WatchStream<V> {
  readonly #hub: WatchHub<V>;
  readonly #history: History<V>;
  readonly #sink: WatchSink<V>;
  readonly #watchers = new Map<number, Watcher<V>>();
  #nextId = 0;

  constructor(hub: WatchHub<V>, history: History<V>, sink: WatchSink<V>) {
    this.#hub = hub;
    this.#history = history;
    this.#sink = sink;
  }

  /** Starts a watcher. One that starts in the past gets its history at the next catch-up. */
  create(request: WatchCreateRequest): WatchCreated {
    const { revision } = this.#history;
    const interval = keyInterval(request.key || '\0', request.rangeEnd);
    const startRevision = request.startRevision ?? 0;
    const reason = this.#refusal(request, interval);
    if (reason !== undefined) {
      return { created: true, watchId: -1, revision, canceled: true, cancelReason: reason };
    }
    const watcher: Watcher<V> = {
      id: this.#takeId(request.watchId ?? 0),
      sink: this.#sink,
      interval,
      startRevision,
      prevKv: request.prevKv ?? false,
      noPut: request.filters?.includes('NOPUT') ?? false,
      noDelete: request.filters?.includes('NODELETE') ?? false,
      nextRevision: startRevision === 0 ? revision + 1 : startRevision,
      state: startRevision === 0 || startRevision > revision ? 'synced' : 'unsynced',
    };
    this.#watchers.set(watcher.id, watcher);
    this.#hub.add(watcher);
    return { created: true, watchId: watcher.id, revision };
  }

  /** Ends a watcher; returns the store's revision, or undefined if there is no such watcher. */
  cancel(watchId: number): number | undefined {
    const watcher = this.#watchers.get(watchId);
    if (watcher === undefined) return undefined;
    this.#watchers.delete(watchId);
    this.#hub.remove(watcher);
    return this.#history.revision;
  }

  /** Ends all watchers. */
  close(): void {
    for (const watcher of this.#watchers.values()) this.#hub.remove(watcher);
    this.#watchers.clear();
  }

  /**
   * The revision up to which every watcher of the stream knows everything; undefined, and no answer, if the stream has
   * none or one of them is catching up, waits for a later revision or was cancelled by compaction.
   */
  progress(): number | undefined {
    const { revision } = this.#history;
    if (this.#watchers.size === 0) return undefined;
    for (const watcher of this.#watchers.values()) {
      if (watcher.state !== 'synced' || watcher.startRevision > revision) return undefined;
    }
    return revision;
  }

  #refusal(request: WatchCreateRequest, interval: KeyInterval): string | undefined {
    if ((request.startRevision ?? 0) < 0) return COMPACTED.message;
    const { from, end } = interval;
    if (end !== undefined && end !== '' && end <= from) return RANGE_EMPTY;
    const id = request.watchId ?? 0;
    return id !== 0 && this.#watchers.has(id) ? DUPLICATE_ID : undefined;
  }

  #takeId(requested: number): number {
    if (requested !== 0) return requested;
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }
}
