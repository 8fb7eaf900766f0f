/** Plugin sets by name: the default profile of Kubernetes v1.36 and ready-made variants of it. */
import type { EnabledPlugin, NamedProfile, NamedProfiles, PluginSets } from '../sim/scheduler/index.ts';

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

/** Only these plugins score; filters and the rest stay the default's. */
const scoredBy = (...enabled: readonly EnabledPlugin[]): PluginSets => ({
  preScore: { enabled: [], disabled: ['*'] },
  score: { enabled, disabled: ['*'] },
});

/** A GPU-sharing policy filters by GPUs, scores alone, and binds. */
const sharing = (name: string, preScore: boolean): PluginSets => ({
  multiPoint: { enabled: [{ name }], disabled: [] },
  preScore: { enabled: preScore ? [{ name }] : [], disabled: ['*'] },
  score: { enabled: [{ name }], disabled: ['*'] },
  bind: { enabled: [{ name }], disabled: [] },
});

const FGD_PAPER = "Weng et al., USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator";

const gpuSharing = (name: string, meaning: string, preScore = false): NamedProfile => ({
  meaning,
  source: FGD_PAPER,
  plugins: sharing(name, preScore),
  percentageOfNodesToScore: 100,
});

const allocation = (type: 'LeastAllocated' | 'MostAllocated', meaning: string): NamedProfile => ({
  meaning,
  source: 'plugins/noderesources, Kubernetes v1.36',
  plugins: scoredBy({ name: 'NodeResourcesFit' }),
  pluginConfig: new Map([['NodeResourcesFit', { scoringStrategy: { type } }]]),
});

/** Every profile by its name. */
export const profiles: NamedProfiles = new Map<string, NamedProfile>([
  ['default', { meaning: 'what Kubernetes does', source: 'default plugins of Kubernetes v1.36' }],
  ['least-allocated', allocation('LeastAllocated', 'the emptiest node, by CPU and memory alone')],
  ['most-allocated', allocation('MostAllocated', 'the fullest node that fits, by CPU and memory alone')],
  [
    'bin-packing',
    {
      meaning: 'the default, but nodes are filled up before the next one is used',
      source: 'RequestedToCapacityRatio as in the documentation of Kubernetes v1.36',
      pluginConfig: new Map([
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
    },
  ],
  ['fgd', gpuSharing('FGD', 'shared GPUs: least growth of GPU fragmentation')],
  ['gpu-best-fit', gpuSharing('GpuBestFit', 'shared GPUs: the node with least left over')],
  [
    'gpu-dot-prod',
    gpuSharing('GpuDotProd', 'shared GPUs: the node least aligned with the pod, after Tetris'),
  ],
  ['gpu-packing', gpuSharing('GpuPacking', 'shared GPUs: GPUs in use first, free nodes last')],
  ['gpu-clustering', gpuSharing('GpuClustering', 'shared GPUs: beside pods that ask for as many GPUs')],
  ['gpu-random', gpuSharing('GpuRandom', 'shared GPUs: any node and GPU that fits', true)],
]);
