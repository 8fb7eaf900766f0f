/**
 * HOT PATH: one member's key-value state: history, leases and watches kept in step by every write. All ways to write,
 * typed or by request, end here.
 */

import { History } from './history.ts';
import { Lessor } from './lease.ts';
import type { Change, Version } from './version.ts';
import { WatchHub } from './watch.ts';

export class Mvcc<V> {
  readonly history = new History<V>();
  readonly leases = new Lessor();
  readonly watches = new WatchHub<V>(this.history);
  /** The revision the transaction under way writes at, and where its changes start in the log; 0 outside one. */
  #writeRevision = 0;
  #start = 0;

  /** One put in a revision of its own. The lease has to exist; 0 is none. */
  put(key: string, value: V, lease: number): Version<V> {
    this.#assertIdle();
    const version = this.#put(key, value, lease, this.history.revision + 1);
    this.watches.notifyChange(version);
    return version;
  }

  /** One deletion in a revision of its own; returns what was there, or does nothing. */
  delete(key: string): Version<V> | undefined {
    this.#assertIdle();
    const last = this.#delete(key, this.history.revision + 1);
    if (last !== undefined) this.watches.notifyChange(this.#lastChange());
    return last;
  }

  /** Opens a transaction: all its writes share one revision, made by the first; watchers hear of them when it ends. */
  begin(): void {
    this.#assertIdle();
    this.#writeRevision = this.history.revision + 1;
    this.#start = this.history.log.end;
  }

  putInTransaction(key: string, value: V, lease: number): Version<V> {
    return this.#put(key, value, lease, this.#writeRevision);
  }

  deleteInTransaction(key: string): Version<V> | undefined {
    return this.#delete(key, this.#writeRevision);
  }

  end(): void {
    this.#writeRevision = 0;
    const changes = this.history.log.end - this.#start;
    if (changes === 1) this.watches.notifyChange(this.#lastChange());
    else if (changes > 1) this.watches.notifyRevision(this.#start);
  }

  #put(key: string, value: V, lease: number, revision: number): Version<V> {
    const version = this.history.put(key, value, lease, revision);
    const { previous } = version;
    const oldLease = previous === undefined || previous.deleted ? 0 : previous.lease;
    if (lease !== oldLease) this.leases.move(key, oldLease, lease);
    return version;
  }

  #delete(key: string, revision: number): Version<V> | undefined {
    const last = this.history.delete(key, revision);
    if (last !== undefined && last.lease !== 0) this.leases.move(key, last.lease, 0);
    return last;
  }

  #lastChange(): Change<V> {
    const { log } = this.history;
    return log.at(log.end - 1);
  }

  /** A write inside a transaction or a notification would tear a revision apart. */
  #assertIdle(): void {
    if (this.#writeRevision !== 0 || this.watches.notifying) throw new Error('store: a write within a write');
  }
}
