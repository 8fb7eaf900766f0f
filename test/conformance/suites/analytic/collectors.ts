/** What the models measure: how long each state lasted, and durations of single customers. */
import type { SimTime } from '../../../../sim/engine/index.ts';

/** Time spent in states 0, 1, 2, … */
export class Occupancy {
  #times = new Float64Array(64);
  #state = 0;
  #since = 0;

  get state(): number {
    return this.#state;
  }

  set(now: SimTime, state: number): void {
    this.#times[this.#state] = this.#times[this.#state]! + (now - this.#since);
    this.#since = now;
    this.#state = state;
    if (state >= this.#times.length) {
      const grown = new Float64Array(2 * state);
      grown.set(this.#times);
      this.#times = grown;
    }
  }

  restart(now: SimTime): void {
    this.set(now, this.#state);
    this.#times.fill(0);
  }

  /** Time average of f(state) up to `now`. */
  average(now: SimTime, f: (state: number) => number): number {
    this.set(now, this.#state);
    let sum = 0;
    let total = 0;
    for (const [state, time] of this.#times.entries()) {
      sum += f(state) * time;
      total += time;
    }
    return sum / total;
  }

  moments(now: SimTime): { readonly first: number; readonly second: number } {
    return { first: this.average(now, (n) => n), second: this.average(now, (n) => n * n) };
  }
}

/** Durations in µs, all kept: quantiles are exact. */
export class Durations {
  #values = new Float64Array(1 << 14);
  count = 0;
  sum = 0;
  squares = 0;

  add(us: number): void {
    if (this.count === this.#values.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.count++] = us;
    this.sum += us;
    this.squares += us * us;
  }

  restart(): void {
    this.count = 0;
    this.sum = 0;
    this.squares = 0;
  }

  get mean(): number {
    return this.sum / this.count;
  }

  /** In squared units of `perUnit` µs. */
  moments(perUnit: number): { readonly first: number; readonly second: number } {
    return { first: this.mean / perUnit, second: this.squares / this.count / perUnit ** 2 };
  }

  /** Share of values above `us`. */
  above(us: number): number {
    let n = 0;
    for (let i = 0; i < this.count; i++) if (this.#values[i]! > us) n++;
    return n / this.count;
  }

  /** Linear between the values of neighbouring ranks. Reorders the values. O(n). */
  quantile(q: number): number {
    const values = this.#values.subarray(0, this.count);
    const at = q * (this.count - 1);
    const rank = Math.floor(at);
    const low = select(values, rank);
    if (at === rank) return low;
    let high = Number.POSITIVE_INFINITY;
    for (let i = rank + 1; i < values.length; i++) if (values[i]! < high) high = values[i]!;
    return low + (at - rank) * (high - low);
  }
}

/** The value of `rank` (0 is the smallest), after which nothing smaller is left to its right (Hoare's quickselect). */
function select(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low - 1;
    let j = high + 1;
    for (;;) {
      do i++;
      while (values[i]! < pivot);
      do j--;
      while (values[j]! > pivot);
      if (i >= j) break;
      const swap = values[i]!;
      values[i] = values[j]!;
      values[j] = swap;
    }
    if (rank <= j) high = j;
    else low = j + 1;
  }
  return values[rank]!;
}

/** First in, first out. Amortised O(1). */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head > 1024 && 2 * this.#head > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
