/** `kubedes compare`: a grid of policies, proxy modes, settings and seeds on all cores, in one table with its certainty. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { CommandModule } from 'yargs';
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';
import {
  analyse,
  type Base,
  type Comparison,
  combinations,
  type Plan,
  parseSeeds,
  planOf,
  type RunRecord,
  runComparison,
} from '../experiment/compare/index.ts';
import { findPolicyModule, withPolicyModule } from '../experiment/policy-module.ts';
import { executorOf } from '../experiment/worker.ts';
import { loadRegistries } from '../registries.ts';
import {
  isModulePath,
  isScenarioText,
  type LoadedScenario,
  loadScenario,
  type Settings,
  unknownName,
} from '../scenario/index.ts';
import { printComparison } from './comparison-table.ts';
import { EXIT, InputError, UsageError } from './exit.ts';
import { diskFiles, noSuchFile } from './inputs.ts';
import { onInterrupt } from './interrupt.ts';
import { showCount } from './progress.ts';

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
  const bases = loadBases(argv, fixed, axes);
  const plan = planOf({
    policies: argv.policies === undefined ? undefined : list(argv.policies),
    proxies: argv.proxies === undefined ? undefined : list(argv.proxies),
    bases: bases.map(baseOf),
    seeds: seedsOf(argv.seeds),
  });
  const scenarioFile = argv.policies === undefined ? bases[0]!.loaded.inputs.keys().next().value : undefined;
  await checkNames(plan, scenarioFile);
  const scenario = bases[0]!.loaded.name;
  const folder = argv.out ?? join('results', scenario, 'comparison');
  const interrupt = onInterrupt();
  const progress = showCount(scenario, argv.json);
  const comparison = await runComparison({
    plan,
    scenario,
    inputs: new Map(bases.flatMap(({ loaded }) => [...loaded.inputs])),
    given: { policies: argv.policies !== undefined, proxies: argv.proxies !== undefined },
    settings: fixed,
    modules: moduleTexts(plan, scenarioFile),
    folder: resolve(folder),
    workers: Math.max(0, Math.floor(argv.workers)),
    executorOf,
    resume: argv.resume,
    keepRuns: argv['keep-runs'],
    signal: interrupt.signal,
    onRecord: checkMetrics(argv.metric),
    onProgress: progress.update,
  }).finally(progress.stop);
  interrupt.done();
  show(comparison, argv, scenario, folder);
}

function show(comparison: Comparison, argv: CompareArguments, scenario: string, folder: string): void {
  const analysis = analyse(comparison.plan, comparison.records, argv.metric);
  if (argv.json)
    console.log(
      JSON.stringify(
        {
          format: 1,
          scenario,
          folder,
          ...analysis,
          failed: comparison.failed,
          interrupted: comparison.interrupted,
        },
        undefined,
        2,
      ),
    );
  else printComparison(comparison, analysis, scenario, folder);
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

interface LoadedBase {
  readonly loaded: LoadedScenario;
  readonly settings: Settings;
}

/** Every variant with every combination of settings: mistakes in any of them show before the first run, each once. */
function loadBases(
  argv: CompareArguments,
  fixed: Settings,
  axes: ReadonlyMap<string, readonly unknown[]>,
): LoadedBase[] {
  const file = resolve(argv.scenario);
  const text = diskFiles.read(file);
  if (text === undefined) throw noSuchFile(argv.scenario);
  if (!isScenarioText(text))
    throw new UsageError(`${argv.scenario}: not a scenario; only scenarios can be compared`);
  const diagnostics = new Map<string, Diagnostic>();
  const bases = combinations(axes).flatMap((settings) => {
    const load = loadScenario(file, diskFiles, {
      registries: loadRegistries(),
      variants: argv.variant,
      strict: argv.strict,
      settings: { ...fixed, ...settings },
    });
    for (const diagnostic of load.diagnostics) diagnostics.set(formatDiagnostic(diagnostic), diagnostic);
    return load.runs.map((loaded) => ({ loaded, settings }));
  });
  const found = [...diagnostics.values()];
  if (found.some(({ severity }) => severity === 'error')) throw new InputError(found);
  if (found.length > 0) console.error([...diagnostics.keys()].join('\n'));
  if (bases.length === 0) throw new UsageError(`${argv.scenario}: describes no run`);
  for (const { loaded } of bases) checkConflicts(loaded, argv, [...axes.keys()]);
  return bases;
}

/** What the scenario or its variant settles itself cannot be an axis. */
function checkConflicts(
  { scenario, variant }: LoadedScenario,
  argv: CompareArguments,
  axes: readonly string[],
): void {
  if (argv.policies !== undefined && scenario.scheduler?.config !== undefined)
    throw new UsageError(
      '--policies: the scenario has a scheduler.config of its own; no policy can be chosen beside it',
    );
  const set = Object.keys(scenario.variants?.find(({ name }) => name === variant)?.set ?? {});
  const wanted = [
    ...(argv.policies === undefined ? [] : ['scheduler.profile']),
    ...(argv.proxies === undefined ? [] : ['proxyMode']),
    ...axes,
  ];
  const both = wanted.find((path) =>
    set.some((own) => `${path}.`.startsWith(`${own}.`) || `${own}.`.startsWith(`${path}.`)),
  );
  if (both !== undefined)
    throw new UsageError(
      `${both} is set by variant ${variant} of the scenario; to compare the variants: kubedes compare ${argv.scenario}`,
    );
}

const baseOf = ({ loaded: { scenario, variant }, settings }: LoadedBase): Base => ({
  policy: scenario.scheduler?.profile ?? 'default',
  proxy: scenario.proxyMode,
  variant,
  settings,
});

const list = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
];

function seedsOf(text: string): string[] {
  try {
    return parseSeeds(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `scenarioFile`: where paths of policies are from, if not from the command line. */
async function checkNames({ cells }: Plan, scenarioFile: string | undefined): Promise<void> {
  const { profiles, proxies } = loadRegistries();
  for (const policy of new Set(cells.map((cell) => cell.policy))) {
    if (isModulePath(policy)) await withPolicyModule(loadRegistries(), policy, scenarioFile);
    else if (!profiles.has(policy)) throw unknownName('policy', policy, profiles.keys());
  }
  for (const { proxy } of cells)
    if (!proxies.has(proxy)) throw unknownName('proxy mode', proxy, proxies.keys());
}

const moduleTexts = ({ cells }: Plan, scenarioFile: string | undefined): string[] =>
  [...new Set(cells.map(({ policy }) => policy))]
    .filter(isModulePath)
    .map((path) => readFileSync(findPolicyModule(path, scenarioFile), 'utf8'));

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
