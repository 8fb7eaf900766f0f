/** How many matching pods each pair of topology key and value has. */
import type { DomainSums, LabelColumn } from '../../sim/scheduler/contract.ts';

/** How many pods there are in each domain of one topology key; shared with the index until a what-if changes it. */
export class PairCounts {
  readonly column: LabelColumn;
  counts: Int32Array;
  total: number;
  #owned = false;

  constructor(column: LabelColumn, counts: Int32Array, total: number) {
    this.column = column;
    this.counts = counts;
    this.total = total;
  }

  add(row: number, delta: number): void {
    const id = this.column.ids[row]!;
    if (id === 0) return;
    if (!this.#owned || id >= this.counts.length) {
      const counts = new Int32Array(Math.max(this.counts.length, id + 1));
      counts.set(this.counts);
      this.counts = counts;
      this.#owned = true;
    }
    this.counts[id]! += delta;
    this.total += delta;
  }

  fork(): PairCounts {
    return new PairCounts(this.column, this.counts, this.total);
  }
}

export const pairCounts = ({ column, sums, total }: DomainSums): PairCounts =>
  new PairCounts(column, sums, total);
