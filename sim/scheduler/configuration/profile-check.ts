/** What is wrong with a profile that its plugins alone can tell: their arguments, and where they are enabled. */
import { START } from '../../engine/index.ts';
import { Snapshot } from '../cache/snapshot.ts';
import type { Handle, Plugin, PluginRegistry } from '../framework/interface.ts';
import { NO_OBJECTS } from '../framework/listers.ts';
import { Nominator } from '../framework/nominator.ts';
import { implementsPoint, neededPlugins, POINT_NAMES, type SchedulerProfile } from '../framework/profile.ts';
import { buildPlugin } from '../framework/profile-plugins.ts';
import { Framework } from '../framework/runtime.ts';
import { ConfigurationError, type ConfigurationProblem } from './args.ts';

/** `at`: the path of the profile. Builds it for an empty cluster. */
export function profileProblems(
  profile: SchedulerProfile,
  registry: PluginRegistry,
  at: string,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const services = emptyCluster();
  const { handle } = new Framework(BARE, BARE_PLUGINS, services);
  const built = new Map<string, Plugin>();
  const configured = [...profile.pluginConfig.keys()];
  const needed = neededPlugins(profile.plugins);
  for (const name of new Set([...configured, ...needed])) {
    const factory = registry.get(name);
    if (factory === undefined) continue;
    try {
      built.set(
        name,
        buildPlugin(name, factory, profile.pluginConfig.get(name), { ...handle, memory: noMemory }),
      );
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const args = `${at}.pluginConfig[${configured.indexOf(name)}].args`;
      for (const { path, ...rest } of error.problems)
        problems.push({ path: path === '' ? args : `${args}.${path}`, ...rest });
    }
  }
  problems.push(...misplaced(profile, built, at));
  if (problems.length > 0 || !needed.every((name) => registry.has(name))) return problems;
  try {
    new Framework(profile, registry, services);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push({ path: at, message: error.message });
  }
  return problems;
}

const noMemory: Handle['memory'] = (value) => ({ value, set: () => undefined });

/** Enabled by name at a point that they have nothing for. */
function misplaced(
  { plugins }: SchedulerProfile,
  built: ReadonlyMap<string, Plugin>,
  at: string,
): ConfigurationProblem[] {
  return POINT_NAMES.flatMap((point) =>
    (plugins[point]?.enabled ?? []).flatMap(({ name }, i) => {
      const plugin = built.get(name);
      if (plugin === undefined || implementsPoint(plugin, point)) return [];
      const points = POINT_NAMES.filter((other) => implementsPoint(plugin, other)).join(', ');
      return [
        {
          path: `${at}.plugins.${point}.enabled[${i}].name`,
          message: `plugin "${name}" does not extend ${point} plugin`,
          hint: points === '' ? undefined : `it extends ${points}`,
        },
      ];
    }),
  );
}

/** As little as a framework can be made of. */
const BARE: SchedulerProfile = {
  schedulerName: '',
  plugins: { multiPoint: { enabled: [{ name: 'Bare' }], disabled: [] } },
  pluginConfig: new Map(),
};
const BARE_PLUGINS: PluginRegistry = new Map([
  ['Bare', () => ({ name: 'Bare', less: () => false, bind: () => undefined })],
]);

function emptyCluster() {
  const snapshot = new Snapshot();
  return {
    snapshot,
    listers: NO_OBJECTS,
    nominator: new Nominator(snapshot),
    now: () => START,
    draw: () => 0,
    isPreempting: () => false,
    waitingPods: () => [],
    activate: () => undefined,
    replay: () => '',
  };
}
