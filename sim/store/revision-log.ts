/**
 * The changes of the store in the order they were made, numbered by position; a window that grows at the end
 * and is trimmed at the front by compaction. Chunked, so that trimming costs what is dropped and not what stays.
 */

const CHUNK_BITS = 12;
const CHUNK_SIZE = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;

export class RevisionLog<E extends { readonly modRevision: number }> {
  #chunks: E[][] = [[]];
  /** Position of the first place of the first chunk. */
  #base = 0;
  #start = 0;
  #end = 0;

  /** Position of the first entry. */
  get start(): number {
    return this.#start;
  }

  /** Position after the last entry. */
  get end(): number {
    return this.#end;
  }

  push(entry: E): void {
    const offset = this.#end++ - this.#base;
    const chunk = this.#chunks[offset >> CHUNK_BITS];
    if (chunk !== undefined) chunk.push(entry);
    else this.#chunks.push([entry]);
  }

  /** The entry at a position in [start, end). */
  at(position: number): E {
    const offset = position - this.#base;
    return this.#chunks[offset >> CHUNK_BITS]![offset & CHUNK_MASK]!;
  }

  /** Position of the first entry of `revision` or later; `end` if there is none. O(log entries). */
  positionOf(revision: number): number {
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle).modRevision < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Drops the entries before `position` but keeps `kept`, which have to be among the last of them, in their order. Up
   * to one chunk of dropped entries stays reachable.
   */
  trim(position: number, kept: readonly E[]): void {
    this.#start = position - kept.length;
    kept.forEach((entry, i) => {
      const offset = this.#start + i - this.#base;
      this.#chunks[offset >> CHUNK_BITS]![offset & CHUNK_MASK] = entry;
    });
    const dropped = (this.#start - this.#base) >> CHUNK_BITS;
    this.#chunks.splice(0, dropped);
    if (this.#chunks.length === 0) this.#chunks.push([]);
    this.#base += dropped << CHUNK_BITS;
  }
}
