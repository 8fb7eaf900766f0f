/** The scheduler's configuration: a KubeSchedulerConfiguration document, or a named profile. */
import { defaultConfiguration, readConfiguration, type SchedulerConfiguration } from '../scheduler/index.ts';
import type { LoadedScenario } from './load.ts';
import { type Registries, unknownName } from './registries.ts';

/** Throws ConfigurationError for a document that is wrong, UnknownName for a profile that does not exist. */
export function schedulerConfiguration(
  loaded: LoadedScenario,
  registries: Registries,
): SchedulerConfiguration {
  const { plugins, defaultPlugins, profiles } = registries;
  if (loaded.schedulerConfig !== undefined)
    return readConfiguration(loaded.schedulerConfig, defaultPlugins, plugins.keys());
  const name = loaded.scenario.scheduler?.profile ?? 'default';
  const pluginConfig = profiles.get(name);
  if (pluginConfig === undefined) throw unknownName('profile', name, profiles.keys());
  const configuration = defaultConfiguration(defaultPlugins);
  return {
    ...configuration,
    profiles: configuration.profiles.map((profile) => ({ ...profile, pluginConfig })),
  };
}
