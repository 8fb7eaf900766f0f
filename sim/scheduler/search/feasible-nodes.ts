/** The nodes that can take a pod, as plugins are given them: most searches end without anyone looking at the list. */
import type { NodeRows } from '../framework/interface.ts';
import type { RememberedSearch } from './remembered-search.ts';

/** The feasible nodes of a search, listed when someone looks. */
export class FeasibleNodes implements NodeRows {
  count = 0;
  #rows = new Int32Array(0);
  #pending: RememberedSearch | undefined;

  get rows(): Int32Array {
    this.#pending?.collect(this.#rows, 0);
    this.#pending = undefined;
    return this.#rows;
  }

  clear(): void {
    this.count = 0;
    this.#pending = undefined;
  }

  /** What `search` found; to be listed before it runs again. */
  takeFrom(search: RememberedSearch): void {
    this.count = search.found;
    this.#pending = search;
  }

  ensureCapacity(capacity: number): void {
    if (this.#rows.length < capacity) this.#rows = new Int32Array(capacity);
  }
}
