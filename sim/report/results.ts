/** Reads the files of finished runs; never live state. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';

/** One row of a CSV file: numbers where the text is one, empty cells left out. */
export type Row = Readonly<Record<string, string | number | undefined>>;

export interface RunFiles {
  /** Variant, or seed: what tells the run from the others. */
  readonly label: string;
  readonly scenario: string;
  readonly seed: string;
  readonly version: string;
  readonly eventDigest: string;
  readonly simulatedSeconds: number;
  /** Rows of `<name>.csv`; none if the run did not write it. */
  readonly rows: (name: string) => readonly Row[];
}

interface Manifest {
  readonly scenario: string;
  readonly variant: string | null;
  readonly seed: string;
  readonly kubedes: string;
  readonly eventDigest: string;
  readonly simulatedSeconds: number;
}

/** Throws Error if the folder holds no complete result. */
export function readRun(folder: string): RunFiles {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new Error(`${folder}: no manifest.json (not a result, or an incomplete one)`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const cache = new Map<string, readonly Row[]>();
  return {
    label: manifest.variant ?? `seed ${manifest.seed}`,
    scenario: manifest.scenario,
    seed: manifest.seed,
    version: manifest.kubedes,
    eventDigest: manifest.eventDigest,
    simulatedSeconds: manifest.simulatedSeconds,
    rows(name) {
      const known = cache.get(name) ?? readCsv(join(folder, `${name}.csv`));
      cache.set(name, known);
      return known;
    },
  };
}

function readCsv(path: string): readonly Row[] {
  if (!existsSync(path)) return [];
  const { data } = Papa.parse<Row>(readFileSync(path, 'utf8'), {
    header: true,
    delimiter: ',',
    skipEmptyLines: true,
    transform: (text: string) => (text === '' ? undefined : Number.isNaN(Number(text)) ? text : Number(text)),
  });
  return data;
}

export const numberAt = (row: Row, column: string): number | undefined => {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
};
