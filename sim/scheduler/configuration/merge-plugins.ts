/** A profile laid over the default one: `apis/config/v1/default_plugins.go`, Kubernetes v1.36. */
import {
  type EnabledPlugin,
  NO_PLUGINS,
  type PluginSet,
  type PluginSets,
  POINT_NAMES,
} from '../framework/profile.ts';

/** A user's sets laid over the defaults, point by point. */
export function mergePlugins(defaults: PluginSets, custom: PluginSets): PluginSets {
  const merged: { -readonly [P in keyof PluginSets]: PluginSet } = {};
  for (const point of [...POINT_NAMES, 'multiPoint'] as const)
    merged[point] = mergeSet(defaults[point] ?? NO_PLUGINS, custom[point] ?? NO_PLUGINS);
  return merged;
}

/** A default plugin named again keeps its place and takes the new weight; new ones come after. */
function mergeSet(defaults: PluginSet, custom: PluginSet): PluginSet {
  const disabled = new Set([...custom.disabled, ...defaults.disabled]);
  const replacing = new Map(custom.enabled.map((plugin) => [plugin.name, plugin]));
  const enabled: EnabledPlugin[] = [];
  if (!disabled.has('*'))
    for (const plugin of defaults.enabled) {
      if (disabled.has(plugin.name)) continue;
      enabled.push(replacing.get(plugin.name) ?? plugin);
      replacing.delete(plugin.name);
    }
  enabled.push(...custom.enabled.filter(({ name }) => replacing.has(name)));
  return { enabled, disabled: [...disabled] };
}
