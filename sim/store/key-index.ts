/**
 * The keys in order, for ranges. Adding a key costs a push: new keys wait unsorted until somebody reads a range,
 * and are then sorted into chunks (no insertion ever moves more than one chunk). Dropping a key marks it; the marked are
 * swept out when they outnumber the others.
 */

const CHUNK_SIZE = 512;
/** Below this many dropped keys a sweep is not worth its cost. */
const MIN_SWEEP = 4096;

export interface IndexedKey {
  readonly key: string;
  dropped: boolean;
}

const byKey = (a: IndexedKey, b: IndexedKey): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
const isKept = (record: IndexedKey): boolean => !record.dropped;

export class KeyIndex<R extends IndexedKey> {
  /** Sorted, none empty. */
  #chunks: R[][] = [];
  #pending: R[] = [];
  #size = 0;
  #dropped = 0;

  /** A key may be there several times, for each of its lives. */
  add(record: R): void {
    this.#pending.push(record);
    this.#size++;
  }

  drop(record: R): void {
    if (record.dropped) return;
    record.dropped = true;
    this.#dropped++;
    if (this.#dropped >= MIN_SWEEP && this.#dropped * 2 > this.#size) this.#sweep();
  }

  /** Calls `visit` for each key from <= key < end in order; `end` '' is no bound. The visitor must not change the index. */
  visit(from: string, end: string, visit: (record: R) => void): void {
    this.#sortPending();
    for (let c = this.#chunkOf(from); c < this.#chunks.length; c++) {
      const chunk = this.#chunks[c]!;
      for (let i = chunk[0]!.key < from ? lowerBound(chunk, from) : 0; i < chunk.length; i++) {
        const record = chunk[i]!;
        if (end !== '' && record.key >= end) return;
        if (!record.dropped) visit(record);
      }
    }
  }

  /** The last chunk that starts before `key`, or the first. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]![0]!.key < key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }

  #sortPending(): void {
    if (this.#pending.length === 0) return;
    const added = this.#pending.filter(isKept).sort(byKey);
    this.#size -= this.#pending.length - added.length;
    this.#dropped -= this.#pending.length - added.length;
    this.#pending = [];
    if (added.length * 8 > this.#size) this.#rebuild(merge(this.#chunks.flat(), added));
    else for (const record of added) this.#insert(record);
  }

  #insert(record: R): void {
    const c = this.#chunkOf(record.key);
    const chunk = this.#chunks[c]!;
    chunk.splice(lowerBound(chunk, record.key), 0, record);
    if (chunk.length >= 2 * CHUNK_SIZE) this.#chunks.splice(c + 1, 0, chunk.splice(CHUNK_SIZE));
  }

  #rebuild(sorted: readonly R[]): void {
    this.#chunks = [];
    for (let i = 0; i < sorted.length; i += CHUNK_SIZE) this.#chunks.push(sorted.slice(i, i + CHUNK_SIZE));
  }

  #sweep(): void {
    this.#pending = this.#pending.filter(isKept);
    this.#chunks = this.#chunks.map((chunk) => chunk.filter(isKept)).filter((chunk) => chunk.length > 0);
    this.#size -= this.#dropped;
    this.#dropped = 0;
  }
}

/** First place of a sorted array whose key is not below `key`. */
function lowerBound(sorted: readonly IndexedKey[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge<R extends IndexedKey>(a: readonly R[], b: readonly R[]): R[] {
  const merged: R[] = [];
  let i = 0;
  for (const record of b) {
    while (i < a.length && a[i]!.key < record.key) merged.push(a[i++]!);
    merged.push(record);
  }
  while (i < a.length) merged.push(a[i++]!);
  return merged;
}
