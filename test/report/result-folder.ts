/** Results made by hand: the files of a run with just the cells that a test is about. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { CSV_FILES, type CsvName } from '../../sim/metrics/index.ts';
import { type Manifest, type RunFiles, runFiles, type Study } from '../../sim/report/index.ts';

export type Cells = Readonly<Record<string, string | number>>;
export type Files = Partial<Record<CsvName, readonly Cells[]>>;

export const MANIFEST: Manifest = {
  kubedes: '0.0.0',
  scenario: 'made by hand',
  variant: null,
  seed: '1',
  entry: [],
  set: {},
  stopped: 'duration',
  simulatedSeconds: 100,
  eventDigest: '0123456789abcdef',
};

/** Files that are not named are not written; cells that are not named are empty. */
export function writeResult(folder: string, files: Files, manifest: Manifest = MANIFEST): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries(files)) {
    const columns = CSV_FILES[name as CsvName].map((column) => column.name);
    const cells = rows.map((row) => columns.map((column) => row[column] ?? ''));
    writeFileSync(join(folder, `${name}.csv`), `${Papa.unparse([columns, ...cells], { newline: '\n' })}\n`);
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

export function resultIn(
  folder: string,
  label: string,
  files: Files,
  manifest: Manifest = MANIFEST,
): RunFiles {
  const path = join(folder, label);
  writeResult(path, files, manifest);
  return runFiles(path, label, manifest);
}

export const studyOf = (runs: readonly RunFiles[]): Study => ({
  title: 'made by hand',
  verdict: ['It is so.'],
  notes: [],
  telling: [],
  metrics: [],
  runs,
  runsNote: undefined,
  replays: [],
  version: '0.0.0',
  source: 'summary.csv',
  format: String,
});
