/** A finished result on disk, and the run that its inputs describe. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../experiment/disk-files.ts';
import { UsageError } from '../experiment/errors.ts';
import type { RunManifest } from '../experiment/manifest.ts';
import { isRun, noResult } from '../experiment/result-folder.ts';
import { changedInput } from '../experiment/verify.ts';
import { loadRuns } from '../library/load-runs.ts';
import type { LoadedScenario } from '../scenario/index.ts';

/** Warnings came when the run was made. */
const toldBefore = (): void => {};

/**
 * The run as its inputs describe it, or which of them has been changed. Throws UsageError for a run that its inputs do not
 * describe: one with a policy that a program gave.
 */
export function recordedRun(folder: string, manifest: RunManifest): LoadedScenario | string {
  const { givenByProgram: given = [] } = manifest;
  if (given.length > 0)
    throw new UsageError(
      `${folder}: a program gave this run its ${given.join(', ')}, which no command has: only that program can make it again (verifyResult)`,
    );
  const inputPath = (path: string) => join(folder, 'inputs', path);
  // Before loading: what has been changed may be wrong in any way.
  const changed = changedInput(manifest, (path) => diskFiles.read(inputPath(path)));
  if (changed !== undefined) return changed;
  const variants = manifest.variant === null ? undefined : [manifest.variant];
  const options = { seed: manifest.seed, variants, settings: manifest.set };
  const run = loadRuns(manifest.entry.map(inputPath), options, toldBefore)[0];
  if (run === undefined) throw new UsageError(`${folder}: the inputs describe no run`);
  return run;
}

export function readTrail(folder: string): Uint8Array | undefined {
  const path = join(folder, 'digest-trail.bin');
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** What a run is made again from, and compared with. */
const NEEDED = [
  ...(['seed', 'variant', 'entry', 'set', 'inputs', 'rows', 'wall'] as const),
  ...(['events', 'eventDigest', 'stateDigest', 'checkpoints'] as const),
];

/** Throws UsageError for a folder that holds no complete result. */
export function readManifest(folder: string): RunManifest {
  if (!isRun(folder)) throw noResult(folder);
  const path = join(folder, 'manifest.json');
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunManifest>;
    if (manifest.format === 1 && NEEDED.every((field) => manifest[field] !== undefined))
      return manifest as RunManifest;
  } catch {
    // Said below.
  }
  throw new UsageError(`${path}: not a manifest that this version can read`);
}
