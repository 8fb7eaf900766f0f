/**
 * `compare`: scenario variants × settings × policies × proxy modes × seeds on all cores, as rows and as statistics. The command
 * of that name shows what it returns.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type Diagnostic, formatDiagnostic } from '../api/index.ts';
import {
  type Analysis,
  analyse,
  type Base,
  type Comparison,
  type ComparisonRow,
  checkNamedOnce,
  combinations,
  comparisonRows,
  type Plan,
  type PolicyFiles,
  parseSeeds,
  planOf,
  type RunRecord,
  runComparison,
  type SettingAxes,
} from '../experiment/compare/index.ts';
import { diskFiles, noSuchFile } from '../experiment/disk-files.ts';
import { InputError, OptionError, UsageError } from '../experiment/errors.ts';
import { moduleFiles } from '../experiment/module-files.ts';
import { findPolicyModule, withPolicyFiles } from '../experiment/policy-module.ts';
import { executorOf } from '../experiment/worker.ts';
import { loadRegistries } from '../registries.ts';
import {
  isModulePath,
  isScenarioText,
  type LoadedScenario,
  loadScenario,
  RecordingFiles,
  type Settings,
  unknownName,
} from '../scenario/index.ts';
import { printWarnings } from './load-runs.ts';

export interface CompareOptions {
  /** Path of the scenario file. */
  readonly scenario: string;
  /** Profiles or paths of policy modules; the scenario's own if absent. */
  readonly policies?: readonly string[] | undefined;
  /** kube-proxy modes; the scenario's own if absent. */
  readonly proxies?: readonly string[] | undefined;
  /** Variants of the scenario; all of them if absent. */
  readonly variants?: readonly string[] | undefined;
  /** Settings of all runs: path → value. */
  readonly settings?: Settings | undefined;
  /** Settings that differ between runs: path → values. */
  readonly axes?: SettingAxes | undefined;
  /** `1..20`, `1,2,7..9` or `a,b`; `1..10` if absent. */
  readonly seeds?: string | undefined;
  /** Metrics to analyse; if absent, those that are good or bad and not the same in all runs. Rows have all. */
  readonly metrics?: readonly string[] | undefined;
  /** For comparison.csv, comparison.json, records and inputs; made of the scenario's name if a function. Nothing is written if absent. */
  readonly folder?: string | ((scenario: string) => string) | undefined;
  /** Take finished runs that an earlier call left in the folder. */
  readonly resume?: boolean | undefined;
  /** Keep all CSV files of every run in the folder. */
  readonly keepRuns?: boolean | undefined;
  /** A broken row of a trace is an error. */
  readonly strict?: boolean | undefined;
  /** Worker threads, 0 for this thread alone; as many as there are cores if absent. */
  readonly workers?: number | undefined;
  /** Stops at once; finished runs are in the result, and in the folder. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((scenario: string, done: number, total: number) => void) | undefined;
  /** Gets what is only odd in the scenario; goes to stderr if absent. */
  readonly warn?: ((warnings: readonly Diagnostic[]) => void) | undefined;
}

export interface CompareResult extends Comparison {
  /** Name of the scenario. */
  readonly scenario: string;
  readonly folder: string | undefined;
  /** As in comparison.csv. */
  readonly rows: readonly ComparisonRow[];
  /** Per metric: mean and confidence interval of each cell, and its paired difference from the first. */
  readonly analysis: Analysis;
}

/**
 * Throws InputError with all mistakes in the scenario, UsageError, UnknownName or PolicyModuleError for other wrong options,
 * all before the first run except for an unknown metric, which comes with it. A run that breaks off is in `failed`.
 */
export async function compare(options: CompareOptions): Promise<CompareResult> {
  const { policies, proxies, variants, axes, settings = {}, metrics, signal, onProgress } = options;
  checkNamedOnce('metrics', metrics);
  const bases = loadBases(options);
  const plan = planOf({
    policies: given('policies', policies),
    proxies: given('proxies', proxies),
    variants,
    axes,
    bases: bases.map(baseOf),
    seeds: parseSeeds(options.seeds ?? '1..10'),
  });
  const scenarioFile = policies === undefined ? bases[0]!.loaded.inputs.keys().next().value : undefined;
  const modules = modulesOf(plan, scenarioFile);
  await checkNames(plan, modules);
  const scenario = bases[0]!.loaded.name;
  const folder = typeof options.folder === 'function' ? options.folder(scenario) : options.folder;
  const comparison = await runComparison({
    plan,
    scenario,
    inputs: new Map(bases.flatMap(({ loaded }) => [...loaded.inputs])),
    given: { policies: policies !== undefined, proxies: proxies !== undefined },
    settings,
    modules,
    folder: folder === undefined ? undefined : resolve(folder),
    workers: checkedWorkers(options.workers ?? availableParallelism()),
    executorOf,
    resume: options.resume === true,
    keepRuns: options.keepRuns === true,
    signal,
    onRecord: checkMetrics(metrics),
    onProgress: onProgress && ((done, total) => onProgress(scenario, done, total)),
  });
  const { records } = comparison;
  const rows = comparisonRows(plan, records);
  return { ...comparison, scenario, folder, rows, analysis: analyse(plan, records, metrics) };
}

