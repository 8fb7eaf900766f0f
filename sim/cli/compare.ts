/** `kubedes compare`: a grid of policies, proxy modes, settings and seeds on all cores, in one table with its certainty. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { OptionError, UsageError } from '../experiment/errors.ts';
import { type CompareResult, compare } from '../library/compare.ts';
import { printComparison } from './comparison-table.ts';
import { EXIT } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { showCount } from './progress.ts';
import { splitSettings } from './settings.ts';

interface CompareArguments {
  scenario: string;
  policies?: string | undefined;
  proxies?: string | undefined;
  seeds: string;
  set: string[];
  variant?: string[] | undefined;
  metric?: string[] | undefined;
  out?: string | undefined;
  strict: boolean;
  resume: boolean;
  'keep-runs': boolean;
  workers: number;
  json: boolean;
}

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <scenario>',
  describe: 'Run a scenario under several policies, proxy modes, settings and seeds, and compare',
  builder: (yargs) =>
    yargs
      .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file' })
      .option('policies', {
        type: 'string',
        describe: 'Profiles or policy modules, separated by commas; the first is the baseline',
      })
      .option('proxies', { type: 'string', describe: 'kube-proxy modes, separated by commas' })
      .option('seeds', { type: 'string', default: '1..10', describe: 'Seeds: 1..20 or 1,2,7..9' })
      .option('set', {
        type: 'string',
        array: true,
        default: [],
        describe: 'path=value, or path=value,value to compare values',
      })
      .option('variant', { type: 'string', array: true, describe: 'Only these variants of the scenario' })
      .option('metric', { type: 'string', array: true, describe: 'Metrics to show; the CSV file has all' })
      .option('out', {
        type: 'string',
        describe: 'Folder for the results  [default: results/<scenario>/comparison]',
      })
      .option('strict', { type: 'boolean', default: false, describe: 'A broken row of a trace is an error' })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'Take finished runs of an earlier call',
      })
      .option('keep-runs', { type: 'boolean', default: false, describe: 'Keep all CSV files of every run' })
      .option('workers', {
        type: 'number',
        default: availableParallelism(),
        describe: 'Worker threads; 0: none',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the comparison as JSON' })
      .example(
        '$0 compare scenarios/quick-start.yaml --policies default,most-allocated --seeds 1..20',
        'two policies',
      )
      .example(
        '$0 compare s.yaml --proxies iptables,ipvs --set cluster.nodes.0.count=10,100',
        'two proxy modes, two sizes',
      ),
  handler: compareAndShow,
};

async function compareAndShow(argv: CompareArguments): Promise<void> {
  const { fixed, axes } = splitSettings(argv.set);
  const interrupt = onInterrupt();
  const progress = showCount(argv.json);
  const result = await compare({
    scenario: argv.scenario,
    policies: argv.policies === undefined ? undefined : list(argv.policies),
    proxies: argv.proxies === undefined ? undefined : list(argv.proxies),
    variants: argv.variant,
    settings: fixed,
    axes,
    seeds: argv.seeds,
    metrics: argv.metric,
    folder: (scenario) => argv.out ?? join('results', scenario, 'comparison'),
    resume: argv.resume,
    keepRuns: argv['keep-runs'],
    strict: argv.strict,
    workers: argv.workers,
    signal: interrupt.signal,
    onProgress: progress.update,
  })
    .catch(withFlag)
    .finally(() => {
      progress.stop();
      interrupt.done();
    });
  show(result, argv.json);
  if (result.interrupted) process.exitCode = interrupt.exitCode;
  else if (result.failed.length > 0) process.exitCode = EXIT.failed;
}

function show(result: CompareResult, json: boolean): void {
  const { scenario, folder, analysis, failed, interrupted } = result;
  if (json)
    console.log(
      JSON.stringify({ format: 1, scenario, folder, ...analysis, failed, interrupted }, undefined, 2),
    );
  else printComparison(result);
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** Options of the library that the command spells otherwise. */
const FLAGS: Readonly<Record<string, string>> = { variants: 'variant', axes: 'set', metrics: 'metric' };

function withFlag(error: unknown): never {
  if (!(error instanceof OptionError)) throw error;
  throw new UsageError(`--${FLAGS[error.option] ?? error.option}: ${error.problem}`);
}
