/** The field `plugins` of a profile: which plugins are enabled and disabled at which point, every mistake with its path. */
import {
  type EnabledPlugin,
  type PluginSet,
  type PluginSets,
  POINT_NAMES,
  type PointName,
} from '../framework/profile.ts';
import { type ArgsReader, hintFor } from './args.ts';

export function readPluginSets(args: ArgsReader | undefined, known: ReadonlySet<string>): PluginSets {
  const sets: { [P in PointName | 'multiPoint']?: PluginSet } = {};
  if (args === undefined) return sets;
  for (const point of [...POINT_NAMES, 'multiPoint'] as const) {
    const set = args.object(point);
    if (set !== undefined) sets[point] = readPluginSet(set, known);
  }
  // New in v1.36, for groups of pods: nothing of it is simulated.
  for (const point of ['placementGenerate', 'placementScore']) args.raw(point);
  args.unknownFields();
  return sets;
}

function readPluginSet(args: ArgsReader, known: ReadonlySet<string>): PluginSet {
  const enabled = args.objects('enabled').map((plugin) => readPlugin(plugin, known));
  const disabled = args.objects('disabled').map((plugin) => {
    const name = plugin.text('name', '');
    if (name !== '*' && !known.has(name))
      plugin.warn(
        'name',
        `plugin "${name}" does not exist, so it is not disabled either`,
        pluginHint(name, known),
      );
    return name;
  });
  const names = new Set<string>();
  for (const [i, { name }] of enabled.entries()) {
    if (names.has(name)) args.report(`enabled[${i}].name`, `Duplicate value: "${name}"`);
    names.add(name);
  }
  args.unknownFields();
  return { enabled, disabled };
}

function readPlugin(args: ArgsReader, known: ReadonlySet<string>): EnabledPlugin {
  const name = args.text('name', '');
  checkPlugin(args, name, known);
  const weight = args.integer('weight', 0, 0);
  if (weight === 0 && args.has('weight'))
    args.warn(
      'weight',
      'weight 0 means 1, as to the real scheduler',
      'to take a plugin out of scoring, list it under score.disabled',
    );
  args.unknownFields();
  return weight === 0 ? { name } : { name, weight };
}

export function checkPlugin(args: ArgsReader, name: string, known: ReadonlySet<string>): void {
  if (!known.has(name)) args.report('name', `plugin "${name}" does not exist`, pluginHint(name, known));
}

/** Plugins of older versions, with what does their work now. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ['NodeResourcesLeastAllocated', 'NodeResourcesFit with scoringStrategy LeastAllocated'],
  ['NodeResourcesMostAllocated', 'NodeResourcesFit with scoringStrategy MostAllocated'],
  ['RequestedToCapacityRatio', 'NodeResourcesFit with scoringStrategy RequestedToCapacityRatio'],
  ['SelectorSpread', 'PodTopologySpread with its default constraints'],
  ['NodePreferAvoidPods', 'a taint PreferNoSchedule'],
  ['NodeLabel', 'NodeAffinity with addedAffinity'],
  ['EBSLimits', 'NodeVolumeLimits'],
  ['GCEPDLimits', 'NodeVolumeLimits'],
  ['AzureDiskLimits', 'NodeVolumeLimits'],
  ['CinderLimits', 'NodeVolumeLimits'],
]);

function pluginHint(name: string, known: ReadonlySet<string>): string {
  const now = REPLACED.get(name);
  return now === undefined ? hintFor(name, known) : `gone since; in its place: ${now}`;
}
