/** One change of one key, a put or a deletion, linked to the change before it. */
import type { DeletedKey, KeyValue } from './types.ts';

/** A put. The chain is behind accessors so that consumers see, compare and print the six fields of a key-value only. */
export class Version<V> implements KeyValue<V> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: number;
  #previous: Change<V> | undefined;

  constructor(key: string, value: V, lease: number, modRevision: number, previous: Change<V> | undefined) {
    this.key = key;
    this.value = value;
    const renewed = previous !== undefined && !previous.deleted;
    this.createRevision = renewed ? previous.createRevision : modRevision;
    this.modRevision = modRevision;
    this.version = renewed ? previous.version + 1 : 1;
    this.lease = lease;
    this.#previous = previous;
  }

  get deleted(): false {
    return false;
  }

  /** The change before this one, unless compacted. */
  get previous(): Change<V> | undefined {
    return this.#previous;
  }

  forget(): void {
    this.#previous = undefined;
  }
}

/** A deletion: the end of a life. */
export class Tombstone<V> implements DeletedKey {
  readonly key: string;
  readonly modRevision: number;
  readonly #life: KeyRecord<V>;
  #previous: Change<V> | undefined;

  constructor(life: KeyRecord<V>, modRevision: number) {
    this.key = life.key;
    this.modRevision = modRevision;
    this.#life = life;
    this.#previous = life.newest;
  }

  get life(): KeyRecord<V> {
    return this.#life;
  }

  get deleted(): true {
    return true;
  }

  get previous(): Change<V> | undefined {
    return this.#previous;
  }

  forget(): void {
    this.#previous = undefined;
  }
}

export type Change<V> = Version<V> | Tombstone<V>;

/** One life of a key, from the put that created it to its deletion: what etcd's key index calls a generation. */
export class KeyRecord<V> {
  readonly key: string;
  newest: Change<V>;
  /** It has ended, and nobody can read of it any more. */
  dropped = false;

  constructor(key: string, newest: Change<V>) {
    this.key = key;
    this.newest = newest;
  }
}

/** The key as it was at `revision`, seen from a later or the same change. O(changes between). */
export function versionAt<V>(newest: Change<V>, revision: number): Version<V> | undefined {
  let change: Change<V> | undefined = newest;
  while (change !== undefined && change.modRevision > revision) change = change.previous;
  return change === undefined || change.deleted ? undefined : change;
}

/**
 * The state of the change's key one revision before it: what watchers get as previous. None for a put that created the
 * key, even if the same transaction had deleted it, and none if that revision is compacted.
 */
export function stateBefore<V>(change: Change<V>): Version<V> | undefined {
  if (!change.deleted && change.createRevision === change.modRevision) return undefined;
  const { previous } = change;
  return previous === undefined ? undefined : versionAt(previous, change.modRevision - 1);
}
