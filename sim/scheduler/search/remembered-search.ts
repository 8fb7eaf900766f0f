/**
 * HOT PATH: the search among remembered values (shape-memo.ts), block by block: a block of neighbours in which no row changed is
 * known by its highest value, how many share it, and how many nodes are feasible. A pod that follows many of its shape costs a
 * look at each block and at the nodes of the few blocks that changed, or that the search enters or leaves midway.
 */

import { BLOCK, BLOCK_SHIFT } from '../cache/node-order.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { REJECTED, type ShapeMemo } from './shape-memo.ts';

/** Nodes valued at least at a time: a search that lacks only a few does not go on one by one. */
export const MIN_CHUNK = 32;

/** Values anew the first `count` of `rows` for the shape of a memo: `value` of these. */
export type Revalue = (memo: ShapeMemo, rows: Int32Array, count: number) => void;

export class RememberedSearch {
  readonly #snapshot: Snapshot;
  readonly #revalue: Revalue;
  #stale = new Int32Array(0);
  #staleBlocks = new Int32Array(0);
  #memo: ShapeMemo | undefined;
  /** Position at which the latest search began. */
  #start = 0;
  /** Of the latest search: nodes it looked at, and how many of them are feasible. */
  evaluated = 0;
  found = 0;
  /** Highest value found, REJECTED if none, and how many feasible nodes share it. */
  best = REJECTED;
  ties = 0;

  constructor(snapshot: Snapshot, revalue: Revalue) {
    this.#snapshot = snapshot;
    this.#revalue = revalue;
  }

  /** Walks through all nodes from position `start` on until `wanted` feasible ones are found. */
  run(memo: ShapeMemo, start: number, wanted: number): void {
    const total = this.#snapshot.nodeCount;
    this.#memo = memo;
    this.#start = start;
    this.evaluated = 0;
    this.found = 0;
    this.best = REJECTED;
    this.ties = 0;
    while (this.evaluated < total && this.found < wanted) {
      const from = (start + this.evaluated) % total;
      const size = Math.min(total - this.evaluated, Math.max(MIN_CHUNK, wanted - this.found));
      this.refresh(memo, from, size);
      this.#take(memo, from, size, wanted);
    }
  }

  /** The row of the best node number `n` in the order of the search, 0 <= n < ties. */
  tied(n: number): number {
    const { nodeCount: total, order } = this.#snapshot;
    const { value, best } = this.#memo!;
    let left = n;
    for (let at = this.#start, todo = this.evaluated; todo > 0; ) {
      const end = Math.min(blockEnd(at), total, at + todo);
      todo -= end - at;
      if (best[at >> BLOCK_SHIFT]! >= this.best)
        for (; at < end; at++) if (value[order[at]!] === this.best && left-- === 0) return order[at]!;
      at = end === total ? 0 : end;
    }
    throw new Error(`there is no best node number ${n}`);
  }

  /** The feasible nodes worth at least `least`, in the order of the search, into `rows`. */
  collect(rows: Int32Array, least: number): void {
    const { nodeCount: total, order } = this.#snapshot;
    const { value } = this.#memo!;
    let count = 0;
    for (let at = this.#start, todo = this.evaluated; todo > 0; todo--) {
      const row = order[at]!;
      if (value[row]! >= least) rows[count++] = row;
      if (++at === total) at = 0;
    }
  }

  /** The feasible among the `size` nodes from position `from` on, into `rows`; returns how many there are. */
  list(memo: ShapeMemo, from: number, size: number, rows: Int32Array): number {
    this.refresh(memo, from, size);
    const { nodeCount: total, order } = this.#snapshot;
    const { value } = memo;
    let count = 0;
    for (let i = 0, at = from; i < size; i++) {
      const row = order[at]!;
      if (value[row]! >= 0) rows[count++] = row;
      if (++at === total) at = 0;
    }
    return count;
  }

