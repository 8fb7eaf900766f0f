/** The files of finished runs; never live state. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { CsvName } from '../metrics/index.ts';
import { csvRows } from './csv-rows.ts';

/** One row of a CSV file by column; text as it stands in the file. */
export type Row = Readonly<Record<string, string>>;

/** The part of a run's manifest.json that reports show. */
export interface Manifest {
  readonly kubedes: string;
  readonly scenario: string;
  readonly variant: string | null;
  readonly seed: string;
  readonly entry: readonly string[];
  readonly set: Readonly<Record<string, unknown>>;
  readonly stopped: string;
  readonly simulatedSeconds: number;
  readonly eventDigest: string;
}

export interface RunFiles {
  /** What tells the run from the others. */
  readonly label: string;
  readonly manifest: Manifest;
  /** Columns of `<file>.csv`; undefined if the run did not write it. */
  readonly columns: (file: CsvName) => readonly string[] | undefined;
  /** Rows of `<file>.csv` with no other than these columns, read anew at every call; none if the run did not write it. */
  readonly rows: (file: CsvName, columns: readonly string[]) => Generator<Row>;
}

/** Throws Error if the folder holds no complete result. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new Error(`${folder}: no manifest.json (not a result, or an incomplete one)`);
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

export function runFiles(folder: string, label: string, manifest: Manifest): RunFiles {
  const pathOf = (file: CsvName) => join(folder, `${file}.csv`);
  return {
    label,
    manifest,
    columns(file) {
      const first = existsSync(pathOf(file)) ? csvRows(pathOf(file)).next() : undefined;
      return first === undefined ? undefined : first.done ? [] : first.value;
    },
    *rows(file, columns) {
      if (!existsSync(pathOf(file))) return;
      const rows = csvRows(pathOf(file));
      const header = rows.next().value ?? [];
      const places = columns.map((column) => [column, header.indexOf(column)] as const);
      for (const row of rows) {
        const cells: Record<string, string> = {};
        for (const [name, i] of places) cells[name] = row[i] ?? '';
        yield cells;
      }
    },
  };
}

/** Undefined for an empty cell and for text. */
export function numberAt(row: Row, column: string): number | undefined {
  const text = row[column];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** What a scenario says of itself. */
export interface Purpose {
  readonly question?: string | undefined;
  readonly expect?: string | undefined;
}

/** From the scenario file that a result keeps among its inputs; empty for plain manifests. */
export function readPurpose(folder: string, entry: string | undefined): Purpose {
  const path = join(folder, 'inputs', entry ?? '');
  if (entry === undefined || !existsSync(path)) return {};
  const { metadata }: { metadata?: Purpose } = firstDocument(readFileSync(path, 'utf8')) ?? {};
  return { question: metadata?.question, expect: metadata?.expect };
}

/** Undefined if the text is not one YAML document, as with plain manifests. */
function firstDocument(text: string): { metadata?: Purpose } | undefined {
  try {
    return parseYaml(text);
  } catch {
    return undefined;
  }
}
