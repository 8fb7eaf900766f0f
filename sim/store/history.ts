/**
 * Multi-version storage of one etcd member (etcd 3.6, mvcc): each key's changes as a chain from the newest to
 * the oldest not compacted, and all changes in one log by revision.
 */
import type { Result } from './errors.ts';
import { COMPACTED, FUTURE_REVISION, refusal, success } from './errors.ts';
import type { KeyInterval } from './interval.ts';
import { KeyIndex } from './key-index.ts';
import { RevisionLog } from './revision-log.ts';
import type { Change } from './version.ts';
import { Tombstone, Version, versionAt } from './version.ts';

/** A key that lives, or whose end is not compacted yet. Whoever writes it often keeps the record instead of the key. */
export class KeyRecord<V> {
  readonly key: string;
  newest: Change<V>;
  dropped = false;

  constructor(key: string, newest: Change<V>) {
    this.key = key;
    this.newest = newest;
  }
}

export class History<V> {
  /** An empty store is at revision 1. */
  #revision = 1;
  /** The last compaction; -1 before the first. */
  #compactRevision = -1;
  readonly #records = new Map<string, KeyRecord<V>>();
  readonly #index = new KeyIndex<KeyRecord<V>>();
  readonly log = new RevisionLog<Change<V>>();

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** O(1). */
  get(key: string): Version<V> | undefined {
    const newest = this.#records.get(key)?.newest;
    return newest === undefined || newest.deleted ? undefined : newest;
  }

  /** The key as it was at a readable revision. O(versions since). */
  getAt(key: string, revision: number): Version<V> | undefined {
    const record = this.#records.get(key);
    return record === undefined ? undefined : versionAt(record.newest, revision);
  }

  /** Writes at `revision`, which is the current one or the next. O(1). */
  put(key: string, value: V, lease: number, revision: number): Version<V> {
    return this.insert(key, value, lease, revision).newest as Version<V>;
  }

  /** As `put`; the key's record. */
  insert(key: string, value: V, lease: number, revision: number): KeyRecord<V> {
    const record = this.#records.get(key);
    if (record !== undefined) {
      this.putTo(record, value, lease, revision);
      return record;
    }
    this.#revision = revision;
    const version = new Version<V>(key, value, lease, revision, undefined);
    this.log.push(version);
    return this.#create(key, version);
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
    const record = this.#records.get(key);
    return record === undefined ? undefined : this.deleteFrom(record, revision);
  }

  deleteFrom(record: KeyRecord<V>, revision: number): Version<V> | undefined {
    if (record.newest.deleted) return undefined;
    this.#revision = revision;
    const last = record.newest;
    record.newest = new Tombstone(record.key, revision, last);
    this.log.push(record.newest);
    return last;
  }

  /** Calls `visit` for each key that lives in the interval at a readable revision, in key order. */
  visit(interval: KeyInterval, revision: number, visit: (version: Version<V>) => void): void {
    const { from, end } = interval;
    if (end === undefined) {
      const version = this.getAt(from, revision);
      if (version !== undefined) visit(version);
      return;
    }
    this.#index.visit(from, end, (record) => {
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
    for (let position = this.log.start; position < boundary; position++) this.#bury(this.log.at(position));
    this.#trim(boundary, this.log.positionOf(revision + 1));
    return success(this.#revision);
  }

  #create(key: string, version: Version<V>): KeyRecord<V> {
    const record = new KeyRecord<V>(key, version);
    this.#records.set(key, record);
    this.#index.add(record);
    return record;
  }

  #bury(change: Change<V>): void {
    change.forget();
    if (!change.deleted) return;
    const record = this.#records.get(change.key);
    if (record?.newest !== change) return;
    this.#records.delete(change.key);
    this.#index.drop(record);
  }

  /** Of the compacted revision's own changes, in the log from `start` to `end`, only the last of each key stays. */
  #trim(start: number, end: number): void {
    const seen = new Set<string>();
    const kept: Change<V>[] = [];
    for (let position = end - 1; position >= start; position--) {
      const change = this.log.at(position);
      change.forget();
      if (seen.has(change.key)) continue;
      seen.add(change.key);
      kept.push(change);
    }
    this.log.trim(end, kept.reverse());
  }
}
