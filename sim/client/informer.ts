/**
 * The informer of client-go (tools/cache, Kubernetes v1.36): a local copy of what a watch covers, with indexes, that
 * tells handlers what changed. One per (resource, selectors) and process: see informer-factory.ts.
 */
import { type KubernetesObject, keyOf } from '../api/index.ts';
import type { WatchEventType } from '../apiserver/index.ts';
import { type IndexValues, ObjectCache } from './object-cache.ts';

/** Objects are shared and immutable. Called in Phase.delivery, in resourceVersion order. */
export interface InformerHandler<T> {
  onAdd?(object: T, key: string): void;
  onUpdate?(object: T, previous: T, key: string): void;
  /** `object` is the last state known. */
  onDelete?(object: T, key: string): void;
}

export interface Informer<T> {
  /** True once the initial list has come. */
  readonly hasSynced: boolean;
  /** The last revision seen. */
  readonly resourceVersion: number;
  readonly size: number;
  get(key: string): T | undefined;
  /** In order of arrival. */
  values(): IterableIterator<T>;
  list(): readonly T[];
  /** Adds an index before or after sync; `valuesOf` must depend on the object only. Adding one of a known name does nothing. */
  addIndex(name: string, valuesOf: (object: T) => IndexValues): void;
  /** The objects with that index value, in order of arrival under it. */
  byIndex(name: string, value: string): Iterable<T>;
  /** Handlers are called in the order added; one added after the sync is told of everything there at once. */
  addHandler(handler: InformerHandler<T>): void;
}

export class CachingInformer<T extends KubernetesObject> implements Informer<T> {
  readonly #cache = new ObjectCache<T>();
  readonly #handlers: InformerHandler<T>[] = [];
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

  values(): IterableIterator<T> {
    return this.#cache.values();
  }

  list(): readonly T[] {
    return [...this.#cache.values()];
  }

  addIndex(name: string, valuesOf: (object: T) => IndexValues): void {
    this.#cache.addIndex(name, valuesOf);
  }

  byIndex(name: string, value: string): Iterable<T> {
    return this.#cache.byIndex(name, value);
  }

  addHandler(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const [key, object] of this.#cache.entries()) handler.onAdd?.(object, key);
  }

  /** The (new) list: what is not in it any more is deleted, the rest is added or updated. */
  onList(items: readonly T[], resourceVersion: number, slots: readonly number[]): void {
    const gone = new Map(this.#cache.entries());
    this.#cache.clear();
    for (const [i, object] of items.entries()) this.#cache.add(keyOf(object), slots[i]!, object);
    this.#synced = true;
    this.#resourceVersion = resourceVersion;
    for (const object of items) {
      const key = keyOf(object);
      const known = gone.get(key);
      gone.delete(key);
      if (known === undefined) this.#added(object, key);
      else if (known.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.#updated(object, known, key);
    }
    for (const [key, object] of gone) this.#deleted(object, key);
  }

  /** `previous` is what this informer holds: a watch has no gaps. `slot` is negative if the object is gone by now. */
  onEvent(type: WatchEventType, object: T, previous: T | undefined, key: string, slot: number): void {
    this.#resourceVersion = Number(object.metadata.resourceVersion);
    if (type === 'DELETED') {
      this.#cache.delete(key);
      this.#deleted(object, key);
    } else if (previous === undefined) {
      if (slot >= 0) this.#cache.add(key, slot, object);
      this.#added(object, key);
    } else {
      this.#cache.replace(key, slot, object, previous);
      this.#updated(object, previous, key);
    }
  }

  #added(object: T, key: string): void {
    for (const handler of this.#handlers) handler.onAdd?.(object, key);
  }

  #updated(object: T, previous: T, key: string): void {
    for (const handler of this.#handlers) handler.onUpdate?.(object, previous, key);
  }

  #deleted(object: T, key: string): void {
    for (const handler of this.#handlers) handler.onDelete?.(object, key);
  }
}
