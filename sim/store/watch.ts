/**
 * The watchers of one etcd member (etcd 3.6): those up to date are told at every write,
 * those with history to catch up served in batches by `catchUp`, which the caller calls.
 * DEVIATION: a stream's buffer is unbounded, so there are no slow watchers that fall behind after having been up to date.
 */
import type { Duration } from '../engine/time.ts';
import { milliseconds } from '../engine/time.ts';
import type { History } from './history.ts';
import type { KeyInterval } from './interval.ts';
import { contains } from './interval.ts';
import type { WatchEvent, WatchResponse, WatchSink } from './types.ts';
import type { Change } from './version.ts';
import { stateBefore } from './version.ts';
import { WatcherIndex } from './watcher-index.ts';

/** How often a real server serves the watchers that have to catch up, µs. etcd 3.6, documented. */
export const WATCH_CATCH_UP_PERIOD: Duration = milliseconds(100);
/** Distinct revisions in one message to a watcher that is catching up. etcd 3.6, documented. */
export const MAX_REVISIONS_PER_BATCH = 1000;

export interface Watcher<V> {
  readonly id: number;
  readonly sink: WatchSink<V>;
  readonly interval: KeyInterval;
  readonly startRevision: number;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** Knows everything before this revision. */
  nextRevision: number;
  /** `compacted`: cancelled by the store, but the stream has not cancelled it yet. */
  state: 'synced' | 'unsynced' | 'compacted' | 'cancelled';
}

export class WatchHub<V> {
  readonly #history: History<V>;
  readonly #synced = new WatcherIndex<Watcher<V>>();
  readonly #unsynced = new Set<Watcher<V>>();
  /** The change being told, and its messages with and without previous state, each made when first needed. */
  #change: Change<V> | undefined;
  #plain: WatchResponse<V> | undefined;
  #withPrevious: WatchResponse<V> | undefined;

  constructor(history: History<V>) {
    this.#history = history;
  }

  get catchingUp(): boolean {
    return this.#unsynced.size > 0;
  }

  /** True in the middle of a notification. */
  get notifying(): boolean {
    return this.#change !== undefined;
  }

  add(watcher: Watcher<V>): void {
    if (watcher.state === 'synced') this.#synced.add(watcher);
    else this.#unsynced.add(watcher);
  }

  remove(watcher: Watcher<V>): void {
    if (watcher.state === 'synced') this.#synced.delete(watcher);
    else this.#unsynced.delete(watcher);
    watcher.state = 'cancelled';
  }

  /** Tells the watchers that are up to date of a revision that made one change. O(interested watchers). */
  notifyChange(change: Change<V>): void {
    if (this.#synced.size === 0) return;
    this.#change = change;
    this.#synced.visit(change.key, this.#tell);
    this.#change = undefined;
    this.#plain = undefined;
    this.#withPrevious = undefined;
  }

  /** Tells the watchers that are up to date of the revision whose changes stand in the log from `start` on. */
  notifyRevision(start: number): void {
    const { log } = this.#history;
    if (this.#synced.size === 0 || start === log.end) return;
    const batches = new Map<Watcher<V>, Change<V>[]>();
    for (let position = start; position < log.end; position++) {
      const change = log.at(position);
      this.#change = change;
      this.#synced.visit(change.key, (watcher) => {
        const batch = batches.get(watcher);
        if (batch !== undefined) batch.push(change);
        else batches.set(watcher, [change]);
      });
    }
    for (const [watcher, changes] of batches) {
      if (changes[0]!.modRevision >= watcher.nextRevision) this.#send(watcher, changes);
    }
    this.#change = undefined;
  }

  /** Gives each watcher that has history to catch up its next batch; true if some have more. */
  catchUp(): boolean {
    for (const watcher of [...this.#unsynced]) {
      if (watcher.state !== 'unsynced') continue;
      if (watcher.nextRevision < this.#history.compactRevision) this.#compacted(watcher);
      else this.#catchUpOne(watcher);
    }
    return this.catchingUp;
  }

  /** A field and not a method, so that telling of a change makes no closure. */
  readonly #tell = (watcher: Watcher<V>): void => {
    const change = this.#change!;
    if (watcher.state !== 'synced' || change.modRevision < watcher.nextRevision) return;
    if (change.deleted ? watcher.noDelete : watcher.noPut) return;
    if (watcher.prevKv) {
      this.#withPrevious ??= message(change.modRevision, [eventOf(change, true)]);
      watcher.sink.receive(watcher.id, this.#withPrevious);
    } else {
      this.#plain ??= message(change.modRevision, [eventOf(change, false)]);
      watcher.sink.receive(watcher.id, this.#plain);
    }
  };

  #compacted(watcher: Watcher<V>): void {
    this.#unsynced.delete(watcher);
    watcher.state = 'compacted';
    const compactRevision = this.#history.compactRevision;
    watcher.sink.receive(watcher.id, { revision: 0, events: [], compactRevision });
  }

  #catchUpOne(watcher: Watcher<V>): void {
    const { log, revision } = this.#history;
    const changes: Change<V>[] = [];
    let revisions = 0;
    let last = 0;
    let more = 0;
    for (let position = log.positionOf(watcher.nextRevision); position < log.end; position++) {
      const change = log.at(position);
      if (!contains(watcher.interval, change.key)) continue;
      if (change.modRevision !== last && ++revisions > MAX_REVISIONS_PER_BATCH) {
        more = change.modRevision;
        break;
      }
      last = change.modRevision;
      changes.push(change);
    }
    watcher.nextRevision = more === 0 ? revision + 1 : more;
    if (more === 0) {
      this.#unsynced.delete(watcher);
      watcher.state = 'synced';
      this.#synced.add(watcher);
    }
    this.#send(watcher, changes);
  }

  /** One message with the changes the watcher's filters let through, if any. */
  #send(watcher: Watcher<V>, changes: readonly Change<V>[]): void {
    if (watcher.state === 'cancelled') return;
    const events: WatchEvent<V>[] = [];
    for (const change of changes) {
      if (!(change.deleted ? watcher.noDelete : watcher.noPut)) events.push(eventOf(change, watcher.prevKv));
    }
    if (events.length > 0) watcher.sink.receive(watcher.id, message(this.#history.revision, events));
  }
}

function message<V>(revision: number, events: readonly WatchEvent<V>[]): WatchResponse<V> {
  return { revision, events, compactRevision: 0 };
}

function eventOf<V>(change: Change<V>, withPrevious: boolean): WatchEvent<V> {
  const prevKv = withPrevious ? stateBefore(change) : undefined;
  return change.deleted ? { type: 'DELETE', kv: change, prevKv } : { type: 'PUT', kv: change, prevKv };
}
