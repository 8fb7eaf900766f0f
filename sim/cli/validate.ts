/** `kubedes validate`: every mistake with its position, and what is done with each kind used. */
import { parse as parseYaml } from 'yaml';
import type { CommandModule } from 'yargs';
import { resourceOfKindName, resources } from '../api/index.ts';
import type { LoadedScenario } from '../scenario/index.ts';
import { loadRuns, parseSettings } from './inputs.ts';
import { formatTable } from './table.ts';

interface ValidateArguments {
  files: string[];
  set: string[];
  strict: boolean;
}

export const validateCommand: CommandModule<object, ValidateArguments> = {
  command: 'validate <files..>',
  describe: 'Check scenario files and manifests without running them',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Scenario or manifest files',
      })
      .option('set', {
        type: 'string',
        array: true,
        default: [],
        describe: 'path=value: set a field of the scenario',
      })
      .option('strict', { type: 'boolean', default: false, describe: 'A broken row of a trace is an error' })
      .example('$0 validate scenarios/*.yaml', 'list every mistake in all scenarios'),
  handler: ({ files, set, strict }) => {
    const runs = loadRuns(files, { strict, settings: parseSettings(set, parseYaml) });
    const kinds = kindsUsed(runs);
    if (kinds.length > 0) console.log(formatTable(['KIND', 'API VERSION', 'OBJECTS', 'SUPPORT'], kinds));
    console.log(
      `${files.length} ${files.length === 1 ? 'file is' : 'files are'} valid: ${runs.length} run(s)`,
    );
  },
};

function kindsUsed(runs: readonly LoadedScenario[]): string[][] {
  const counts = new Map<string, number>();
  for (const { objects } of runs)
    for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => {
    const resource = resourceOfKindName(kind);
    const row = resource === undefined ? undefined : resources[resource];
    const support = row?.support === 'simulated' ? 'simulated' : 'stored and watched; nothing acts on it';
    return [kind, row?.apiVersion ?? '', String(count), support];
  });
}
