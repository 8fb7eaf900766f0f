/** `kubedes verify`: makes a result again from its manifest and inputs, and compares the digests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import type { RunManifest } from '../experiment/manifest.ts';
import { type PreparedRun, withOwnPolicy } from '../experiment/policy-module.ts';
import { PARTIAL } from '../experiment/run-directory.ts';
import { changedInput, type Verdict, verifyResult } from '../experiment/verify.ts';
import { loadRegistries } from '../registries.ts';
import type { LoadedScenario } from '../scenario/index.ts';
import { EXIT, UsageError } from './exit.ts';
import { diskFiles, loadRuns } from './inputs.ts';

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
  handler: async ({ results }) => {
    for (const folder of results) if (!(await verifyOne(folder))) process.exitCode = EXIT.failed;
  },
};

async function verifyOne(folder: string): Promise<boolean> {
  const { same, explanation, details } = verdictOn(folder, await ownPolicy(folder));
  const mark = same ? pc.green('same') : pc.red('DIFFERENT');
  console.log(`${folder}: ${mark}${explanation === '' ? '' : `: ${explanation}`}`);
  for (const line of details) console.log(`  ${line}`);
  return same;
}

/** The run with the policy that it brought itself; undefined if its inputs have been changed. */
async function ownPolicy(folder: string): Promise<PreparedRun | undefined> {
  const run = recordedRun(folder, readManifest(folder));
  return typeof run === 'string' ? undefined : withOwnPolicy(run, loadRegistries());
}

/** Throws UsageError for a folder that holds no result. `prepared`: for a run that brings its own policy. */
export function verdictOn(folder: string, prepared?: PreparedRun): Verdict {
  const manifest = readManifest(folder);
  const run = prepared?.loaded ?? recordedRun(folder, manifest);
  if (typeof run === 'string') return { same: false, explanation: run, details: [] };
  const registries = prepared?.registries ?? loadRegistries();
  return verifyResult(run, manifest, readTrail(folder), registries, folder);
}

/** The run as its inputs describe it, or which of them has been changed. */
function recordedRun(folder: string, manifest: RunManifest): LoadedScenario | string {
  const inputPath = (path: string) => join(folder, 'inputs', path);
  // Before loading: what has been changed may be wrong in any way.
  const changed = changedInput(manifest, (path) => diskFiles.read(inputPath(path)));
  if (changed !== undefined) return changed;
  const variants = manifest.variant === null ? undefined : [manifest.variant];
  const options = { seed: manifest.seed, variants, settings: manifest.set };
  const run = loadRuns(manifest.entry.map(inputPath), options)[0];
  if (run === undefined) throw new UsageError(`${folder}: the inputs describe no run`);
  return run;
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
