/** Which plugins run at which extension point: `multiPoint` expanded (`framework/runtime/framework.go`, Kubernetes v1.36). */
import type { Pod } from '../../api/index.ts';
import type { ExtensionPoints, Plugin } from './interface.ts';

/** Extension points as a configuration file names them, with the method that makes a plugin implement each. */
export const POINTS = {
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
  postBind: 'postBind',
} as const satisfies Record<string, keyof ExtensionPoints>;

export type PointName = keyof typeof POINTS;
export const POINT_NAMES = Object.keys(POINTS) as readonly PointName[];

export const byPoint = <T>(of: (point: PointName) => T): Readonly<Record<PointName, T>> => ({
  preEnqueue: of('preEnqueue'),
  queueSort: of('queueSort'),
  preFilter: of('preFilter'),
  filter: of('filter'),
  postFilter: of('postFilter'),
  preScore: of('preScore'),
  score: of('score'),
  reserve: of('reserve'),
  permit: of('permit'),
  preBind: of('preBind'),
  bind: of('bind'),
  postBind: of('postBind'),
});

export interface EnabledPlugin {
  readonly name: string;
  /** Of its score; 0 or absent means 1. */
  readonly weight?: number | undefined;
}

export interface PluginSet {
  readonly enabled: readonly EnabledPlugin[];
  /** `*` stands for all defaults. */
  readonly disabled: readonly string[];
}

export type PluginSets = Readonly<Partial<Record<PointName | 'multiPoint', PluginSet>>>;

/** One scheduler profile, read and checked. */
export interface SchedulerProfile {
  readonly schedulerName: string;
  /** Absent: the configuration's; 0: adaptive. */
  readonly percentageOfNodesToScore?: number | undefined;
  readonly plugins: PluginSets;
  /** Plugin name → its arguments. */
  readonly pluginConfig: ReadonlyMap<string, unknown>;
}

/** Of pods that name none. */
export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

export const schedulerNameOf = (pod: Pod): string => pod.spec.schedulerName ?? DEFAULT_SCHEDULER_NAME;

export const NO_PLUGINS: PluginSet = { enabled: [], disabled: [] };

/** Names of all plugins a profile needs built, each once. */
export function neededPlugins(sets: PluginSets): string[] {
  const names = new Set<string>();
  for (const point of ['multiPoint', ...POINT_NAMES] as const)
    for (const { name } of sets[point]?.enabled ?? []) names.add(name);
  return [...names];
}

export const implementsPoint = (plugin: Plugin, point: PointName): boolean => {
  if (typeof plugin[POINTS[point]] === 'function') return true;
  if (point === 'filter') return typeof plugin.filterRows === 'function';
  return point === 'score' && typeof plugin.scoreRows === 'function';
};

/**
 * The plugins of one point in the order in which they run: those named for the point that `multiPoint` names too, then the
 * rest of `multiPoint`, then the rest of the point's own.
 */
export function expandPoint(
  sets: PluginSets,
  point: PointName,
  instances: ReadonlyMap<string, Plugin>,
): readonly EnabledPlugin[] {
  const own = sets[point] ?? NO_PLUGINS;
  const disabled = new Set(own.disabled);
  const named = new Set(own.enabled.map(({ name }) => name));
  const overriding = new Set<string>();
  const fromMultiPoint: EnabledPlugin[] = [];
  if (!disabled.has('*'))
    for (const plugin of sets.multiPoint?.enabled ?? []) {
      const instance = instances.get(plugin.name);
      if (instance === undefined || !implementsPoint(instance, point) || disabled.has(plugin.name)) continue;
      if (named.has(plugin.name)) overriding.add(plugin.name);
      else fromMultiPoint.push(plugin);
    }
  return [
    ...own.enabled.filter(({ name }) => overriding.has(name)),
    ...fromMultiPoint,
    ...own.enabled.filter(({ name }) => !overriding.has(name)),
  ];
}