function checkedWorkers(workers: number): number {
  if (Number.isInteger(workers) && workers >= 0) return workers;
  throw new OptionError('workers', `${workers}: expected a whole number from 0 on`);
}

function given(name: string, values: readonly string[] | undefined): readonly string[] | undefined {
  if (values?.length === 0) throw new OptionError(name, 'expected one at least');
  return values;
}

interface LoadedBase {
  readonly loaded: LoadedScenario;
  readonly settings: Settings;
}

/** Every variant with every combination of settings: mistakes in any of them show before the first run, each once. */
function loadBases(options: CompareOptions): LoadedBase[] {
  const { scenario, variants, settings: fixed, axes = {}, strict, warn = printWarnings } = options;
  const file = resolve(scenario);
  const source = new RecordingFiles(diskFiles);
  const text = source.read(file);
  if (text === undefined) throw noSuchFile(scenario);
  if (!isScenarioText(text))
    throw new UsageError(`${scenario}: not a scenario; only scenarios can be compared`);
  const diagnostics = new Map<string, Diagnostic>();
  const bases = combinations(axes).flatMap((settings) => {
    const load = loadScenario(file, source, {
      registries: loadRegistries(),
      variants,
      strict,
      settings: { ...fixed, ...settings },
    });
    for (const diagnostic of load.diagnostics) diagnostics.set(formatDiagnostic(diagnostic), diagnostic);
    return load.runs.map((loaded) => ({ loaded, settings }));
  });
  const found = [...diagnostics.values()];
  if (found.some(({ severity }) => severity === 'error')) throw new InputError(found);
  if (found.length > 0) warn(found);
  if (bases.length === 0) throw new UsageError(`${scenario}: describes no run`);
  for (const { loaded } of bases) checkConflicts(loaded, options);
  return bases;
}

/** What the scenario or its variant settles itself cannot be an axis. */
function checkConflicts(
  { scenario, variant }: LoadedScenario,
  { policies, proxies, axes = {} }: CompareOptions,
): void {
  if (policies !== undefined && scenario.scheduler?.config !== undefined)
    throw new OptionError(
      'policies',
      'the scenario has a scheduler.config of its own; no policy can be chosen beside it',
    );
  const set = Object.keys(scenario.variants?.find(({ name }) => name === variant)?.set ?? {});
  const wanted = [
    ...(policies === undefined ? [] : [['policies', 'scheduler.profile'] as const]),
    ...(proxies === undefined ? [] : [['proxies', 'proxyMode'] as const]),
    ...Object.keys(axes).map((path) => ['axes', path] as const),
  ];
  for (const [option, path] of wanted)
    if (set.some((own) => `${path}.`.startsWith(`${own}.`) || `${own}.`.startsWith(`${path}.`)))
      throw new OptionError(
        option,
        `${path} is set by variant ${variant} of the scenario (without this option the variants are compared)`,
      );
}

const baseOf = ({ loaded: { scenario, variant }, settings }: LoadedBase): Base => ({
  policy: scenario.scheduler?.profile ?? 'default',
  proxy: scenario.proxyMode,
  variant,
  settings,
});

async function checkNames({ cells }: Plan, modules: PolicyFiles): Promise<void> {
  const registries = loadRegistries();
  const { profiles, proxies } = registries;
  for (const policy of new Set(cells.map((cell) => cell.policy))) {
    const files = modules.get(policy);
    if (files !== undefined) await withPolicyFiles(registries, policy, files);
    else if (!profiles.has(policy)) throw unknownName('policy', policy, profiles.keys());
  }
  for (const { proxy } of cells)
    if (!proxies.has(proxy)) throw unknownName('proxy mode', proxy, proxies.keys());
}

/** `scenarioFile`: where paths of policies are from, if not from the command line. */
const modulesOf = ({ cells }: Plan, scenarioFile: string | undefined): PolicyFiles =>
  new Map(
    cells
      .map(({ policy }) => policy)
      .filter(isModulePath)
      .map((path) => [path, moduleFiles(findPolicyModule(path, scenarioFile))]),
  );

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
