/** Streams rows of one CSV file to a sink, in batches, through papaparse. */
import Papa from 'papaparse';
import { CSV_FILES, type CsvName } from './schema.ts';

export type Cell = string | number;
/** Receives text to append; the caller owns the file. */
export type TextSink = (text: string) => void;

const BATCH_ROWS = 1024;

export class CsvTable {
  readonly name: CsvName;
  readonly #columns: number;
  readonly #sink: TextSink | undefined;
  #rows: Cell[][] = [];
  rowCount = 0;

  /** Without a sink, rows are counted and forgotten. */
  constructor(name: CsvName, sink: TextSink | undefined) {
    this.name = name;
    this.#columns = CSV_FILES[name].length;
    this.#sink = sink;
    this.#rows.push(CSV_FILES[name].map((column) => column.name));
  }

  /** Cells in the order of the schema; throws RangeError if their number differs. */
  add(row: Cell[]): void {
    if (row.length !== this.#columns)
      throw new RangeError(`${this.name}.csv: ${row.length} cells for ${this.#columns} columns`);
    this.rowCount++;
    if (this.#sink === undefined) return;
    this.#rows.push(row);
    if (this.#rows.length >= BATCH_ROWS) this.flush();
  }

  flush(): void {
    if (this.#rows.length === 0) return;
    this.#sink?.(`${Papa.unparse(this.#rows, { newline: '\n', header: false })}\n`);
    this.#rows = [];
  }
}
