/** Profiles that scenarios and `--policies` choose by name: what each changes of the default profile. */
import { isRecord } from '../../api/index.ts';
import { DEFAULT_SCHEDULER_NAME, type PluginSets, type SchedulerProfile } from '../framework/profile.ts';
import { mergePlugins } from './merge-plugins.ts';

export interface NamedProfile {
  /** One line for people: which node a pod gets, or which pod comes first. */
  readonly meaning: string;
  /** Paper, book or component that the rule is from. */
  readonly source: string;
  /** Laid over the default profile's sets. */
  readonly plugins?: PluginSets | undefined;
  /** Plugin name → its arguments. */
  readonly pluginConfig?: ReadonlyMap<string, unknown> | undefined;
  readonly percentageOfNodesToScore?: number | undefined;
}

export type NamedProfiles = ReadonlyMap<string, NamedProfile>;

/** Arguments given from outside, by plugin; fields not given stay the profile's. */
export type PluginArguments = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The profile a scheduler runs; `given` may name plugins that the profile does not have. */
export function profileNamed(
  { plugins, pluginConfig, percentageOfNodesToScore }: NamedProfile,
  defaults: PluginSets,
  given: PluginArguments = {},
): SchedulerProfile {
  const config = new Map(pluginConfig);
  for (const [plugin, args] of Object.entries(given)) {
    const own = config.get(plugin);
    config.set(plugin, isRecord(own) ? { ...own, ...args } : args);
  }
  return {
    schedulerName: DEFAULT_SCHEDULER_NAME,
    percentageOfNodesToScore,
    plugins: mergePlugins(defaults, plugins ?? {}),
    pluginConfig: config,
  };
}
