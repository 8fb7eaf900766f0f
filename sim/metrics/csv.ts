/** One CSV file (RFC 4180), written some hundred rows at a time. What has to be quoted, papaparse quotes. */
import Papa from 'papaparse';
import { numberText } from './number-text.ts';
import { CSV_FILES, type CsvName } from './schema.ts';

export type Cell = string | number;
/** Receives text to append; the caller owns the file. */
export type TextSink = (text: string) => void;
/** A row by the names of its columns (`kubedes schema`). */
export type CsvRow = Readonly<Record<string, Cell>>;
export type RowListener = (file: CsvName, row: CsvRow) => void;

const ROWS_PER_FLUSH = 512;

export class CsvTable {
  readonly name: CsvName;
  readonly #sink: TextSink | undefined;
  readonly #listener: RowListener | undefined;
  /** Lines. */
  #waiting: string[] = [];
  #rowCount = 0;
  /** The cell quoted last, and how it was written: images recur from pull to pull. */
  #quoted = '';
  #quotedText = '';

  /** Without a sink, rows are counted and forgotten. */
  constructor(name: CsvName, sink: TextSink | undefined, listener?: RowListener) {
    this.name = name;
    this.#sink = sink;
    this.#listener = listener;
    this.#waiting.push(this.#lineOf(CSV_FILES[name].map((column) => column.name)));
  }

  /** Without the header. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Cells in the order of the schema; throws RangeError if their number differs. */
  add(row: readonly Cell[]): void {
    const columns = CSV_FILES[this.name].length;
    if (row.length !== columns)
      throw new RangeError(`${this.name}.csv: ${row.length} cells for ${columns} columns`);
    this.#rowCount++;
    this.#listener?.(this.name, named(this.name, row));
    if (this.#sink === undefined) return;
    this.#waiting.push(this.#lineOf(row));
    if (this.#waiting.length >= ROWS_PER_FLUSH) this.flush();
  }

  flush(): void {
    if (this.#sink === undefined || this.#waiting.length === 0) return;
    this.#sink(`${this.#waiting.join('\n')}\n`);
    this.#waiting = [];
  }

  #lineOf(row: readonly Cell[]): string {
    return row.map((cell) => this.#textOf(cell)).join(',');
  }

  #textOf(cell: Cell): string {
    if (typeof cell === 'number') return numberText(cell);
    if (!QUOTED.test(cell)) return cell;
    if (cell !== this.#quoted) {
      this.#quoted = cell;
      this.#quotedText = Papa.unparse([[cell]]);
    }
    return this.#quotedText;
  }
}

/** papaparse looks at a cell seven times to find nothing to quote, as in most: the messages of Events, too, are words with spaces. */
const QUOTED = /[",\r\n\ufeff]|^ | $/;

const named = (name: CsvName, row: readonly Cell[]): CsvRow =>
  Object.fromEntries(CSV_FILES[name].map((column, i) => [column.name, row[i] ?? '']));
