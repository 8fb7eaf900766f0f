/**
 * `KubeSchedulerConfiguration`, kubescheduler.config.k8s.io/v1, read as the real scheduler reads it (Kubernetes v1.36,
 * `pkg/scheduler/apis/config`). Mistakes are collected with their paths.
 */
import { type Duration, seconds } from '../../engine/index.ts';
import type { PluginRegistry } from '../framework/interface.ts';
import { DEFAULT_SCHEDULER_NAME, type PluginSets, type SchedulerProfile } from '../framework/profile.ts';
import { ArgsReader, ConfigurationError, type ConfigurationProblem } from './args.ts';
import { mergePlugins } from './merge-plugins.ts';
import { checkPlugin, readPluginSets } from './plugin-sets.ts';
import { profileProblems } from './profile-check.ts';

export const CONFIGURATION_API = 'kubescheduler.config.k8s.io/v1';
export const CONFIGURATION_KIND = 'KubeSchedulerConfiguration';

export interface SchedulerConfiguration {
  readonly profiles: readonly SchedulerProfile[];
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly initialBackoff: Duration;
  readonly maxBackoff: Duration;
  /** Requests per second to the API server, and how many at once. */
  readonly qps: number;
  readonly burst: number;
}

/** What is there without a configuration file: client limits and backoffs of v1.36's defaults.go. */
export function defaultConfiguration(defaults: PluginSets): SchedulerConfiguration {
  return {
    profiles: [
      {
        schedulerName: DEFAULT_SCHEDULER_NAME,
        plugins: mergePlugins(defaults, {}),
        pluginConfig: new Map(),
      },
    ],
    percentageOfNodesToScore: 0,
    initialBackoff: seconds(1),
    maxBackoff: seconds(10),
    qps: 50,
    burst: 100,
  };
}

/** Read by the real scheduler, without effect on the simulation. */
const WITHOUT_EFFECT = [
  'parallelism',
  'leaderElection',
  'enableProfiling',
  'enableContentionProfiling',
  'delayCacheUntilActive',
];

/** Reads a document. Throws ConfigurationError with everything that is wrong in it, short of plugin arguments. */
export function readConfiguration(
  document: unknown,
  defaults: PluginSets,
  knownPlugins: Iterable<string>,
): SchedulerConfiguration {
  const problems: ConfigurationProblem[] = [];
  const configuration = readInto(problems, document, defaults, knownPlugins);
  const errors = problems.filter(({ warning }) => warning !== true);
  if (errors.length > 0) throw new ConfigurationError(errors);
  return configuration;
}

/** Everything that is wrong in a document, plugin arguments included; by path as far as they were read. */
export function configurationProblems(
  document: unknown,
  defaults: PluginSets,
  registry: PluginRegistry,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const { profiles } = readInto(problems, document, defaults, registry.keys());
  // A plugin that does not exist has been named already.
  for (const [i, profile] of profiles.entries())
    for (const problem of profileProblems(profile, registry, `profiles[${i}]`))
      if (!problems.some(({ path }) => path === problem.path)) problems.push(problem);
  return problems;
}

function readInto(
  problems: ConfigurationProblem[],
  document: unknown,
  defaults: PluginSets,
  knownPlugins: Iterable<string>,
): SchedulerConfiguration {
  const args = new ArgsReader(document, '', problems);
  checkType(args);
  for (const field of WITHOUT_EFFECT) args.raw(field);
  if (args.objects('extenders').length > 0)
    args.report('extenders', 'scheduler extenders are not simulated; write the policy as a plugin');
  const connection = args.object('clientConnection');
  const known = new Set(knownPlugins);
  const listed = args.objects('profiles');
  const read = listed.map((profile) => readProfile(profile, defaults, known));
  const initial = args.integer('podInitialBackoffSeconds', 1, 1);
  const max = args.integer('podMaxBackoffSeconds', Math.max(10, initial), 1);
  if (max < initial)
    args.report(
      'podMaxBackoffSeconds',
      `Invalid value: ${max}: must be greater than or equal to PodInitialBackoffSeconds`,
    );
  checkNames(read, args);
  const result = {
    profiles: read.length > 0 ? read : defaultConfiguration(defaults).profiles,
    percentageOfNodesToScore: args.integer('percentageOfNodesToScore', 0, 0, 100),
    initialBackoff: seconds(initial),
    maxBackoff: seconds(max),
    qps: positive(connection, 'qps', 50),
    burst: positive(connection, 'burst', 100),
  };
  args.unknownFields();
  return result;
}

function positive(args: ArgsReader | undefined, field: string, absent: number): number {
  const value = args?.raw(field);
  if (args === undefined || value === undefined) return absent;
  if (typeof value === 'number' && value > 0) return value;
  args.report(field, `expected a number above 0, found ${JSON.stringify(value)}`);
  return absent;
}

function checkType(args: ArgsReader): void {
  expect(args, 'kind', CONFIGURATION_KIND);
  expect(args, 'apiVersion', CONFIGURATION_API);
}

function expect(args: ArgsReader, field: string, wanted: string): void {
  const found = args.raw(field);
  if (found === wanted) return;
  const old =
    typeof found === 'string' && /^kubescheduler\.config\.k8s\.io\/v\d+(alpha|beta)\d+$/.test(found);
  args.report(
    field,
    `expected ${wanted}, found ${JSON.stringify(found) ?? 'nothing'}`,
    old ? 'Kubernetes v1.36 no longer reads this version; v1 has taken its place' : undefined,
  );
}

function checkNames(profiles: readonly SchedulerProfile[], args: ArgsReader): void {
  const seen = new Map<string, number>();
  for (const [i, { schedulerName, plugins }] of profiles.entries()) {
    const first = seen.get(schedulerName);
    if (first !== undefined)
      args.report(
        `profiles[${i}].schedulerName`,
        `Duplicate value: "${schedulerName}", as in profiles[${first}]`,
      );
    else seen.set(schedulerName, i);
    const sort = (sets: PluginSets): string => (sets.queueSort?.enabled ?? []).map(({ name }) => name).join();
    if (sort(plugins) !== sort(profiles[0]!.plugins))
      args.report(`profiles[${i}].plugins.queueSort`, 'queueSort must be the same in all profiles');
  }
}

function readProfile(args: ArgsReader, defaults: PluginSets, known: ReadonlySet<string>): SchedulerProfile {
  const schedulerName = args.text('schedulerName', DEFAULT_SCHEDULER_NAME);
  if (schedulerName === '') args.report('schedulerName', 'Required value');
  const percentage = args.has('percentageOfNodesToScore')
    ? args.integer('percentageOfNodesToScore', 0, 0, 100)
    : undefined;
  const plugins = mergePlugins(defaults, readPluginSets(args.object('plugins'), known));
  const pluginConfig = readPluginConfig(args, known);
  args.unknownFields();
  return { schedulerName, percentageOfNodesToScore: percentage, plugins, pluginConfig };
}

function readPluginConfig(profile: ArgsReader, known: ReadonlySet<string>): ReadonlyMap<string, unknown> {
  const config = new Map<string, unknown>();
  for (const entry of profile.objects('pluginConfig')) {
    const name = entry.text('name', '');
    if (config.has(name)) entry.report('name', `Duplicate value: "${name}"`);
    checkPlugin(entry, name, known);
    const args = entry.object('args');
    if (args?.has('kind') === true) expect(args, 'kind', `${name}Args`);
    if (args?.has('apiVersion') === true) expect(args, 'apiVersion', CONFIGURATION_API);
    config.set(name, entry.raw('args'));
    entry.unknownFields();
  }
  return config;
}
