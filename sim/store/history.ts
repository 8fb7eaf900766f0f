/**
 * Multi-version storage of one etcd member (etcd 3.6, mvcc): the changes of each life of a key as a chain from the newest to
 * the oldest not compacted, and all changes in one log by revision.
 */
import type { Result } from './errors.ts';
import { COMPACTED, FUTURE_REVISION, refusal, success } from './errors.ts';
import type { KeyInterval } from './interval.ts';
import { KeyIndex } from './key-index.ts';
import { RevisionLog } from './revision-log.ts';
import type { Change } from './version.ts';
import { KeyRecord, Tombstone, Version, versionAt } from './version.ts';

export class History<V> {
  /** An empty store is at revision 1. */
  #revision = 1;
  /** The last compaction; -1 before the first. */
  #compactRevision = -1;
  /** The keys that live, filed when one is asked for by its name: whoever keeps the records of its keys never does. */
  #live: Map<string, KeyRecord<V>> | undefined;
  readonly #index = new KeyIndex<KeyRecord<V>>();
  readonly log = new RevisionLog<Change<V>>();

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** O(1), but for the first call. */
  get(key: string): Version<V> | undefined {
    const newest = this.#filed().get(key)?.newest;
    return newest === undefined || newest.deleted ? undefined : newest;
  }

  /** Writes at `revision`, which is the current one or the next. O(1). */
  put(key: string, value: V, lease: number, revision: number): Version<V> {
    const record = this.#filed().get(key);
    if (record !== undefined) return this.putTo(record, value, lease, revision);
    return this.insert(key, value, lease, revision).newest as Version<V>;
  }

  /** As `put` of a key that does not live: its new life. */
  insert(key: string, value: V, lease: number, revision: number): KeyRecord<V> {
    this.#revision = revision;
    const version = new Version<V>(key, value, lease, revision, undefined);
    this.log.push(version);
    const record = new KeyRecord<V>(key, version);
    this.#index.add(record);
    this.#live?.set(key, record);
    return record;
  }

  /** As `put` on a record that lives. */
  putTo(record: KeyRecord<V>, value: V, lease: number, revision: number): Version<V> {
    this.#revision = revision;
    const version = new Version(record.key, value, lease, revision, record.newest);
    record.newest = version;
    this.log.push(version);
    return version;
  }

  /** Deletes at `revision`, which is the current one or the next; returns what was there, and without it does nothing. */
  delete(key: string, revision: number): Version<V> | undefined {
    const record = this.#filed().get(key);
    return record === undefined ? undefined : this.deleteFrom(record, revision);
  }

  deleteFrom(record: KeyRecord<V>, revision: number): Version<V> | undefined {
    if (record.newest.deleted) return undefined;
    this.#revision = revision;
    const last = record.newest;
    record.newest = new Tombstone(record, revision);
    this.log.push(record.newest);
    this.#live?.delete(record.key);
    return last;
  }

  /** Calls `visit` for each key that lives in the interval at a readable revision, in key order. */
  visit(interval: KeyInterval, revision: number, visit: (version: Version<V>) => void): void {
    const { from, end } = interval;
    if (end === undefined && revision === this.#revision) {
      const version = this.get(from);
      if (version !== undefined) visit(version);
      return;
    }
    this.#index.visit(from, end ?? `${from}\0`, (record) => {
      const version = versionAt(record.newest, revision);
      if (version !== undefined) visit(version);
    });
  }

  /** The keys that live now in the interval, in key order. */
  live(interval: KeyInterval): Version<V>[] {
    const versions: Version<V>[] = [];
    this.visit(interval, this.#revision, (version) => versions.push(version));
    return versions;
  }

  /** Forgets what cannot be seen at `revision` or later; the changes of `revision` itself stay. O(changes dropped). */
  compact(revision: number): Result<number> {
    if (revision <= this.#compactRevision) return refusal(COMPACTED);
    if (revision > this.#revision) return refusal(FUTURE_REVISION);
    this.#compactRevision = revision;
    const boundary = this.log.positionOf(revision);
    const end = this.log.positionOf(revision + 1);
    for (let position = this.log.start; position < end; position++) this.#bury(this.log.at(position));
    this.#trim(boundary, end);
    return success(this.#revision);
  }

  #bury(change: Change<V>): void {
    change.forget();
    if (change.deleted) this.#index.drop(change.life);
  }

  #filed(): Map<string, KeyRecord<V>> {
    if (this.#live !== undefined) return this.#live;
    const live = new Map<string, KeyRecord<V>>();
    this.#index.visit('', '', (record) => {
      if (!record.newest.deleted) live.set(record.key, record);
    });
    this.#live = live;
    return live;
  }

  /** Of the compacted revision's own changes, in the log from `start` to `end`, only the last of each key stays. */
  #trim(start: number, end: number): void {
    const seen = new Set<string>();
    const kept: Change<V>[] = [];
    for (let position = end - 1; position >= start; position--) {
      const change = this.log.at(position);
      if (seen.has(change.key)) continue;
      seen.add(change.key);
      kept.push(change);
    }
    this.log.trim(end, kept.reverse());
  }
}
