/** `kubedes validate`: every mistake with its position, and what is done with each kind used. */
import type { CommandModule } from 'yargs';
import { type Diagnostic, resourceOfKindName, resources } from '../api/index.ts';
import { InputError } from '../experiment/errors.ts';
import { loadRuns } from '../library/load-runs.ts';
import type { LoadedScenario } from '../scenario/index.ts';
import { EXIT } from './exit.ts';
import { parseSettings } from './settings.ts';
import { formatTable } from './table.ts';

interface ValidateArguments {
  files: string[];
  set: string[];
  strict: boolean;
  json: boolean;
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
      .option('json', { type: 'boolean', default: false, describe: 'Print kinds and mistakes as JSON' })
      .example('$0 validate scenarios/*.yaml', 'list every mistake in all scenarios'),
  handler: (argv) => (argv.json ? printJson(argv) : print(argv)),
};

const runsOf = (
  { files, set, strict }: ValidateArguments,
  warn?: (warnings: readonly Diagnostic[]) => void,
): LoadedScenario[] => loadRuns(files, { strict, settings: parseSettings(set) }, warn);

function print(argv: ValidateArguments): void {
  const runs = runsOf(argv);
  const kinds = kindsUsed(runs).map(({ kind, apiVersion, objects, actedOnBy }) => [
    kind,
    apiVersion,
    String(objects),
    actedOnBy,
  ]);
  if (kinds.length > 0) console.log(formatTable(['KIND', 'API VERSION', 'OBJECTS', 'ACTED ON BY'], kinds));
  const count = argv.files.length;
  console.log(`${count} ${count === 1 ? 'file is' : 'files are'} valid: ${runs.length} run(s)`);
}

/** Mistakes are what is asked for here, so they go to stdout too. */
function printJson(argv: ValidateArguments): void {
  const found: Diagnostic[] = [];
  let runs: LoadedScenario[] = [];
  try {
    runs = runsOf(argv, (warnings) => found.push(...warnings));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.push(...error.diagnostics);
    process.exitCode = EXIT.usage;
  }
  console.log(
    JSON.stringify({ runs: runs.length, kinds: kindsUsed(runs), diagnostics: found }, undefined, 2),
  );
}

interface KindUsed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly objects: number;
  readonly actedOnBy: string;
}

function kindsUsed(runs: readonly LoadedScenario[]): KindUsed[] {
  const counts = new Map<string, number>();
  for (const { objects } of runs)
    for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, objects]) => {
    const resource = resourceOfKindName(kind);
    const row = resource === undefined ? undefined : resources[resource];
    const actedOnBy = row?.actedOnBy ?? 'nobody: stored and watched';
    return { kind, apiVersion: row?.apiVersion ?? '', objects, actedOnBy };
  });
}
