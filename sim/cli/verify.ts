/** `kubedes verify`: makes a result again from its manifest and inputs, and compares the digests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import type { RunManifest } from '../experiment/manifest.ts';
import { verifyResult } from '../experiment/verify.ts';
import { EXIT, UsageError } from './exit.ts';
import { loadRuns } from './inputs.ts';
import { loadRegistries } from './registries.ts';

export const verifyCommand: CommandModule<object, { results: string[] }> = {
  command: 'verify <results..>',
  describe: 'Run a result again from its manifest and compare digests',
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
  const manifest = readManifest(folder);
  const entry = manifest.entry.map((path) => join(folder, 'inputs', path));
  const variants = manifest.variant === null ? undefined : [manifest.variant];
  const run = loadRuns(entry, { seed: manifest.seed, variants, settings: manifest.set })[0];
  if (run === undefined) throw new UsageError(`${folder}: the inputs describe no run`);
  const verdict = verifyResult(
    run,
    manifest,
    readFileSync(join(folder, 'digest-trail.bin')),
    loadRegistries(),
  );
  const mark = verdict.same ? pc.green('same') : pc.red('DIFFERENT');
  console.log(`${folder}: ${mark}${verdict.explanation === '' ? '' : `: ${verdict.explanation}`}`);
  return verdict.same;
}

function readManifest(folder: string): RunManifest {
  try {
    return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as RunManifest;
  } catch {
    throw new UsageError(`${folder}: no manifest.json (not a result, or an incomplete one)`);
  }
}
