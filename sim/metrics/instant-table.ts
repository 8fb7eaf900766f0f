/** When things happened: rows of instants in one typed array, so that none of them is an object of its own. */
const FIRST_ROWS = 1024;

export class InstantTable {
  readonly #columns: number;
  readonly #free: number[] = [];
  #rows = 0;
  /** µs; NaN: not yet. */
  #instants: Float64Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#instants = new Float64Array(FIRST_ROWS * columns);
  }

  /** A row of which nothing has happened yet. */
  take(): number {
    const row = this.#free.pop() ?? this.#rows++;
    const start = row * this.#columns;
    if (start === this.#instants.length) this.#grow();
    for (let i = 0; i < this.#columns; i++) this.#instants[start + i] = Number.NaN;
    return row;
  }

  release(row: number): void {
    this.#free.push(row);
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

  #grow(): void {
    const grown = new Float64Array(2 * this.#instants.length);
    grown.set(this.#instants);
    this.#instants = grown;
  }
}
