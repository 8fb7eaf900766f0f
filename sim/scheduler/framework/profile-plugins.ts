/** The plugins of one profile, built and put in order: `NewFramework` of `framework/runtime/framework.go`, Kubernetes v1.36. */
import type { Pod } from '../../api/index.ts';
import type { PodShape } from '../cache/pod-shape.ts';
import { BuiltPlugin, type WeightedPlugin } from './built-plugin.ts';
import type { Handle, Plugin, PluginFactory, PluginRegistry } from './interface.ts';
import { MAX_PLUGINS, PluginMask } from './plugin-mask.ts';
import { described, type PolicyGuard } from './policy-error.ts';
import {
  byPoint,
  type EnabledPlugin,
  expandPoint,
  implementsPoint,
  neededPlugins,
  POINTS,
  type PointName,
  type SchedulerProfile,
} from './profile.ts';
import { NOTHING_TO_DO } from './status.ts';

export class ProfilePlugins {
  readonly byName: ReadonlyMap<string, Plugin>;
  /** The profile as it was expanded, those included that have NOTHING_TO_DO at a point. */
  readonly enabled: Readonly<Record<PointName, readonly EnabledPlugin[]>>;
  /** Those that are asked at each extension point, in that order; some may ignore a pod. */
  readonly at: Readonly<Record<PointName, readonly BuiltPlugin[]>>;
  readonly scoring: readonly WeightedPlugin[];
  readonly #built: readonly BuiltPlugin[];
  readonly #ignoring = new WeakMap<PodShape, PluginMask>();

  /** Throws Error with upstream's wording for an unknown plugin or one that does not implement what it is enabled for. */
  constructor(profile: SchedulerProfile, registry: PluginRegistry, handleFor: (plugin: string) => Handle) {
    this.byName = build(profile, registry, handleFor);
    const enabled = expand(profile, this.byName);
    this.enabled = enabled;
    const built = new Map([...this.byName].map(([name, plugin], i) => [name, new BuiltPlugin(plugin, i)]));
    this.#built = [...built.values()];
    this.at = byPoint((point) =>
      enabled[point]
        .map(({ name }) => built.get(name)!)
        .filter(({ plugin }) => plugin[POINTS[point]] !== NOTHING_TO_DO),
    );
    this.scoring = enabled.score.map(({ name, weight }) => ({
      built: built.get(name)!,
      weight: weight === undefined || weight === 0 ? 1 : weight,
    }));
  }

  /** The plugins that ignore the shape, which the pod has. O(1) for one seen before. */
  ignoring(shape: PodShape, pod: Pod, guard: PolicyGuard): PluginMask {
    let ignoring = this.#ignoring.get(shape);
    if (ignoring === undefined) {
      ignoring = new PluginMask();
      for (const built of this.#built) if (ignores(built.plugin, shape, pod, guard)) ignoring.add(built);
      this.#ignoring.set(shape, ignoring);
    }
    return ignoring;
  }
}

const ignores = (plugin: Plugin, shape: PodShape, pod: Pod, guard: PolicyGuard): boolean =>
  plugin.ignores !== undefined && guard.call(plugin.name, 'ignores', pod, () => plugin.ignores!(shape));

/** Throws ConfigurationError for wrong arguments, Error if there is no plugin of the name afterwards. */
export function buildPlugin(name: string, factory: PluginFactory, args: unknown, handle: Handle): Plugin {
  // Types hold a factory to it only if it is type-checked.
  const plugin: Plugin | null | undefined = factory(args, handle);
  if (plugin?.name !== name)
    throw new Error(
      `the factory of plugin "${name}" returned ${described(plugin)}, not a plugin with name: "${name}"`,
    );
  return plugin;
}

function build(
  { schedulerName, plugins, pluginConfig }: SchedulerProfile,
  registry: PluginRegistry,
  handleFor: (plugin: string) => Handle,
): ReadonlyMap<string, Plugin> {
  const built = new Map<string, Plugin>();
  for (const name of neededPlugins(plugins)) {
    const factory = registry.get(name);
    if (factory === undefined) throw new Error(`plugin "${name}" does not exist`);
    built.set(name, buildPlugin(name, factory, pluginConfig.get(name), handleFor(name)));
  }
  if (built.size > MAX_PLUGINS)
    throw new Error(`profile "${schedulerName}" has more than ${MAX_PLUGINS} plugins`);
  return built;
}

function expand(
  { schedulerName, plugins }: SchedulerProfile,
  byName: ReadonlyMap<string, Plugin>,
): Readonly<Record<PointName, readonly EnabledPlugin[]>> {
  const expanded = byPoint((point) => {
    const enabled = expandPoint(plugins, point, byName);
    for (const { name } of enabled)
      if (!implementsPoint(byName.get(name)!, point))
        throw new Error(`plugin "${name}" does not extend ${point} plugin`);
    return enabled;
  });
  if (expanded.queueSort.length !== 1)
    throw new Error(
      `only one queue sort plugin required for profile with scheduler name "${schedulerName}", but got ${expanded.queueSort.length}`,
    );
  if (expanded.bind.length === 0)
    throw new Error(`at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`);
  return expanded;
}
