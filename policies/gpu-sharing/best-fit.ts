/**
 * BestFit of the FGD paper's comparison: the node that would have least left over, CPU and GPU weighed equally against the
 * largest node's (Weng et al., USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator, BestFitScore).
 */
import type { Handle, Plugin } from '../../sim/scheduler/contract.ts';
import type { GpuDemand } from './demand.ts';
import { type GpuNode, milliLeft } from './gpu-node.ts';
import { type LargestNode, readLargestNode } from './largest-node.ts';
import { gpuPolicy } from './plugin.ts';

/** Before normalising. */
export function bestFitScore(node: GpuNode, demand: GpuDemand, { cpuMilli, gpuMilli }: LargestNode): number {
  const cpu = (node.cpuLeftMilli - demand.cpuMilli) / cpuMilli;
  const gpu = (milliLeft(node) - demand.gpus * demand.milli) / gpuMilli;
  return Math.trunc(100 * (1 - (0.5 * cpu + 0.5 * gpu)));
}

export const gpuBestFit = (raw: unknown, handle: Handle): Plugin => {
  const largest = readLargestNode(raw);
  const score = (node: GpuNode, demand: GpuDemand): number => bestFitScore(node, demand, largest);
  return {
    ...gpuPolicy({ name: 'GpuBestFit', score }, handle),
    normalizeRows: (_state, _rows, count, scores) => stretch(scores, count),
  };
};

/** The lowest score becomes 0, the highest 100; all 0 if they are equal. */
export function stretch(scores: Float64Array, count: number): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    lowest = Math.min(lowest, scores[i]!);
    highest = Math.max(highest, scores[i]!);
  }
  const range = highest - lowest;
  for (let i = 0; i < count; i++)
    scores[i] = range === 0 ? 0 : Math.trunc(((scores[i]! - lowest) * 100) / range);
}
