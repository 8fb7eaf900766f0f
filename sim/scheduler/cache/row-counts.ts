/**
 * A count per node and, for the label keys asked for, its sums over topology domains, both kept up to date
 * pod by pod: the cost of scheduling does not grow with the number of running pods.
 */
import type { LabelColumn } from './label-column.ts';

/** Sums of a count over the nodes that share a value of one label. */
export class DomainSums {
  readonly column: LabelColumn;
  /** Value id → sum; entry 0 is not used. */
  sums: Int32Array;
  /** Sum over all domains: nodes that lack the label do not count. */
  total = 0;
  #version: number;

  constructor(column: LabelColumn) {
    this.column = column;
    this.sums = new Int32Array(column.values.size + 8);
    this.#version = -1;
  }

  add(row: number, delta: number): void {
    const id = this.column.ids[row]!;
    if (id === 0) return;
    if (id >= this.sums.length) this.#widen();
    this.sums[id]! += delta;
    this.total += delta;
  }

  /** Rebuilds if nodes that hold pods changed domain. O(1) otherwise. */
  refresh(counts: Int32Array): void {
    if (this.column.values.size > this.sums.length) this.#widen();
    if (this.#version === this.column.version) return;
    this.#version = this.column.version;
    this.sums.fill(0);
    this.total = 0;
    for (let row = 1; row < counts.length; row++) if (counts[row] !== 0) this.add(row, counts[row]!);
  }

  #widen(): void {
    const sums = new Int32Array(this.column.values.size * 2 + 8);
    sums.set(this.sums);
    this.sums = sums;
  }
}

export class RowCounts {
  counts: Int32Array;
  total = 0;
  readonly #domains: DomainSums[] = [];

  constructor(capacity: number) {
    this.counts = new Int32Array(capacity);
  }

  add(row: number, delta: number): void {
    this.counts[row]! += delta;
    this.total += delta;
    for (const domain of this.#domains) domain.add(row, delta);
  }

  /** Sums over the domains of a label, kept from now on. */
  by(column: LabelColumn): DomainSums {
    let domain = this.#domains.find((known) => known.column === column);
    if (domain === undefined) {
      domain = new DomainSums(column);
      this.#domains.push(domain);
    }
    domain.refresh(this.counts);
    return domain;
  }

  grow(capacity: number): void {
    const counts = new Int32Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
  }
}
