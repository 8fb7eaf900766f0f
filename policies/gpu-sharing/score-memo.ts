/**
 * HOT PATH: scores that hold while a node's row keeps its generation, by demand and row: a pod that follows many like it costs
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
  /** A figure of each row that does not depend on the demand. */
  ofRows = { stamp: new Int32Array(0), figure: new Float64Array(0) };
  #version = 0;
  #capacity = 0;

  /** Forgets everything if the rule's data or the number of rows is another one. */
  use(version: number, capacity: number): void {
    if (version === this.#version && capacity === this.#capacity) return;
    this.#version = version;
    this.#capacity = capacity;
    this.#memos.clear();
    this.ofRows = { stamp: new Int32Array(capacity), figure: new Float64Array(capacity) };
  }

  of(demand: number): ScoreMemo {
    let memo = this.#memos.get(demand);
    if (memo === undefined) {
      if (this.#memos.size >= LIMIT) this.#memos.delete(this.#memos.keys().next().value!);
      memo = { stamp: new Int32Array(this.#capacity), score: new Int16Array(this.#capacity) };
    } else this.#memos.delete(demand);
    this.#memos.set(demand, memo);
    return memo;
  }
}
