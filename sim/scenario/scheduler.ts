/** The scheduler's configuration: a KubeSchedulerConfiguration document, or a named profile. */
import {
  defaultConfiguration,
  profileNamed,
  readConfiguration,
  type SchedulerConfiguration,
} from '../scheduler/index.ts';
import type { LoadedScenario } from './load.ts';
import { type Registries, unknownName } from './registries.ts';

/** Throws ConfigurationError for a document that is wrong, UnknownName for a profile or plugin that does not exist. */
export function schedulerConfiguration(
  loaded: LoadedScenario,
  registries: Registries,
): SchedulerConfiguration {
  const { plugins, defaultPlugins, profiles } = registries;
  if (loaded.schedulerConfig !== undefined)
    return readConfiguration(loaded.schedulerConfig, defaultPlugins, plugins.keys());
  const { profile: name = 'default', pluginConfig = {} } = loaded.scenario.scheduler ?? {};
  const named = profiles.get(name);
  if (named === undefined) throw unknownName('profile', name, profiles.keys());
  for (const plugin of Object.keys(pluginConfig))
    if (!plugins.has(plugin)) throw unknownName('plugin', plugin, plugins.keys());
  return {
    ...defaultConfiguration(defaultPlugins),
    profiles: [profileNamed(named, defaultPlugins, pluginConfig)],
  };
}
