/**
 * HOT PATH: one CSV file, row by row into a buffer of bytes that goes to the sink when it is full. Quotes where papaparse does
 * (RFC 4180): its reader and its writer are the oracle in test/metrics.
 */
import { ByteText } from './byte-text.ts';
import { CSV_FILES, type CsvName } from './schema.ts';

export type Cell = string | number;
/** Receives bytes (UTF-8) to append, which it must not keep; the caller owns the file. */
export type ByteSink = (bytes: Uint8Array) => void;

const COMMA = 44;
const NEWLINE = 10;
const FLUSH_AT = 1 << 16;

export class CsvTable {
  readonly name: CsvName;
  readonly #columns: number;
  readonly #sink: ByteSink | undefined;
  readonly #text = new ByteText(FLUSH_AT + (FLUSH_AT >> 2));
  #cells = 0;
  rowCount = 0;

  /** Without a sink, rows are counted and forgotten. */
  constructor(name: CsvName, sink: ByteSink | undefined) {
    this.name = name;
    this.#columns = CSV_FILES[name].length;
    this.#sink = sink;
    for (const column of CSV_FILES[name]) this.text(column.name);
    this.end();
    this.rowCount = 0;
  }

  /** Cells in the order of the schema; throws RangeError if their number differs. */
  add(row: readonly Cell[]): void {
    for (const cell of row) {
      if (typeof cell === 'string') this.text(cell);
      else this.number(cell);
    }
    this.end();
  }

  /** The next cell of the row. */
  text(value: string): void {
    this.#separate();
    this.#text.cell(value);
  }

  number(value: number): void {
    this.#separate();
    this.#text.number(value);
  }

  /** An instant or a duration in µs, shown in seconds; NaN as an empty cell. */
  seconds(us: number): void {
    this.#separate();
    this.#text.seconds(us);
  }

  #separate(): void {
    if (this.#cells++ > 0) this.#text.byte(COMMA);
  }

  /** Ends the row; throws RangeError if it has not as many cells as the schema has columns. */
  end(): void {
    if (this.#cells !== this.#columns)
      throw new RangeError(`${this.name}.csv: ${this.#cells} cells for ${this.#columns} columns`);
    this.#cells = 0;
    this.#text.byte(NEWLINE);
    this.rowCount++;
    if (this.#sink === undefined) this.#text.clear();
    else if (this.#text.length >= FLUSH_AT) this.flush();
  }

  flush(): void {
    if (this.#text.length > 0) this.#sink?.(this.#text.bytes());
    this.#text.clear();
  }
}
