/**
 * The cluster store: one etcd member (etcd 3.6) as a value. Two ways in, one implementation: typed calls for the hot path
 * (`get`, `put`, `delete`, compare-and-put) and the requests of the etcd v3 API. Values are opaque and never copied.
 * Time is an argument; nothing happens between calls: who owns the clock calls `expire` at `nextExpiry()`, and `catchUp`
 * while `catchingUp`.
 * DEVIATION: limits on the size of requests and of the database are not modelled.
 */
import type { SimTime } from '../engine/time.ts';
import type { EtcdError, Result } from './errors.ts';
import { LEASE_NOT_FOUND, refusal, success } from './errors.ts';
import { keyInterval, prefixRangeEnd } from './interval.ts';
import type { Lease } from './lease.ts';
import { Mvcc } from './mvcc.ts';
import { applyDeleteRange, applyPut, checkDeleteRange, checkPut, checkPutState } from './operations.ts';
import { checkRange, executeRange } from './range.ts';
import { executeTxn } from './txn.ts';
import { checkTxn } from './txn-check.ts';
import type * as api from './types.ts';
import type { KeyRecord } from './version.ts';
import { WatchStream } from './watch-stream.ts';

/** What came of a conditional write: done, or what was found instead of the expected revision. */
export type Swap<V> =
  | { readonly done: true; readonly kv: api.KeyValue<V> }
  | { readonly done: false; readonly found: api.KeyValue<V> | undefined };

/** A key that lives, as its writer knows it. */
export type KeyHandle<V> = KeyRecord<V>;

export class Store<V> {
  readonly #mvcc = new Mvcc<V>();
  readonly #values: api.ValueSemantics<V> | undefined;

  /** `values` is needed only by requests that compare, sort, blank or omit values. */
  constructor(values?: api.ValueSemantics<V>) {
    this.#values = values;
  }

  /** The revision of the last write; 1 for an empty store. */
  get revision(): number {
    return this.#mvcc.history.revision;
  }

  /** The revision of the last compaction, itself still readable; -1 before the first. */
  get compactRevision(): number {
    return this.#mvcc.history.compactRevision;
  }

  // ── Typed calls ──

  /** The live key, or undefined. O(1), but for the first look at a key of a store. */
  get(key: string): api.KeyValue<V> | undefined {
    return this.#mvcc.history.get(key);
  }

  /** Puts a key, not attached to a lease, in a new revision. O(1) plus interested watchers. */
  put(key: string, value: V): api.KeyValue<V> {
    return this.#mvcc.put(key, value, 0);
  }

  /** As `put` of a key that does not live, without looking it up; the handle saves that for later writes, until it is deleted. */
  insert(key: string, value: V): KeyHandle<V> {
    return this.#mvcc.insert(key, value);
  }

  /** As `put` on a handle's key, which must live. */
  putTo(handle: KeyHandle<V>, value: V): api.KeyValue<V> {
    return this.#mvcc.putTo(handle, value);
  }

  deleteFrom(handle: KeyHandle<V>): api.KeyValue<V> | undefined {
    return this.#mvcc.deleteFrom(handle);
  }

