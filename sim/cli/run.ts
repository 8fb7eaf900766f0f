/** `kubedes run`: scenarios or plain manifests, from start to CSV and a summary. */
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { CommandModule } from 'yargs';
import { type RunResult, runScenario } from '../experiment/run.ts';
import type { LoadedScenario } from '../scenario/index.ts';
import { printFinalState } from './final-state.ts';
import { loadRuns, parseSettings } from './inputs.ts';
import { showProgress } from './progress.ts';
import { loadRegistries } from './registries.ts';
import { printSummaries } from './summary.ts';

interface RunArguments {
  files: string[];
  seed?: string | undefined;
  out: string;
  set: string[];
  variant?: string[] | undefined;
  strict: boolean;
  quiet: boolean;
  json: boolean;
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <files..>',
  describe: 'Run scenario files, or plain manifests on a default three-node cluster',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Scenario or manifest files',
      })
      .option('seed', { type: 'string', describe: 'Seed, instead of the one in the scenario' })
      .option('out', { type: 'string', default: 'results', describe: 'Folder for the results' })
      .option('set', {
        type: 'string',
        array: true,
        default: [],
        describe: 'path=value: set a field of the scenario',
      })
      .option('variant', { type: 'string', array: true, describe: 'Run only these variants of the scenario' })
      .option('strict', { type: 'boolean', default: false, describe: 'A broken row of a trace is an error' })
      .option('quiet', { type: 'boolean', alias: 'q', default: false, describe: 'No progress, no summary' })
      .option('json', { type: 'boolean', default: false, describe: 'Print manifests and summaries as JSON' })
      .example('$0 run nginx.yaml', 'apply manifests, run until settled, show the final state')
      .example(
        '$0 run scenarios/quick-start.yaml --seed 7 --set cluster.nodes.0.count=100',
        'another seed, a smaller cluster',
      ),
  handler: (argv) => runAll(argv),
};

function runAll(argv: RunArguments): void {
  const { seed, variant: variants, strict } = argv;
  const runs = loadRuns(argv.files, { seed, variants, strict, settings: parseSettings(argv.set, parseYaml) });
  const registries = loadRegistries();
  const results = runs.map((run) => runOne(run, argv, registries));
  if (argv.json) console.log(JSON.stringify(results.map(asJson), undefined, 2));
  else if (!argv.quiet) {
    printSummaries(results);
    if (runs.every((run) => run.stop === 'settled')) for (const result of results) printFinalState(result);
  }
}

function runOne(
  run: LoadedScenario,
  argv: RunArguments,
  registries: ReturnType<typeof loadRegistries>,
): RunResult {
  const progress = showProgress(run.variant ?? run.name, argv.quiet || argv.json);
  const directory = join(argv.out, run.name, runFolder(run));
  try {
    return runScenario(run, registries, { directory, onProgress: progress.update });
  } finally {
    progress.stop();
  }
}

const runFolder = (run: LoadedScenario): string =>
  [run.variant, `seed-${run.seed.replace(/[^\w.-]/g, '_')}`].filter((part) => part !== undefined).join('-');

const asJson = ({ manifest, summary, directory }: RunResult) => ({
  directory,
  manifest,
  summary: Object.fromEntries(summary.map(({ metric, value }) => [metric, value ?? null])),
});
