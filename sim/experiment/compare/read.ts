/** A finished comparison, read back from its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparisonManifest } from './comparison.ts';
import type { Plan } from './plan.ts';
import type { RunRecord } from './record.ts';

export interface FinishedComparison {
  readonly manifest: ComparisonManifest;
  readonly plan: Plan;
  /** By id of the planned run; without those that failed. */
  readonly records: ReadonlyMap<string, RunRecord>;
}

export const isComparison = (folder: string): boolean => existsSync(join(folder, 'comparison.json'));

/** Throws Error if a file is missing or is not JSON. */
export function readComparison(folder: string): FinishedComparison {
  const manifest = readJson<ComparisonManifest>(join(folder, 'comparison.json'));
  const { cells, seeds, runs } = manifest;
  const records = runs.map(
    ({ id }) => [id, readJson<RunRecord>(join(folder, 'runs', `${id}.json`))] as const,
  );
  return { manifest, plan: { cells, seeds, runs }, records: new Map(records) };
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
