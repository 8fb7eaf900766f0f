/**
 * The objects an informer holds, by key and by the slot that the API server gave each when it was stored: a change
 * writes one array element and looks nothing up. Indexes hold slots, so that a change that keeps its index values costs nothing.
 */
export type IndexValues = string | readonly string[] | undefined;

interface Index<T> {
  readonly valuesOf: (object: T) => IndexValues;
  readonly places: Map<string, Set<number>>;
}

export class ObjectCache<T> {
  readonly #slots = new Map<string, number>();
  readonly #objects: (T | undefined)[] = [];
  readonly #indexes = new Map<string, Index<T>>();

  get size(): number {
    return this.#slots.size;
  }

  get(key: string): T | undefined {
    const slot = this.#slots.get(key);
    return slot === undefined ? undefined : this.#objects[slot];
  }

  /** Key and object in order of arrival. */
  *entries(): Generator<readonly [string, T]> {
    for (const [key, slot] of this.#slots) yield [key, this.#objects[slot]!];
  }

  *values(): Generator<T> {
    for (const slot of this.#slots.values()) yield this.#objects[slot]!;
  }

  add(key: string, slot: number, object: T): void {
    this.#slots.set(key, slot);
    this.#objects[slot] = object;
    for (const index of this.#indexes.values()) place(index, slot, index.valuesOf(object));
  }

  /** A negative slot means that the server does not know it any more: it is looked up. */
  replace(key: string, slot: number, object: T, previous: T): void {
    const at = slot < 0 ? this.#slots.get(key) : slot;
    if (at === undefined) return;
    this.#objects[at] = object;
    for (const index of this.#indexes.values()) moveIn(index, at, object, previous);
  }

  /** As `replace`: a negative slot is looked up. */
  delete(key: string, slot: number): void {
    const at = slot < 0 ? this.#slots.get(key) : slot;
    if (at === undefined || !this.#slots.delete(key)) return;
    for (const index of this.#indexes.values()) unplace(index, at, index.valuesOf(this.#objects[at]!));
    this.#objects[at] = undefined;
  }

  clear(): void {
    this.#slots.clear();
    this.#objects.length = 0;
    for (const { places } of this.#indexes.values()) places.clear();
  }

  addIndex(name: string, valuesOf: (object: T) => IndexValues): void {
    if (this.#indexes.has(name)) return;
    const index: Index<T> = { valuesOf, places: new Map() };
    this.#indexes.set(name, index);
    for (const slot of this.#slots.values()) place(index, slot, valuesOf(this.#objects[slot]!));
  }

  /** In order of arrival under that value. Throws RangeError for an unknown index. */
  byIndex(name: string, value: string): Iterable<T> {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`informer has no index ${name}`);
    const slots = index.places.get(value);
    return slots === undefined ? [] : this.#at(slots);
  }

  *#at(slots: Iterable<number>): Generator<T> {
    for (const slot of slots) yield this.#objects[slot]!;
  }
}

function moveIn<T>(index: Index<T>, slot: number, object: T, previous: T): void {
  const now = index.valuesOf(object);
  const before = index.valuesOf(previous);
  if (now === before || sameList(now, before)) return;
  unplace(index, slot, before);
  place(index, slot, now);
}

function sameList(a: IndexValues, b: IndexValues): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a.length !== b.length) return false;
  return a.every((value, i) => value === b[i]);
}

function place<T>({ places }: Index<T>, slot: number, values: IndexValues): void {
  if (values === undefined) return;
  if (typeof values === 'string') putAt(places, values, slot);
  else for (const value of values) putAt(places, value, slot);
}

function putAt(places: Map<string, Set<number>>, value: string, slot: number): void {
  const slots = places.get(value);
  if (slots === undefined) places.set(value, new Set([slot]));
  else slots.add(slot);
}

function unplace<T>({ places }: Index<T>, slot: number, values: IndexValues): void {
  if (values === undefined) return;
  if (typeof values === 'string') takeFrom(places, values, slot);
  else for (const value of values) takeFrom(places, value, slot);
}

function takeFrom(places: Map<string, Set<number>>, value: string, slot: number): void {
  const slots = places.get(value);
  if (slots === undefined) return;
  slots.delete(slot);
  if (slots.size === 0) places.delete(value);
}