  /** As `put`, attached to a lease. */
  putWithLease(key: string, value: V, lease: number): Result<api.KeyValue<V>> {
    if (this.#mvcc.leases.lookup(lease) === undefined) return refusal(LEASE_NOT_FOUND);
    return success(this.#mvcc.put(key, value, lease));
  }

  /** Deletes a key in a new revision and returns what was there; without the key does nothing. */
  delete(key: string): api.KeyValue<V> | undefined {
    return this.#mvcc.delete(key);
  }

  /** Puts if the key's modRevision is the expected one (0: the key does not exist). It keeps no lease. */
  compareAndPut(key: string, expectedModRevision: number, value: V): Swap<V> {
    const found = this.#mvcc.history.get(key);
    if ((found?.modRevision ?? 0) !== expectedModRevision) return { done: false, found };
    return { done: true, kv: this.#mvcc.put(key, value, 0) };
  }

  /** Deletes if the key exists with the expected modRevision; `kv` is what was there. */
  compareAndDelete(key: string, expectedModRevision: number): Swap<V> {
    const found = this.#mvcc.history.get(key);
    if (found === undefined || found.modRevision !== expectedModRevision) return { done: false, found };
    this.#mvcc.delete(key);
    return { done: true, kv: found };
  }

  /** The live keys that start with `prefix`, in key order. O(found) plus sorting the keys new since the last range. */
  list(prefix: string): api.KeyValue<V>[] {
    return this.#mvcc.history.live(keyInterval(prefix || '\0', prefixRangeEnd(prefix)));
  }

  // ── KV requests ──

  putRequest(request: api.PutRequest<V>): Result<api.PutResponse<V>> {
    const error = checkPut(request, this.#values) ?? checkPutState(this.#mvcc, request);
    if (error !== undefined) return refusal(error);
    return success(this.#write(() => applyPut(this.#mvcc, request, this.#values)));
  }

  range(request: api.RangeRequest): Result<api.RangeResponse<V>> {
    const error = checkRange(request);
    return error !== undefined ? refusal(error) : executeRange(this.#mvcc.history, request, this.#values);
  }

  deleteRange(request: api.DeleteRangeRequest): Result<api.DeleteRangeResponse<V>> {
    const error: EtcdError | undefined = checkDeleteRange(request);
    if (error !== undefined) return refusal(error);
    return success(this.#write(() => applyDeleteRange(this.#mvcc, request)));
  }

  txn(request: api.TxnRequest<V>): Result<api.TxnResponse<V>> {
    const error = checkTxn(request, this.#values);
    return error !== undefined ? refusal(error) : executeTxn(this.#mvcc, request, this.#values);
  }

  /** Answers the current revision. */
  compact({ revision = 0 }: api.CompactRequest): Result<number> {
    return this.#mvcc.history.compact(revision);
  }

  // ── Watches ──

  watchStream(sink: api.WatchSink<V>): WatchStream<V> {
    return new WatchStream(this.#mvcc.watches, this.#mvcc.history, sink);
  }

  /** True while watchers have history to catch up: call `catchUp` (a real server does every WATCH_CATCH_UP_PERIOD). */
  get catchingUp(): boolean {
    return this.#mvcc.watches.catchingUp;
  }

  /** Serves each watcher that has to catch up its next batch of history; true if some have more. */
  catchUp(): boolean {
    return this.#mvcc.watches.catchUp();
  }

  // ── Leases ──

  leaseGrant({ id = 0, ttl = 0 }: api.LeaseGrantRequest, now: SimTime): Result<api.LeaseGrantResponse> {
    const granted = this.#mvcc.leases.grant(id, ttl, now);
    if (!granted.ok) return granted;
    const lease = granted.response;
    return success({ id: lease.id, ttl: lease.ttlSeconds, revision: this.revision });
  }

  /** Ends a lease and deletes its keys, in key order and one revision; answers the current revision. */
  leaseRevoke(id: number): Result<number> {
    const lease = this.#mvcc.leases.lookup(id);
    if (lease === undefined) return refusal(LEASE_NOT_FOUND);
    this.#revoke(lease);
    return success(this.revision);
  }

  /** Starts the lease's time anew; answers the seconds granted, 0 for a lease that is unknown or overdue. */
  leaseKeepAlive(
    id: number,
    now: SimTime,
  ): { readonly id: number; readonly ttl: number; readonly revision: number } {
    return { id, ttl: this.#mvcc.leases.renew(id, now), revision: this.revision };
  }

  leaseTimeToLive(id: number, withKeys: boolean, now: SimTime): api.LeaseTimeToLiveResponse {
    const lease = this.#mvcc.leases.lookup(id);
    const ttl = lease === undefined ? -1 : lease.remainingSeconds(now);
    const response = { id, ttl, grantedTtl: lease?.ttlSeconds ?? 0, revision: this.revision };
    return withKeys ? { ...response, keys: lease === undefined ? [] : [...lease.keys].sort() } : response;
  }

  /** Ids of all leases, those that end first first. */
  leaseLeases(): number[] {
    return this.#mvcc.leases.all().map((lease) => lease.id);
  }

  /** When `expire` has something to do next, NEVER if nothing ends. Later leases and renewals move it. */
  nextExpiry(): SimTime {
    return this.#mvcc.leases.nextCheck();
  }

  /** Ends the leases that are overdue, each in a revision of its own if it has keys; returns their ids. */
  expire(now: SimTime): number[] {
    const overdue = this.#mvcc.leases.takeOverdue(now);
    for (const lease of overdue) this.#revoke(lease);
    return overdue.map((lease) => lease.id);
  }

  #revoke(lease: Lease): void {
    this.#mvcc.leases.remove(lease);
    this.#write(() => {
      for (const key of [...lease.keys].sort()) this.#mvcc.deleteInTransaction(key);
    });
  }

  #write<T>(body: () => T): T {
    this.#mvcc.begin();
    const result = body();
    this.#mvcc.end();
    return result;
  }
}
