/** `kubedes compare`: a grid of policies, proxy modes, settings and seeds on all cores, in one table with its certainty. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { CommandModule } from 'yargs';
import {
  type Axes,
  analyse,
  type Comparison,
  type Plan,
  parseSeeds,
  planOf,
  type RunRecord,
  runComparison,
} from '../experiment/compare/index.ts';
import { executorOf } from '../experiment/worker.ts';
import { type LoadedScenario, type Settings, unknownName } from '../scenario/index.ts';
import { printComparison } from './comparison-table.ts';
import { EXIT, UsageError } from './exit.ts';
import { loadRuns } from './inputs.ts';
import { onInterrupt } from './interrupt.ts';
import { isModulePath, withPolicyModule } from './policy-module.ts';
import { showCount } from './progress.ts';
import { loadRegistries } from './registries.ts';

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
  handler: compare,
};

async function compare(argv: CompareArguments): Promise<void> {
  const { fixed, axes } = splitSettings(argv.set);
  const variants = loadRuns([argv.scenario], {
    variants: argv.variant,
    strict: argv.strict,
    settings: { ...fixed, ...firstOf(axes) },
  });
  const loaded = onlyScenario(variants, argv);
  const plan = planOf(axesOf(argv, variants, axes));
  await checkCells(plan, argv, fixed);
  const interrupt = onInterrupt();
  const progress = showCount(loaded.name, argv.json);
  const comparison = await runComparison({
    plan,
    loaded,
    given: { policies: argv.policies !== undefined, proxies: argv.proxies !== undefined },
    settings: fixed,
    modules: moduleTexts(plan),
    folder: resolve(argv.out ?? join('results', loaded.name, 'comparison')),
    workers: Math.max(0, Math.floor(argv.workers)),
    executorOf,
    resume: argv.resume,
    keepRuns: argv['keep-runs'],
    signal: interrupt.signal,
    onRecord: checkMetrics(argv.metric),
    onProgress: progress.update,
  }).finally(progress.stop);
  interrupt.done();
  show(comparison, argv, loaded);
}

function show(comparison: Comparison, argv: CompareArguments, loaded: LoadedScenario): void {
  const analysis = analyse(comparison.plan, comparison.records, argv.metric);
  const folder = argv.out ?? join('results', loaded.name, 'comparison');
  if (argv.json)
    console.log(
      JSON.stringify(
        { folder, ...analysis, failed: comparison.failed, interrupted: comparison.interrupted },
        undefined,
        2,
      ),
    );
  else printComparison(comparison, analysis, loaded.name, folder);
  if (comparison.interrupted) process.exitCode = EXIT.interrupted;
  else if (comparison.failed.length > 0) process.exitCode = EXIT.failed;
}

/** A metric that the first run does not have is a mistake: better told now than after the last run. */
function checkMetrics(wanted: readonly string[] | undefined): (record: RunRecord) => void {
  return ({ metrics }) => {
    const wrong = wanted?.find((name) => !metrics.some(({ metric }) => metric === name));
    if (wrong !== undefined)
      throw unknownName(
        'metric',
        wrong,
        metrics.map(({ metric }) => metric),
      );
  };
}

function onlyScenario(runs: readonly LoadedScenario[], argv: CompareArguments): LoadedScenario {
  const loaded = runs[0];
  if (loaded === undefined) throw new UsageError(`${argv.scenario}: describes no run`);
  if (argv.policies !== undefined && runs.some((run) => run.scenario.scheduler?.config !== undefined))
    throw new UsageError(
      '--policies: the scenario has a scheduler.config of its own; a policy cannot be chosen beside it',
    );
  return loaded;
}

const list = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
];

function axesOf(
  argv: CompareArguments,
  variants: readonly LoadedScenario[],
  settings: Axes['settings'],
): Axes {
  const { scheduler, proxyMode } = variants[0]!.scenario;
  return {
    policies: argv.policies === undefined ? [scheduler?.profile ?? 'default'] : list(argv.policies),
    proxies: argv.proxies === undefined ? [proxyMode] : list(argv.proxies),
    variants: variants.map(({ variant }) => variant),
    settings,
    seeds: seedsOf(argv.seeds),
  };
}

function seedsOf(text: string): string[] {
  try {
    return parseSeeds(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Mistakes in any cell show before the first run; the first combination of settings is loaded already. */
async function checkCells({ cells }: Plan, argv: CompareArguments, fixed: Settings): Promise<void> {
  const { profiles, proxies } = loadRegistries();
  for (const policy of new Set(cells.map((cell) => cell.policy))) {
    if (isModulePath(policy)) await withPolicyModule(loadRegistries(), policy);
    else if (!profiles.has(policy)) throw unknownName('policy', policy, profiles.keys());
  }
  for (const { proxy } of cells)
    if (!proxies.has(proxy)) throw unknownName('proxy mode', proxy, proxies.keys());
  const combinations = new Map(cells.map(({ settings }) => [JSON.stringify(settings), settings]));
  for (const settings of [...combinations.values()].slice(1))
    loadRuns([argv.scenario], { variants: argv.variant, settings: { ...fixed, ...settings } });
}

const moduleTexts = ({ cells }: Plan): string[] =>
  [...new Set(cells.map(({ policy }) => policy))]
    .filter(isModulePath)
    .map((path) => readFileSync(path, 'utf8'));

/** `path=value` holds for all cells; `path=value,value` opens an axis. Commas within brackets or quotes do not count. */
function splitSettings(pairs: readonly string[]): {
  fixed: Settings;
  axes: ReadonlyMap<string, readonly unknown[]>;
} {
  const fixed: Record<string, unknown> = {};
  const axes = new Map<string, readonly unknown[]>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set ${pair}: expected path=value or path=value,value`);
    const path = pair.slice(0, equals);
    const values = splitValues(pair.slice(equals + 1)).map((text): unknown => parseYaml(text));
    if (values.length === 1) fixed[path] = values[0];
    else axes.set(path, values);
  }
  return { fixed, axes };
}

const splitValues = (text: string): string[] =>
  text.match(/(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|'[^']*'|[^,])+/g) ?? [text];

const firstOf = (axes: ReadonlyMap<string, readonly unknown[]>): Settings =>
  Object.fromEntries([...axes].map(([path, values]) => [path, values[0]]));
