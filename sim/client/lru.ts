/** A map that forgets what was used longest ago: its entries form a list from the oldest to the latest use. */
interface Entry<V> {
  key: string;
  value: V;
  older: Entry<V> | undefined;
  newer: Entry<V> | undefined;
}

export class LruMap<V> {
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry<V>>();
  #oldest: Entry<V> | undefined;
  #latest: Entry<V> | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Counts as a use. O(1). */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#use(entry);
    return entry.value;
  }

  /** Counts as a use. O(1). */
  set(key: string, value: V): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      this.#use(known);
      return;
    }
    const entry = this.#entryFor(key, value);
    this.#entries.set(key, entry);
    this.#append(entry);
  }

  #use(entry: Entry<V>): void {
    if (entry === this.#latest) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  /** In a full map, that of what is forgotten for it. */
  #entryFor(key: string, value: V): Entry<V> {
    const oldest = this.#oldest;
    if (oldest === undefined || this.#entries.size < this.#capacity)
      return { key, value, older: undefined, newer: undefined };
    this.#unlink(oldest);
    this.#entries.delete(oldest.key);
    oldest.key = key;
    oldest.value = value;
    return oldest;
  }

  #unlink({ older, newer }: Entry<V>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#latest = older;
    else newer.older = older;
  }

  #append(entry: Entry<V>): void {
    entry.older = this.#latest;
    entry.newer = undefined;
    if (this.#latest === undefined) this.#oldest = entry;
    else this.#latest.newer = entry;
    this.#latest = entry;
  }
}
