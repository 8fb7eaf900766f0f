/** `kubedes verify`: makes a result again from its manifest and inputs, and compares the digests. */
import type { CommandModule } from 'yargs';
import { type PreparedRun, withOwnPolicy } from '../experiment/policy-module.ts';
import { runsIn } from '../experiment/result-folder.ts';
import { type Verdict, verifyResult } from '../experiment/verify.ts';
import { loadRegistries } from '../registries.ts';
import { onStdout } from './colours.ts';
import { EXIT } from './exit.ts';
import { readManifest, readTrail, recordedRun } from './recorded-run.ts';

export const verifyCommand: CommandModule<object, { results: string[]; json: boolean }> = {
  command: 'verify <results..>',
  describe: 'Run results again from their manifests and compare digests and CSV files',
  builder: (yargs) =>
    yargs
      .positional('results', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Folders of runs, or a folder of such folders',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the verdicts as JSON' })
      .example('$0 verify results/quick-start/iptables-seed-1', 'same bytes?')
      .example('$0 verify results/quick-start', 'all runs of the scenario'),
  handler: async ({ results, json }) => {
    const verdicts = [];
    for (const folder of results.flatMap((path) => runsIn(path))) {
      const verdict = verdictOn(folder, await ownPolicy(folder));
      if (!verdict.same) process.exitCode = EXIT.failed;
      if (!json) print(folder, verdict);
      verdicts.push({ folder, ...verdict });
    }
    if (json) console.log(JSON.stringify(verdicts, undefined, 2));
  },
};

function print(folder: string, { same, explanation, details }: Verdict): void {
  const mark = same ? onStdout.green('same') : onStdout.red('DIFFERENT');
  console.log(`${folder}: ${mark}${explanation === '' ? '' : `: ${explanation}`}`);
  for (const line of details) console.log(`  ${line}`);
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
