/**
 * The informer of client-go (tools/cache, Kubernetes v1.36): a local copy of what a watch covers, with indexes, that
 * tells handlers what changed. One per (resource, selectors) and process: see informer-factory.ts.
 */
import { type KubernetesObject, keyOf } from '../api/index.ts';
import type { WatchEvent } from '../apiserver/index.ts';
import type { IndexValues } from './cache-index.ts';
import { ObjectCache } from './object-cache.ts';

type ObjectHandler<T> = (object: T, key: string, slot: number) => void;
type UpdateHandler<T> = (object: T, previous: T, key: string, slot: number) => void;

/**
 * Functions, called in Phase.delivery, in resourceVersion order. Objects are shared and immutable. `slot` is where `at` finds the
 * object as long as it exists; negative if it is gone already, as after a time without a watch.
 */
export interface InformerHandler<T> {
  readonly onAdd?: ObjectHandler<T>;
  readonly onUpdate?: UpdateHandler<T>;
  /** `object` is the last state known. */
  readonly onDelete?: ObjectHandler<T>;
}

export interface Informer<T> {
  /** True once the initial list has come. */
  readonly hasSynced: boolean;
  /** The last revision seen. */
  readonly resourceVersion: number;
  readonly size: number;
  get(key: string): T | undefined;
  /** The object whose slot that is at present: another one than before, maybe. */
  at(slot: number): T | undefined;
  /** In order of arrival. */
  values(): IterableIterator<T>;
  list(): readonly T[];
  /** Adds an index before or after sync; `valuesOf` must depend on the object only. Adding one of a known name does nothing. */
  addIndex(name: string, valuesOf: (object: T) => IndexValues): void;
  /** The objects with that index value, in order of arrival under it. O(objects found). */
  byIndex(name: string, value: string): readonly T[];
  /** Handlers are called in the order added; one added after the sync is told of everything there at once. */
  addHandler(handler: InformerHandler<T>): void;
}

/** The sink of its watch. */
export class CachingInformer<T extends KubernetesObject> implements Informer<T> {
  /** The server ended the watch: a new one has to begin. */
  onExpired: () => void = () => undefined;
  readonly #cache = new ObjectCache<T>();
  readonly #onAdd: ObjectHandler<T>[] = [];
  readonly #onUpdate: UpdateHandler<T>[] = [];
  readonly #onDelete: ObjectHandler<T>[] = [];
  #synced = false;
  #resourceVersion = 0;

  get hasSynced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#cache.size;
  }

  /** Where a watch can go on. */
  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get(key: string): T | undefined {
    return this.#cache.get(key);
  }

  at(slot: number): T | undefined {
    return this.#cache.at(slot);
  }

  values(): IterableIterator<T> {
    return this.#cache.values();
  }

  list(): readonly T[] {
    return [...this.#cache.values()];
  }

  addIndex(name: string, valuesOf: (object: T) => IndexValues): void {
    this.#cache.addIndex(name, valuesOf);
  }

  byIndex(name: string, value: string): readonly T[] {
    return this.#cache.byIndex(name, value);
  }

  addHandler(handler: InformerHandler<T>): void {
    const { onAdd, onUpdate, onDelete } = handler;
    if (onUpdate !== undefined) this.#onUpdate.push(onUpdate);
    if (onDelete !== undefined) this.#onDelete.push(onDelete);
    if (onAdd === undefined) return;
    this.#onAdd.push(onAdd);
    for (const [key, object] of this.#cache.entries()) onAdd(object, key, this.#cache.slotOf(key)!);
  }

  /** The (new) list: what is not in it any more is deleted, the rest is added or updated. */
  onList(items: readonly T[], resourceVersion: number, slots: readonly number[]): void {
    const gone = new Map(this.#cache.entries());
    this.#cache.clear();
    const keys = items.map(keyOf);
    for (const [i, object] of items.entries()) this.#cache.add(keys[i]!, slots[i]!, object);
    this.#synced = true;
    this.#resourceVersion = resourceVersion;
    for (const [i, object] of items.entries()) {
      const key = keys[i]!;
      const known = gone.get(key);
      gone.delete(key);
      if (known === undefined) this.#added(object, key, slots[i]!);
      else if (known.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.#updated(object, known, key, slots[i]!);
    }
    for (const [key, object] of gone) this.#deleted(object, key, -1);
  }

  /** `previous` is what this informer holds: a watch has no gaps. */
  onEvent({ type, object, previous, key, slot, n }: WatchEvent<T>): void {
    this.#resourceVersion = n;
    if (previous === undefined) {
      if (slot >= 0) this.#cache.add(key, slot, object);
      this.#added(object, key, slot);
      return;
    }
    // The server has no slot any more for what is gone by now: what this informer holds has kept its own.
    const at = slot < 0 ? (this.#cache.slotOf(key) ?? -1) : slot;
    if (type === 'DELETED') {
      this.#cache.delete(key, at);
      this.#deleted(object, key, at);
    } else {
      if (at >= 0) this.#cache.replace(at, object, previous);
      this.#updated(object, previous, key, at);
    }
  }

  #added(object: T, key: string, slot: number): void {
    for (const onAdd of this.#onAdd) onAdd(object, key, slot);
  }

  #updated(object: T, previous: T, key: string, slot: number): void {
    for (const onUpdate of this.#onUpdate) onUpdate(object, previous, key, slot);
  }

  #deleted(object: T, key: string, slot: number): void {
    for (const onDelete of this.#onDelete) onDelete(object, key, slot);
  }
}
