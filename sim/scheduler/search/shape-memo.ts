/**
 * HOT PATH: what node-local plugins said about each node for pods of one shape. An entry holds while the node's row keeps
 * its generation, so a pod that follows many of its shape costs a look at each node and a verdict on the few that changed.
 */

import { BLOCK } from '../cache/node-order.ts';
import type { BuiltPlugin, WeightedPlugin } from '../framework/built-plugin.ts';
import type { Diagnosis } from '../framework/diagnosis.ts';

/** Shapes remembered; the least recently used makes room. Fewer if there are many rows to remember for each. */
const MEMO_LIMIT = 1024;
const ROW_LIMIT = 1 << 21;
/** Shapes seen once, to tell recurring ones from one-offs. */
const SEEN_LIMIT = 1024;

/** The value of a node that a filter rejects. */
export const REJECTED = -1;

/** No node took a pod of the shape: so it is for the next one while no row changes and the same filters are asked. */
interface RememberedDiagnosis {
  /** Of the snapshot. */
  readonly version: number;
  readonly filters: readonly BuiltPlugin[];
  readonly diagnosis: Diagnosis;
}

export class ShapeMemo {
  /** Row → generation its value is from; 0: none. */
  readonly stamp: Int32Array;
  /** Row → REJECTED, or the weighted sum of the scores of `scorers`. */
  readonly value: Float64Array;
  /** Block of neighbours in the search order → generation that what follows is from; 0: none. */
  readonly blockStamp: Int32Array;
  /** Block → highest value of its nodes, how many share it, and how many nodes are not rejected. */
  readonly best: Float64Array;
  readonly ties: Uint8Array;
  readonly feasible: Uint8Array;
  /** Score plugins whose scores are in `value`; undefined until an attempt has shown which of them skip this shape. */
  scorers: readonly WeightedPlugin[] | undefined;
  lastUsed = 0;
  #unfit: RememberedDiagnosis | undefined;

  constructor(capacity: number) {
    this.stamp = new Int32Array(capacity);
    this.value = new Float64Array(capacity);
    const blocks = Math.ceil(capacity / BLOCK);
    this.blockStamp = new Int32Array(blocks);
    this.best = new Float64Array(blocks);
    this.ties = new Uint8Array(blocks);
    this.feasible = new Uint8Array(blocks);
  }

  /** Why no node takes a pod of the shape, if that is known of these filters and this version of the snapshot. */
  knownDiagnosis(version: number, filters: readonly BuiltPlugin[]): Diagnosis | undefined {
    const known = this.#unfit;
    return known?.version === version && known.filters === filters ? known.diagnosis : undefined;
  }

  rememberDiagnosis(version: number, filters: readonly BuiltPlugin[], diagnosis: Diagnosis): void {
    this.#unfit = { version, filters, diagnosis };
  }
}

export class ShapeMemos {
  readonly #memos = new Map<number, ShapeMemo>();
  readonly #seen = new Set<number>();
  #capacity = 0;
  #uses = 0;

  /** The memo of a shape; undefined the first time a shape is seen, when remembering would not pay. */
  of(shape: number, capacity: number): ShapeMemo | undefined {
    if (capacity !== this.#capacity) {
      this.#memos.clear();
      this.#capacity = capacity;
    }
    let memo = this.#memos.get(shape);
    if (memo === undefined) {
      if (!this.#seen.delete(shape)) {
        if (this.#seen.size >= SEEN_LIMIT) this.#seen.clear();
        this.#seen.add(shape);
        return undefined;
      }
      if (this.#memos.size >= Math.min(MEMO_LIMIT, ROW_LIMIT / capacity)) this.#dropLeastUsed();
      memo = new ShapeMemo(capacity);
      this.#memos.set(shape, memo);
    }
    memo.lastUsed = ++this.#uses;
    return memo;
  }

  #dropLeastUsed(): void {
    let oldest = -1;
    let oldestUse = Number.POSITIVE_INFINITY;
    for (const [shape, memo] of this.#memos)
      if (memo.lastUsed < oldestUse) {
        oldest = shape;
        oldestUse = memo.lastUsed;
      }
    this.#memos.delete(oldest);
  }
}
