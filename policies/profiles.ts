/** Plugin sets by name: the default profile of Kubernetes v1.36 and ready-made variants of it. */
import type { EnabledPlugin, NamedProfile, NamedProfiles, PluginSets } from '../sim/scheduler/contract.ts';

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

/** Only these plugins score; filters and the rest stay the default's. `preScore`: those that look at the feasible nodes first. */
const scoredBy = (
  enabled: readonly EnabledPlugin[],
  preScore: readonly EnabledPlugin[] = [],
): PluginSets => ({
  preScore: { enabled: preScore, disabled: ['*'] },
  score: { enabled, disabled: ['*'] },
});

/** One plugin names the node. */
const chosenBy = (name: string, meaning: string, source: string): NamedProfile => ({
  meaning,
  source,
  plugins: { multiPoint: { enabled: [{ name }], disabled: [] }, ...scoredBy([{ name }], [{ name }]) },
  percentageOfNodesToScore: 100,
});

const allocation = (type: 'LeastAllocated' | 'MostAllocated', meaning: string): NamedProfile => ({
  meaning,
  source: 'plugins/noderesources, Kubernetes v1.36',
  plugins: scoredBy([{ name: 'NodeResourcesFit' }]),
  pluginConfig: new Map([['NodeResourcesFit', { scoringStrategy: { type } }]]),
});

/** The default, with pods taken from the queue in another order. */
const orderedBy = (name: string, meaning: string, source: string): NamedProfile => ({
  meaning,
  source,
  plugins: { queueSort: { enabled: [{ name }], disabled: ['*'] } },
});

/** A GPU-sharing policy filters by GPUs, scores alone, and binds. */
const sharing = (name: string, meaning: string, scores: PluginSets = scoredBy([{ name }])): NamedProfile => ({
  meaning: `shared GPUs: ${meaning}`,
  source: "Weng et al., USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator",
  plugins: {
    multiPoint: { enabled: [{ name }], disabled: [] },
    bind: { enabled: [{ name }], disabled: [] },
    ...scores,
  },
  percentageOfNodesToScore: 100,
});

/** Fullness that scores: nothing at 0 %, most at 100 %. */
const FULLER_IS_BETTER = {
  type: 'RequestedToCapacityRatio',
  requestedToCapacityRatio: {
    shape: [
      { utilization: 0, score: 0 },
      { utilization: 100, score: 10 },
    ],
  },
};

const AFFINITY_WEIGHT = 100;

const affinityAware: NamedProfile = {
  meaning:
    'affinity and anti-affinity to nodes and pods outweigh all else; pods draw those that require them',
  source: 'plugins/nodeaffinity and interpodaffinity, Kubernetes v1.36, with other weights',
  plugins: {
    score: {
      enabled: [
        { name: 'NodeAffinity', weight: AFFINITY_WEIGHT },
        { name: 'InterPodAffinity', weight: AFFINITY_WEIGHT },
        { name: 'PodTopologySpread', weight: 2 },
        { name: 'TaintToleration', weight: 3 },
        { name: 'NodeResourcesFit', weight: 1 },
      ],
      disabled: ['*'],
    },
  },
  pluginConfig: new Map([['InterPodAffinity', { hardPodAffinityWeight: AFFINITY_WEIGHT }]]),
};

const qosAware: NamedProfile = {
  meaning:
    'priority bands: production first, on the emptiest nodes, and may evict lower bands; others fill up nodes',
  source: "Borg (Verma et al., EuroSys'15)",
  plugins: {
    multiPoint: { enabled: [{ name: 'QosAware' }], disabled: [] },
    queueSort: { enabled: [{ name: 'QosAware' }], disabled: ['*'] },
    postFilter: { enabled: [{ name: 'QosAware' }], disabled: ['*'] },
    ...scoredBy([{ name: 'QosAware' }]),
  },
};

const dataLocality: NamedProfile = {
  meaning: "nodes that hold the pod's data, waiting a little for one, then its rack, then any",
  source: "delay scheduling (Zaharia et al., EuroSys'10)",
  plugins: {
    multiPoint: { enabled: [{ name: 'DataLocality' }], disabled: [] },
    postFilter: { enabled: [{ name: 'DataLocality' }], disabled: [] },
    bind: { enabled: [{ name: 'DataLocality' }], disabled: [] },
    ...scoredBy([{ name: 'DataLocality', weight: 10 }, { name: 'NodeResourcesFit' }]),
  },
  percentageOfNodesToScore: 100,
};

const backfilling = (meaning: string, mode: 'easy' | 'none'): NamedProfile => ({
  meaning,
  source: 'EASY (Lifka, JSSPP 1995)',
  plugins: {
    multiPoint: { enabled: [{ name: 'Backfill' }], disabled: [] },
    queueSort: { enabled: [{ name: 'Backfill' }], disabled: ['*'] },
    postFilter: { enabled: [{ name: 'Backfill' }], disabled: [] },
  },
  pluginConfig: new Map([['Backfill', { mode }]]),
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
      pluginConfig: new Map([['NodeResourcesFit', { scoringStrategy: FULLER_IS_BETTER }]]),
    },
  ],
  ['random', chosenBy('Random', 'any node that fits', 'the baseline')],
  ['first-fit', chosenBy('FirstFit', 'the first node that fits', 'Johnson, 1973')],
  ['round-robin', chosenBy('RoundRobin', 'the next node that fits after the last one', 'the classic rule')],
  ['affinity-aware', affinityAware],
  ['qos-aware', qosAware],
  ['data-locality', dataLocality],
  [
    'drf',
    orderedBy(
      'DRF',
      'the default, pods of the tenant with the least dominant share first',
      "Ghodsi et al., NSDI'11",
    ),
  ],
  [
    'backfill',
    backfilling('first come, first served; short jobs fill the gaps before the oldest that waits', 'easy'),
  ],
  ['fcfs', backfilling('first come, first served; nobody overtakes the oldest that waits', 'none')],
  ['edf', orderedBy('EDF', 'the default, pods with the earliest deadline first', 'Liu and Layland, 1973')],
  ['fgd', sharing('FGD', 'least growth of GPU fragmentation')],
  ['gpu-best-fit', sharing('GpuBestFit', 'the node with least left over')],
  ['gpu-dot-prod', sharing('GpuDotProd', 'the node least aligned with the pod, after Tetris')],
  ['gpu-packing', sharing('GpuPacking', 'GPUs in use first, free nodes last')],
  ['gpu-clustering', sharing('GpuClustering', 'beside pods that ask for as many GPUs')],
  [
    'gpu-random',
    {
      ...sharing('GpuRandom', 'any node and GPU that fits', {
        ...chosenBy('Random', '', '').plugins,
        multiPoint: { enabled: [{ name: 'GpuRandom' }, { name: 'Random' }], disabled: [] },
      }),
    },
  ],
]);
