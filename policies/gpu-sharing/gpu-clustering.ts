/**
 * GpuClustering of the FGD paper's comparison, after Gandiva (Xiao et al., OSDI'18): pods that ask for as many GPUs share nodes
 * (Weng et al., USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator, GpuClusteringScore). Pods without GPU are not steered.
 */
import type { Handle, Plugin } from '../../sim/scheduler/contract.ts';
import type { GpuDemand } from './demand.ts';
import { type GpuNode, milliLeft } from './gpu-node.ts';
import { type LargestNode, readLargestNode } from './largest-node.ts';
import { gpuPolicy } from './plugin.ts';

const ALL_ALIKE = 75;
const SOME_ALIKE = 50;
const NO_GPU_POD = 25;
/** Of the score, for how full the GPUs are. */
const FULLNESS = 25;

export function gpuClusteringScore(
  node: GpuNode,
  { gpus, tag }: GpuDemand,
  { gpuMilli }: Pick<LargestNode, 'gpuMilli'>,
): number {
  if (gpus === 0) return 0;
  const fullness = Math.max(0, Math.trunc((FULLNESS * (gpuMilli - milliLeft(node))) / gpuMilli));
  return fullness + affinity(node, tag);
}

function affinity({ podsByTag }: GpuNode, tag: string): number {
  if (podsByTag.size === 0) return NO_GPU_POD;
  if (!podsByTag.has(tag)) return 0;
  return podsByTag.size === 1 ? ALL_ALIKE : SOME_ALIKE;
}

export const gpuClustering = (raw: unknown, handle: Handle): Plugin => {
  const largest = readLargestNode(raw);
  const score = (node: GpuNode, demand: GpuDemand): number => gpuClusteringScore(node, demand, largest);
  return gpuPolicy({ name: 'GpuClustering', score }, handle);
};