  /** Values anew what changed in the blocks of the `size` nodes from position `from` on. O(blocks + changed blocks). */
  refresh(memo: ShapeMemo, from: number, size: number): void {
    const { nodeCount: total, capacity } = this.#snapshot;
    if (this.#stale.length < capacity) {
      this.#stale = new Int32Array(capacity);
      this.#staleBlocks = new Int32Array(capacity);
    }
    const end = from + size;
    let blocks = this.#findStale(memo, from, Math.min(end, total), 0);
    if (end > total) blocks = this.#findStale(memo, 0, end - total, blocks);
    if (blocks === 0) return;
    this.#revalueRows(memo, blocks);
    for (let i = 0; i < blocks; i++) this.#summarize(memo, this.#staleBlocks[i]!);
  }

  /** Appends the changed blocks of positions `from` to `end` to `blocks` others; returns how many there are now. */
  #findStale({ blockStamp }: ShapeMemo, from: number, end: number, blocks: number): number {
    const { blockGeneration } = this.#snapshot;
    const staleBlocks = this.#staleBlocks;
    const last = (end - 1) >> BLOCK_SHIFT;
    for (let block = from >> BLOCK_SHIFT; block <= last; block++)
      if (blockStamp[block] !== blockGeneration[block]) staleBlocks[blocks++] = block;
    return blocks;
  }

  #revalueRows(memo: ShapeMemo, blocks: number): void {
    const { generation, order, nodeCount: total } = this.#snapshot;
    const { stamp } = memo;
    const stale = this.#stale;
    let count = 0;
    for (let i = 0; i < blocks; i++) {
      const begin = this.#staleBlocks[i]! << BLOCK_SHIFT;
      const end = Math.min(begin + BLOCK, total);
      for (let at = begin; at < end; at++) {
        const row = order[at]!;
        if (stamp[row] === generation[row]) continue;
        // A search that goes round the ring may meet its first block twice.
        stamp[row] = generation[row]!;
        stale[count++] = row;
      }
    }
    if (count > 0) this.#revalue(memo, stale, count);
  }

  #summarize({ value, blockStamp, best, ties, feasible }: ShapeMemo, block: number): void {
    const { order, nodeCount: total, blockGeneration } = this.#snapshot;
    const begin = block << BLOCK_SHIFT;
    const end = Math.min(begin + BLOCK, total);
    let highest = REJECTED;
    let sharing = 0;
    let passing = 0;
    for (let at = begin; at < end; at++) {
      const worth = value[order[at]!]!;
      if (worth < 0) continue;
      passing++;
      if (worth > highest) {
        highest = worth;
        sharing = 1;
      } else if (worth === highest) sharing++;
    }
    best[block] = highest;
    ties[block] = sharing;
    feasible[block] = passing;
    blockStamp[block] = blockGeneration[block]!;
  }

  /** Takes up to `size` nodes from position `from` on, until `wanted` are found: whole blocks where it can. */
  #take(memo: ShapeMemo, from: number, size: number, wanted: number): void {
    const total = this.#snapshot.nodeCount;
    const { feasible, best, ties } = memo;
    for (let at = from, todo = size; todo > 0 && this.found < wanted; ) {
      const block = at >> BLOCK_SHIFT;
      const end = Math.min(blockEnd(at), total);
      const whole = at === block << BLOCK_SHIFT && end - at <= todo;
      if (whole && this.found + feasible[block]! < wanted) {
        this.evaluated += end - at;
        this.found += feasible[block]!;
        this.#rival(best[block]!, ties[block]!);
      } else this.#takeSome(memo, at, Math.min(end, at + todo), wanted);
      todo -= end - at;
      at = end === total ? 0 : end;
    }
  }

  #takeSome({ value }: ShapeMemo, from: number, end: number, wanted: number): void {
    const { order } = this.#snapshot;
    for (let at = from; at < end && this.found < wanted; at++) {
      this.evaluated++;
      const worth = value[order[at]!]!;
      if (worth < 0) continue;
      this.found++;
      this.#rival(worth, 1);
    }
  }

  #rival(worth: number, sharing: number): void {
    if (worth > this.best) {
      this.best = worth;
      this.ties = sharing;
    } else if (worth === this.best) this.ties += sharing;
  }
}

/** The position after the last of the block that holds `at`. */
const blockEnd = (at: number): number => ((at >> BLOCK_SHIFT) + 1) << BLOCK_SHIFT;
