/**
 * Scores that hold while a node's row keeps its generation, by demand and row: a pod that follows many like it costs
 * a look at each node and a score on the few that changed.
 */

/** Demands remembered; the least recently used makes room. */
const LIMIT = 512;

export interface ScoreMemo {
  /** Row → generation its score is from; 0: none. */
  readonly stamp: Int32Array;
  readonly score: Int16Array;
}

export class ScoreMemos {
  /** In order of use. */
  readonly #memos = new Map<number, ScoreMemo>();
  #capacity = 0;
  #version = 0;

  /** Forgets everything if the number of rows or the rule's version is another one. */
  of(demand: number, capacity: number, version: number): ScoreMemo {
    if (capacity !== this.#capacity || version !== this.#version) this.#memos.clear();
    this.#capacity = capacity;
    this.#version = version;
    let memo = this.#memos.get(demand);
    if (memo === undefined) {
      if (this.#memos.size >= LIMIT) this.#memos.delete(this.#memos.keys().next().value!);
      memo = { stamp: new Int32Array(capacity), score: new Int16Array(capacity) };
    } else this.#memos.delete(demand);
    this.#memos.set(demand, memo);
    return memo;
  }
}
