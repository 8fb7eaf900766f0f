/**
 * HOT PATH: the informer of client-go (tools/cache, Kubernetes v1.36): a local copy of what a watch covers, with indexes, that
 * tells handlers what changed. One per (resource, selectors) and process: see informer-factory.ts.
 */
import { type KubernetesObject, keyOf } from '../api/index.ts';
import type { WatchEventType } from '../apiserver/index.ts';

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
  readonly size: number;
  get(key: string): T | undefined;
  /** In order of arrival. */
  values(): IterableIterator<T>;
  list(): readonly T[];
  /** Adds an index before or after sync; `valuesOf` must depend on the object only. Adding one of a known name does nothing. */
  addIndex(name: string, valuesOf: (object: T) => string | readonly string[] | undefined): void;
  /** The objects with that index value, in order of arrival under it. */
  byIndex(name: string, value: string): Iterable<T>;
  /** Handlers are called in the order added; one added after the sync is told of everything there at once. */
  addHandler(handler: InformerHandler<T>): void;
}

type Values = string | readonly string[] | undefined;

class Index<T> {
  readonly valuesOf: (object: T) => Values;
  readonly #places = new Map<string, Map<string, T>>();

  constructor(valuesOf: (object: T) => Values) {
    this.valuesOf = valuesOf;
  }

  at(value: string): Iterable<T> {
    return this.#places.get(value)?.values() ?? [];
  }

  put(key: string, object: T, previous: T | undefined): void {
    const values = this.valuesOf(object);
    if (previous !== undefined) this.#dropStale(key, this.valuesOf(previous), values);
    if (values === undefined) return;
    if (typeof values === 'string') this.#set(values, key, object);
    else for (const value of values) this.#set(value, key, object);
  }

  drop(key: string, object: T): void {
    this.#dropStale(key, this.valuesOf(object), undefined);
  }

  clear(): void {
    this.#places.clear();
  }

  #set(value: string, key: string, object: T): void {
    const place = this.#places.get(value);
    if (place === undefined) this.#places.set(value, new Map([[key, object]]));
    else place.set(key, object);
  }

  #dropStale(key: string, before: Values, now: Values): void {
    if (before === undefined || before === now) return;
    if (typeof before === 'string') this.#unset(before, key);
    else
      for (const value of before)
        if (typeof now !== 'object' || !now.includes(value)) this.#unset(value, key);
  }

  #unset(value: string, key: string): void {
    const place = this.#places.get(value);
    if (place === undefined) return;
    place.delete(key);
    if (place.size === 0) this.#places.delete(value);
  }
}

export class CachingInformer<T extends KubernetesObject> implements Informer<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers: InformerHandler<T>[] = [];
  #synced = false;

  get hasSynced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  addIndex(name: string, valuesOf: (object: T) => Values): void {
    if (this.#indexes.has(name)) return;
    const index = new Index(valuesOf);
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) index.put(key, object, undefined);
  }

  byIndex(name: string, value: string): Iterable<T> {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`informer has no index ${name}`);
    return index.at(value);
  }

  addHandler(handler: InformerHandler<T>): void {
    this.#handlers.push(handler);
    for (const [key, object] of this.#objects) handler.onAdd?.(object, key);
  }

  /** The (new) list: what is not in it any more is deleted, the rest is added or updated. */
  onList(items: readonly T[]): void {
    const gone = new Map(this.#objects);
    this.#synced = true;
    for (const object of items) {
      const key = keyOf(object);
      const known = gone.get(key);
      gone.delete(key);
      if (known === undefined) this.onEvent('ADDED', object, undefined, key);
      else if (known.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.onEvent('MODIFIED', object, known, key);
    }
    for (const [key, object] of gone) this.onEvent('DELETED', object, object, key);
  }

  /** `previous` is what this informer holds: a watch has no gaps. */
  onEvent(type: WatchEventType, object: T, previous: T | undefined, key: string): void {
    if (type === 'DELETED') this.#delete(object, previous ?? object, key);
    else this.#put(object, previous, key);
  }

  #put(object: T, known: T | undefined, key: string): void {
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.put(key, object, known);
    for (const handler of this.#handlers) {
      if (known === undefined) handler.onAdd?.(object, key);
      else handler.onUpdate?.(object, known, key);
    }
  }

  #delete(object: T, known: T, key: string): void {
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.drop(key, known);
    for (const handler of this.#handlers) handler.onDelete?.(object, key);
  }
}
