/** What a comparison keeps of one run: `runs/<id>.json`, written under a temporary name and renamed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../scenario/index.ts';
import { type RunManifest, sha256 } from '../manifest.ts';
import { VERSION } from '../own-files.ts';
import { writeWhole } from '../whole-file.ts';
import type { Cell } from './plan.ts';

export interface MetricValue {
  readonly metric: string;
  /** Absent if the run had no observation. */
  readonly value?: number | undefined;
  readonly unit: string;
  readonly meaning: string;
}

/** Nothing in it depends on when, where or beside what the run was made. */
export interface RunRecord {
  readonly format: 1;
  /** Hash of everything that made the result. */
  readonly key: string;
  readonly cell: Cell;
  readonly seed: string;
  readonly stopped: string;
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly eventDigest: string;
  readonly metrics: readonly MetricValue[];
}

/**
 * Makes the key of a run: version, texts of all inputs and policy modules, settings, cell and seed. Where the files lie
 * does not count.
 */
export function keyMaker(inputs: Iterable<string>, settings: Settings): (cell: Cell, seed: string) => string {
  const texts = [...inputs].map(sha256);
  return (cell, seed) => sha256(JSON.stringify([VERSION, texts, settings, cell, seed]));
}

const recordPath = (folder: string, id: string): string => join(folder, 'runs', `${id}.json`);

export function writeRecord(folder: string, id: string, record: RunRecord): void {
  writeWhole(recordPath(folder, id), [`${JSON.stringify(record, undefined, 1)}\n`]);
}

/** Undefined if there is none, or one made of something else. */
export function readRecord(folder: string, id: string, key: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPath(folder, id), 'utf8')) as RunRecord;
    return record.format === 1 && record.key === key ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Folder of the CSV files of a run that has this digest; undefined if there are none, or those of another run. */
export function keptRun(folder: string, id: string, eventDigest: string): string | undefined {
  const path = join(folder, 'runs', id);
  try {
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Partial<RunManifest>;
    return manifest.eventDigest === eventDigest ? path : undefined;
  } catch {
    return undefined;
  }
}
