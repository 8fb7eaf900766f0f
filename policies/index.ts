/** The registry of scheduler plugins, and the profiles made of them. */
import type { PluginFactory, PluginRegistry } from '../sim/scheduler/contract.ts';
import { backfill } from './backfill.ts';
import { dataLocality } from './data-locality/plugin.ts';
import { defaultBinder } from './default-binder.ts';
import { defaultPreemption } from './default-preemption.ts';
import { drf } from './drf.ts';
import { dynamicResources } from './dynamic-resources.ts';
import { edf } from './edf.ts';
import { firstFit } from './first-fit.ts';
import { gpuBestFit } from './gpu-sharing/best-fit.ts';
import { gpuDotProd } from './gpu-sharing/dot-prod.ts';
import { fgd } from './gpu-sharing/fgd.ts';
import { gpuClustering } from './gpu-sharing/gpu-clustering.ts';
import { gpuPacking } from './gpu-sharing/gpu-packing.ts';
import { gpuRandom } from './gpu-sharing/gpu-random.ts';
import { imageLocality } from './image-locality.ts';
import { interPodAffinity } from './inter-pod-affinity/plugin.ts';
import { nodeAffinity } from './node-affinity.ts';
import { nodeDeclaredFeatures } from './node-declared-features.ts';
import { nodeName } from './node-name.ts';
import { nodePorts } from './node-ports.ts';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from './node-resources-fit/plugin.ts';
import { nodeUnschedulable } from './node-unschedulable.ts';
import { nodeVolumeLimits } from './node-volume-limits.ts';
import { podTopologySpread } from './pod-topology-spread/plugin.ts';
import { prioritySort } from './priority-sort.ts';
import { qosAware } from './qos-aware.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { schedulingGates } from './scheduling-gates.ts';
import { taintToleration } from './taint-toleration.ts';
import { volumeBinding } from './volume-binding/plugin.ts';
import { volumeRestrictions } from './volume-restrictions.ts';
import { volumeZone } from './volume-zone.ts';

export { defaultPlugins, profiles } from './profiles.ts';

export const schedulerPlugins: PluginRegistry = new Map<string, PluginFactory>([
  ['SchedulingGates', schedulingGates],
  ['PrioritySort', prioritySort],
  ['NodeUnschedulable', nodeUnschedulable],
  ['NodeName', nodeName],
  ['TaintToleration', taintToleration],
  ['NodeAffinity', nodeAffinity],
  ['NodePorts', nodePorts],
  ['NodeResourcesFit', nodeResourcesFit],
  ['VolumeRestrictions', volumeRestrictions],
  ['NodeVolumeLimits', nodeVolumeLimits],
  ['VolumeBinding', volumeBinding],
  ['VolumeZone', volumeZone],
  ['PodTopologySpread', podTopologySpread],
  ['InterPodAffinity', interPodAffinity],
  ['DynamicResources', dynamicResources],
  ['DefaultPreemption', defaultPreemption],
  ['NodeResourcesBalancedAllocation', nodeResourcesBalancedAllocation],
  ['ImageLocality', imageLocality],
  ['DefaultBinder', defaultBinder],
  ['NodeDeclaredFeatures', nodeDeclaredFeatures],
  ['Random', random],
  ['FirstFit', firstFit],
  ['RoundRobin', roundRobin],
  ['QosAware', qosAware],
  ['DataLocality', dataLocality],
  ['Backfill', backfill],
  ['DRF', drf],
  ['EDF', edf],
  ['FGD', fgd],
  ['GpuBestFit', gpuBestFit],
  ['GpuDotProd', gpuDotProd],
  ['GpuPacking', gpuPacking],
  ['GpuClustering', gpuClustering],
  ['GpuRandom', gpuRandom],
]);
