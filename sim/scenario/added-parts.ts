/** What of a run is not the project's own: a policy, plugins, a proxy mode that a module brings or a program has registered. */
import { neededPlugins, type SchedulerConfiguration } from '../scheduler/index.ts';
import type { LoadedScenario } from './load.ts';
import type { Registries } from './registries.ts';
import { schedulerConfiguration } from './scheduler.ts';

/** The names of plugins that some profile enables, whatever the profile is called. */
export function addedPlugins(
  { profiles }: Pick<SchedulerConfiguration, 'profiles'>,
  { plugins, own }: Registries,
): string[] {
  const enabled = new Set(profiles.flatMap((profile) => neededPlugins(profile.plugins)));
  return [...enabled].filter((name) => plugins.get(name) !== own.plugins.get(name));
}

/**
 * In words, what the run needs and its inputs do not hold, so that no command can make it again: `policy NAME`, `plugin NAME`,
 * `proxy mode NAME`. Throws what `schedulerConfiguration` throws.
 */
export function givenByProgram(loaded: LoadedScenario, registries: Registries): string[] {
  if (loaded.policyFile !== undefined) return [];
  const { profiles, defaultPlugins, proxies, own } = registries;
  const { scheduler: { profile = 'default' } = {}, proxyMode } = loaded.scenario;
  const policy = loaded.schedulerConfig === undefined && profiles.get(profile) !== own.profiles.get(profile);
  const plugins = policy ? [] : addedPlugins(schedulerConfiguration(loaded, registries), registries);
  return [
    ...(policy ? [`policy ${profile}`] : []),
    ...plugins.map((name) => `plugin ${name}`),
    ...(defaultPlugins === own.defaultPlugins ? [] : ['other default plugins']),
    ...(proxies.get(proxyMode) === own.proxies.get(proxyMode) ? [] : [`proxy mode ${proxyMode}`]),
  ];
}
