/**
 * One member's key-value state: history, leases and watches kept in step by every write. All ways to write,
 * typed or by request, end here.
 */

import { History } from './history.ts';
import { Lessor } from './lease.ts';
import type { Change, KeyRecord, Version } from './version.ts';
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

  /** One put of a key that does not live, without a lease, in a revision of its own; its record, for `putTo` and `deleteFrom`. */
  insert(key: string, value: V): KeyRecord<V> {
    this.#assertIdle();
    const record = this.history.insert(key, value, 0, this.history.revision + 1);
    this.watches.notifyChange(record.newest);
    return record;
  }

  /** As `put` of a key that lives, without a lease. */
  putTo(record: KeyRecord<V>, value: V): Version<V> {
    this.#assertIdle();
    const version = this.history.putTo(record, value, 0, this.history.revision + 1);
    this.#moveLease(version, 0);
    this.watches.notifyChange(version);
    return version;
  }

  deleteFrom(record: KeyRecord<V>): Version<V> | undefined {
    this.#assertIdle();
    return this.#deleted(this.history.deleteFrom(record, this.history.revision + 1));
  }

  /** One deletion in a revision of its own; returns what was there, or does nothing. */
  delete(key: string): Version<V> | undefined {
    this.#assertIdle();
    return this.#deleted(this.history.delete(key, this.history.revision + 1));
  }

  #deleted(last: Version<V> | undefined): Version<V> | undefined {
    if (last === undefined) return undefined;
    if (last.lease !== 0) this.leases.move(last.key, last.lease, 0);
    this.watches.notifyChange(this.#lastChange());
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
    this.#moveLease(version, lease);
    return version;
  }

  #moveLease({ key, previous }: Version<V>, lease: number): void {
    const oldLease = previous === undefined || previous.deleted ? 0 : previous.lease;
    if (lease !== oldLease) this.leases.move(key, oldLease, lease);
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
