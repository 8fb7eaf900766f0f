/** Plugin sets by name: the default profile of Kubernetes v1.36 and ready-made variants of it. */
import type { PluginSets, SchedulerProfile } from '../sim/scheduler/index.ts';

/** `apis/config/v1/default_plugins.go`, v1.36, with its weights; order matters. */
export const defaultPlugins: PluginSets = {
  multiPoint: {
    enabled: [
      { name: 'SchedulingGates' },
      { name: 'PrioritySort' },
      { name: 'NodeUnschedulable' },
      { name: 'NodeName' },
      { name: 'TaintToleration', weight: 3 },
      { name: 'NodeAffinity', weight: 2 },
      { name: 'NodePorts' },
      { name: 'NodeResourcesFit', weight: 1 },
      { name: 'VolumeRestrictions' },
      { name: 'NodeVolumeLimits' },
      { name: 'VolumeBinding' },
      { name: 'VolumeZone' },
      { name: 'PodTopologySpread', weight: 2 },
      { name: 'InterPodAffinity', weight: 2 },
      { name: 'DynamicResources', weight: 2 },
      { name: 'DefaultPreemption' },
      { name: 'NodeResourcesBalancedAllocation', weight: 1 },
      { name: 'ImageLocality', weight: 1 },
      { name: 'DefaultBinder' },
      { name: 'NodeDeclaredFeatures' },
    ],
    disabled: [],
  },
};

/** What a named profile changes of the default: arguments by plugin. */
export const profileArgs: ReadonlyMap<string, SchedulerProfile['pluginConfig']> = new Map([
  ['default', new Map()],
  /** Fill nodes up before the next one is used. */
  ['most-allocated', new Map([['NodeResourcesFit', { scoringStrategy: { type: 'MostAllocated' } }]])],
  /** As most-allocated, by the bin-packing shape of Kubernetes' documentation. */
  [
    'bin-packing',
    new Map([
      [
        'NodeResourcesFit',
        {
          scoringStrategy: {
            type: 'RequestedToCapacityRatio',
            requestedToCapacityRatio: {
              shape: [
                { utilization: 0, score: 0 },
                { utilization: 100, score: 10 },
              ],
            },
          },
        },
      ],
    ]),
  ],
]);
