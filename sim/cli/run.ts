/** `kubedes run`: scenarios or plain manifests, from start to CSV and a summary. */
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { toSeconds } from '../engine/index.ts';
import { UsageError } from '../experiment/errors.ts';
import { fileName } from '../experiment/file-name.ts';
import { withOwnPolicy } from '../experiment/policy-module.ts';
import { type ActiveRun, type RunResult, startRun } from '../experiment/run.ts';
import { loadRuns } from '../library/load-runs.ts';
import { loadRegistries } from '../registries.ts';
import type { LoadedScenario, Registries } from '../scenario/index.ts';
import { Interrupted } from './exit.ts';
import { printFinalState } from './final-state.ts';
import { type Interrupt, onInterrupt } from './interrupt.ts';
import { profileTable, type RoomShare, startProfile } from './profile.ts';
import { showProgress } from './progress.ts';
import { parseSettings } from './settings.ts';
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
  profile: boolean;
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
      .option('profile', {
        type: 'boolean',
        default: false,
        describe: 'Print which parts of the simulator the time was spent in',
      })
      .example('$0 run nginx.yaml', 'apply manifests, run until settled, show the final state')
      .example(
        '$0 run scenarios/quick-start.yaml --seed 7 --set cluster.nodes.0.count=100',
        'another seed, a smaller cluster',
      )
      .example('$0 run scenarios/quick-start.yaml --profile', 'and where its time went'),
  handler: (argv) => runAll(argv),
};

async function runAll(argv: RunArguments): Promise<void> {
  const { seed, variant: variants, strict } = argv;
  const runs = loadRuns(argv.files, { seed, variants, strict, settings: parseSettings(argv.set) });
  checkFolders(runs, argv.out);
  const profiler = argv.profile ? startProfile() : undefined;
  const results = await runEach(runs, argv);
  const profile = profiler?.stop();
  if (argv.json)
    console.log(
      JSON.stringify(
        results.map((result) => asJson(result, profile)),
        undefined,
        2,
      ),
    );
  else if (!argv.quiet) {
    printSummaries(results);
    if (runs.every((run) => run.stop === 'settled')) for (const result of results) printFinalState(result);
    if (profile !== undefined) console.log(profileTable(profile));
  }
}

async function runEach(runs: readonly LoadedScenario[], argv: RunArguments): Promise<RunResult[]> {
  const registries = loadRegistries();
  const interrupt = onInterrupt();
  const results: RunResult[] = [];
  try {
    for (const run of runs) {
      const own = await withOwnPolicy(run, registries);
      results.push(await runOne(own.loaded, argv, own.registries, interrupt));
    }
  } catch (error) {
    if (error instanceof Interrupted) error.message += finishedBefore(results);
    throw error;
  } finally {
    interrupt.done();
  }
  return results;
}

async function runOne(
  loaded: LoadedScenario,
  argv: RunArguments,
  registries: Registries,
  interrupt: Interrupt,
): Promise<RunResult> {
  const progress = showProgress(loaded.variant ?? loaded.name, argv.quiet || argv.json);
  const directory = runFolder(loaded, argv.out);
  try {
    const run = startRun(loaded, registries, { directory, onProgress: progress.update });
    while (!run.advance()) {
      // Signals arrive here.
      await setImmediate();
      if (interrupt.signal.aborted) throw interrupted(run, toSeconds(loaded.horizon), interrupt.exitCode);
    }
    return run.finish();
  } finally {
    progress.stop();
  }
}

function interrupted(run: ActiveRun, horizonSeconds: number, exitCode: number): Interrupted {
  run.abandon();
  const { simulatedSeconds, partialDirectory } = run;
  return new Interrupted(
    `at ${simulatedSeconds} s of ${horizonSeconds} s; the result in ${partialDirectory} is incomplete`,
    exitCode,
  );
}

const finishedBefore = (results: readonly RunResult[]): string =>
  results.map(({ directory }) => `\ncomplete: ${directory}`).join('');

const runFolder = ({ name, variant, seed }: LoadedScenario, out: string): string =>
  join(out, name, fileName([...(variant === undefined ? [] : [variant]), `seed-${seed}`]));

/** Two results in one folder would be one: the second. Throws UsageError. */
function checkFolders(runs: readonly LoadedScenario[], out: string): void {
  const owners = new Map<string, LoadedScenario>();
  for (const run of runs) {
    const folder = runFolder(run, out);
    const other = owners.get(folder);
    if (other !== undefined)
      throw new UsageError(
        `${entryOf(other)} and ${entryOf(run)}: both results would be ${folder}; expected another metadata.name or seed in one of them, or a run with another --out`,
      );
    owners.set(folder, run);
  }
}

const entryOf = ({ inputs }: LoadedScenario): string =>
  relative(process.cwd(), inputs.keys().next().value ?? '');

/** `profile` is that of all runs together. */
const asJson = (
  { manifest, summary, withoutMetrics, directory }: RunResult,
  profile: readonly RoomShare[] | undefined,
) => ({
  directory,
  manifest,
  summary: Object.fromEntries(summary.map(({ metric, value }) => [metric, value ?? null])),
  withoutMetrics,
  profile,
});
