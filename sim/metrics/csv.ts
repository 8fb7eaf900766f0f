/** One CSV file (RFC 4180), written by papaparse a hundred rows at a time. */
import Papa from 'papaparse';
import { CSV_FILES, type CsvName } from './schema.ts';

/** Undefined is an empty cell, as '' is, which papaparse writes without looking for what to quote. */
export type Cell = string | number | undefined;
/** Receives text to append; the caller owns the file. */
export type TextSink = (text: string) => void;
/** A row by the names of its columns (`kubedes schema`). */
export type CsvRow = Readonly<Record<string, string | number>>;
export type RowListener = (file: CsvName, row: CsvRow) => void;

const ROWS_PER_FLUSH = 128;

export class CsvTable {
  readonly name: CsvName;
  readonly #sink: TextSink | undefined;
  readonly #listener: RowListener | undefined;
  #waiting: (readonly Cell[])[] = [];
  #rowCount = 0;

  /** Without a sink, rows are counted and forgotten. */
  constructor(name: CsvName, sink: TextSink | undefined, listener?: RowListener) {
    this.name = name;
    this.#sink = sink;
    this.#listener = listener;
    this.#waiting.push(CSV_FILES[name].map((column) => column.name));
  }

  /** Without the header. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Cells in the order of the schema, kept until they are written; throws RangeError if their number differs. */
  add(row: readonly Cell[]): void {
    const columns = CSV_FILES[this.name].length;
    if (row.length !== columns)
      throw new RangeError(`${this.name}.csv: ${row.length} cells for ${columns} columns`);
    this.#rowCount++;
    this.#listener?.(this.name, named(this.name, row));
    if (this.#sink === undefined) return;
    this.#waiting.push(row);
    if (this.#waiting.length >= ROWS_PER_FLUSH) this.flush();
  }

  flush(): void {
    if (this.#sink === undefined || this.#waiting.length === 0) return;
    this.#sink(`${Papa.unparse(this.#waiting, { header: false, newline: '\n' })}\n`);
    this.#waiting = [];
  }
}

const named = (name: CsvName, row: readonly Cell[]): CsvRow =>
  Object.fromEntries(CSV_FILES[name].map((column, i) => [column.name, row[i] ?? '']));
