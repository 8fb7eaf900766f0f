/**
 * HOT PATH: the objects an informer holds, by the slot that the API server gave each when it was stored: a change writes an array
 * element and looks nothing up. Slots by key are filed when somebody asks for a key: for the pods of most processes nobody does.
 */
import { type KubernetesObject, keyOf } from '../api/index.ts';
import { fillTo } from '../engine/index.ts';
import { CacheIndex, type IndexValues, slotsInOrder } from './cache-index.ts';

export class ObjectCache<T extends KubernetesObject> {
  readonly #objects: (T | undefined)[] = [];
  /** By slot: grows with every object that comes. */
  readonly #order: number[] = [];
  #arrived = 0;
  #size = 0;
  /** In order of arrival. */
  #slots: Map<string, number> | undefined;
  readonly #indexes: CacheIndex<T>[] = [];

  get size(): number {
    return this.#size;
  }

  get(key: string): T | undefined {
    const slot = this.slotOf(key);
    return slot === undefined ? undefined : this.#objects[slot];
  }

  /** O(1), but for the first call. */
  slotOf(key: string): number | undefined {
    return this.#keyed().get(key);
  }

  at(slot: number): T | undefined {
    return this.#objects[slot];
  }

  /** Key and object in order of arrival. */
  *entries(): Generator<readonly [string, T]> {
    for (const [key, slot] of this.#keyed()) yield [key, this.#objects[slot]!];
  }

  *values(): Generator<T> {
    for (const slot of this.#keyed().values()) yield this.#objects[slot]!;
  }

  #keyed(): ReadonlyMap<string, number> {
    if (this.#slots === undefined) {
      const slots = slotsInOrder(this.#objects, this.#order);
      this.#slots = new Map(slots.map((slot) => [keyOf(this.#objects[slot]!), slot]));
    }
    return this.#slots;
  }

  add(key: string, slot: number, object: T): void {
    fillTo(this.#objects, slot, undefined);
    this.#objects[slot] = object;
    fillTo(this.#order, slot, 0);
    this.#order[slot] = this.#arrived++;
    this.#size++;
    this.#slots?.set(key, slot);
    for (const index of this.#indexes) index.add(slot, object);
  }

  replace(slot: number, object: T, previous: T): void {
    this.#objects[slot] = object;
    for (const index of this.#indexes) index.replace(slot, object, previous);
  }

  delete(key: string, slot: number): void {
    const object = this.#objects[slot];
    if (object === undefined) return;
    for (const index of this.#indexes) index.delete(slot, object);
    this.#objects[slot] = undefined;
    this.#size--;
    this.#slots?.delete(key);
  }

  clear(): void {
    this.#slots = undefined;
    this.#objects.length = 0;
    this.#size = 0;
    for (const index of this.#indexes) index.clear();
  }

  /** An index of a known name stays as it is. */
  addIndex(name: string, valuesOf: (object: T) => IndexValues): void {
    if (this.#indexNamed(name) !== undefined) return;
    const index = new CacheIndex(name, valuesOf);
    this.#indexes.push(index);
    for (const slot of slotsInOrder(this.#objects, this.#order)) index.add(slot, this.#objects[slot]!);
  }

  /** In order of arrival under that value. Throws RangeError for an unknown index. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexNamed(name);
    if (index === undefined) throw new RangeError(`informer has no index ${name}`);
    const found: T[] = [];
    for (const slot of index.slotsOf(value, this.#objects)) found.push(this.#objects[slot]!);
    return found;
  }

  #indexNamed(name: string): CacheIndex<T> | undefined {
    for (const index of this.#indexes) if (index.name === name) return index;
    return undefined;
  }
}
