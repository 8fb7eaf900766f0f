/** When things happened: rows of instants in one typed array, so that none of them is an object of its own. */
const FIRST_ROWS = 1024;

export class InstantTable {
  readonly #columns: number;
  /** µs; NaN: not yet. */
  #instants: Float64Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#instants = new Float64Array(FIRST_ROWS * columns);
  }

  /** Nothing has happened yet in that row. */
  clear(row: number): void {
    const start = row * this.#columns;
    const end = start + this.#columns;
    if (end > this.#instants.length) this.#grow(end);
    for (let place = start; place < end; place++) this.#instants[place] = Number.NaN;
  }

  /** NaN: not yet. */
  at(row: number, column: number): number {
    return this.#instants[row * this.#columns + column]!;
  }

  /** False if it has happened before: the first time stays. */
  setOnce(row: number, column: number, us: number): boolean {
    const place = row * this.#columns + column;
    if (!Number.isNaN(this.#instants[place]!)) return false;
    this.#instants[place] = us;
    return true;
  }

  #grow(needed: number): void {
    const grown = new Float64Array(2 * Math.max(needed, this.#instants.length));
    grown.set(this.#instants);
    this.#instants = grown;
  }
}
