/** `kubedes verify`: makes a result again from its manifest and inputs, and compares the digests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import type { RunManifest } from '../experiment/manifest.ts';
import { PARTIAL } from '../experiment/run-directory.ts';
import { changedInput, type Verdict, verifyResult } from '../experiment/verify.ts';
import { EXIT, UsageError } from './exit.ts';
import { diskFiles, loadRuns } from './inputs.ts';
import { loadRegistries } from './registries.ts';

export const verifyCommand: CommandModule<object, { results: string[] }> = {
  command: 'verify <results..>',
  describe: 'Run results again from their manifests and compare digests and CSV files',
  builder: (yargs) =>
    yargs
      .positional('results', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders of results',
      })
      .example('$0 verify results/quick-start/iptables-seed-1', 'same bytes?'),
  handler: ({ results }) => {
    const same = results.map((folder) => verifyOne(folder));
    if (same.includes(false)) process.exitCode = EXIT.failed;
  },
};

function verifyOne(folder: string): boolean {
  const { same, explanation, details } = verdictOn(folder);
  const mark = same ? pc.green('same') : pc.red('DIFFERENT');
  console.log(`${folder}: ${mark}${explanation === '' ? '' : `: ${explanation}`}`);
  for (const line of details) console.log(`  ${line}`);
  return same;
}

/** Throws UsageError for a folder that holds no result. */
export function verdictOn(folder: string): Verdict {
  const manifest = readManifest(folder);
  const inputPath = (path: string) => join(folder, 'inputs', path);
  // Before loading: what has been changed may be wrong in any way.
  const changed = changedInput(manifest, (path) => diskFiles.read(inputPath(path)));
  if (changed !== undefined) return { same: false, explanation: changed, details: [] };
  const variants = manifest.variant === null ? undefined : [manifest.variant];
  const options = { seed: manifest.seed, variants, settings: manifest.set };
  const run = loadRuns(manifest.entry.map(inputPath), options)[0];
  if (run === undefined) throw new UsageError(`${folder}: the inputs describe no run`);
  return verifyResult(run, manifest, readTrail(folder), loadRegistries(), folder);
}

function readTrail(folder: string): Uint8Array | undefined {
  const path = join(folder, 'digest-trail.bin');
  return existsSync(path) ? readFileSync(path) : undefined;
}

function readManifest(folder: string): RunManifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path))
    throw new UsageError(
      folder.includes(PARTIAL)
        ? `${folder}: the run was interrupted or failed; there is no complete result to verify`
        : `${folder}: no manifest.json, so this is no result`,
    );
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunManifest>;
    if (manifest.format === 1 && manifest.inputs !== undefined) return manifest as RunManifest;
  } catch {
    // Said below.
  }
  throw new UsageError(`${path}: not a manifest that this version can read`);
}
