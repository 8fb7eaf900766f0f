/**
 * HOT PATH: an index of an object cache: which slots have a value, in the order in which they got it. Most values are never asked for, so
 * until somebody asks only the order is noted.
 */
import { fillTo } from '../engine/index.ts';

export type IndexValues = string | readonly string[] | undefined;

export class CacheIndex<T> {
  readonly name: string;
  readonly #valuesOf: (object: T) => IndexValues;
  /** By slot: grows with every object that comes or changes its values. */
  readonly #order: number[] = [];
  #noted = 0;
  #index: Map<string, Set<number>> | undefined;

  constructor(name: string, valuesOf: (object: T) => IndexValues) {
    this.name = name;
    this.#valuesOf = valuesOf;
  }

  add(slot: number, object: T): void {
    this.#note(slot);
    if (this.#index !== undefined) addToIndex(this.#index, slot, this.#valuesOf(object));
  }

  /** Values that stay the same cost nothing. */
  replace(slot: number, object: T, previous: T): void {
    const now = this.#valuesOf(object);
    const before = this.#valuesOf(previous);
    if (now === before || sameList(now, before)) return;
    this.#note(slot);
    if (this.#index === undefined) return;
    deleteFromIndex(this.#index, slot, before);
    addToIndex(this.#index, slot, now);
  }

  delete(slot: number, object: T): void {
    if (this.#index !== undefined) deleteFromIndex(this.#index, slot, this.#valuesOf(object));
  }

  clear(): void {
    this.#index = undefined;
  }

  #note(slot: number): void {
    fillTo(this.#order, slot, 0);
    this.#order[slot] = this.#noted++;
  }

  /** `objects` is what the cache holds, by slot. The first call is O(objects log objects). */
  slotsOf(value: string, objects: readonly (T | undefined)[]): ReadonlySet<number> {
    this.#index ??= this.#filed(objects);
    return this.#index.get(value) ?? NONE;
  }

  #filed(objects: readonly (T | undefined)[]): Map<string, Set<number>> {
    const index = new Map<string, Set<number>>();
    for (const slot of slotsInOrder(objects, this.#order))
      addToIndex(index, slot, this.#valuesOf(objects[slot]!));
    return index;
  }
}

const NONE: ReadonlySet<number> = new Set();

/** The slots of what is there, ascending by `order`. */
export function slotsInOrder(objects: readonly unknown[], order: readonly number[]): readonly number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < objects.length; slot++) if (objects[slot] !== undefined) slots.push(slot);
  return slots.sort((a, b) => order[a]! - order[b]!);
}

function sameList(a: IndexValues, b: IndexValues): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a.length !== b.length) return false;
  return a.every((value, i) => value === b[i]);
}

function addToIndex(index: Map<string, Set<number>>, slot: number, values: IndexValues): void {
  if (values === undefined) return;
  for (const value of typeof values === 'string' ? [values] : values) {
    const slots = index.get(value);
    if (slots === undefined) index.set(value, new Set([slot]));
    else slots.add(slot);
  }
}

function deleteFromIndex(index: Map<string, Set<number>>, slot: number, values: IndexValues): void {
  if (values === undefined) return;
  for (const value of typeof values === 'string' ? [values] : values) {
    const slots = index.get(value);
    if (slots?.delete(slot) === true && slots.size === 0) index.delete(value);
  }
}
