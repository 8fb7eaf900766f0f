/** HOT PATH: one rung of the calendar's ladder: a range of time cut into buckets, each a list of slots, newest first. */
import { LINK, NEXT, NONE } from './event-slots.ts';

export class Rung {
  /** Exclusive; the last bucket reaches up to here, however wide that makes it. */
  end = 0;
  readonly #heads: Int32Array;
  #start = 0;
  /** A power of two, so that multiplying by its inverse is exact. */
  #width = 1;
  #perWidth = 1;
  #last = 0;
  /** First bucket not taken yet. */
  #current = 0;

  constructor(maxBuckets: number) {
    this.#heads = new Int32Array(maxBuckets);
  }

  /** Empties the rung to cover [lo, end) with so many buckets (2, 4, 8, …) that up to hi there are `count`, lo < hi. */
  reset(lo: number, hi: number, end: number, count: number): void {
    let buckets = 2;
    while (buckets < count && buckets < this.#heads.length) buckets *= 2;
    let width = 1;
    while (width * buckets <= hi - lo) width *= 2;
    this.#start = lo;
    this.#width = width;
    this.#perWidth = 1 / width;
    this.#last = buckets - 1;
    this.#current = 0;
    this.end = end;
    this.#heads.fill(NONE, 0, buckets);
  }

  add(slot: number, time: number, links: Int32Array): void {
    const offset = (time - this.#start) * this.#perWidth;
    const bucket = offset < this.#last ? offset | 0 : this.#last;
    links[slot * LINK + NEXT] = this.#heads[bucket]!;
    this.#heads[bucket] = slot;
  }

  /** True once the last bucket is taken. */
  get finished(): boolean {
    return this.#current > this.#last;
  }

  /** Earliest time of the buckets not taken; never beyond the end, though buckets that stay empty may begin there. */
  get horizon(): number {
    return this.finished ? this.end : Math.min(this.end, this.#start + this.#current * this.#width);
  }

  /** Takes the first bucket that is not empty, else the last one: its list, or NONE. Only if not finished. */
  take(): number {
    while (this.#current < this.#last && this.#heads[this.#current] === NONE) this.#current++;
    return this.#heads[this.#current++]!;
  }
}
