/**
 * DotProd of the FGD paper's comparison, after Tetris (Grandl et al., SIGCOMM'14) with all GPUs as one dimension: the node
 * whose resources left are least aligned with what the pod asks for is kept for others (Weng et al., USENIX ATC'23;
 * hkust-adsl/kubernetes-scheduler-simulator, DotProductScore).
 */
import type { Handle, Plugin } from '../../sim/scheduler/contract.ts';
import type { GpuDemand } from './demand.ts';
import { type GpuNode, milliLeft } from './gpu-node.ts';
import { type LargestNode, readLargestNode } from './largest-node.ts';
import { gpuPolicy } from './plugin.ts';

export function dotProdScore(node: GpuNode, demand: GpuDemand, { cpuMilli, gpuMilli }: LargestNode): number {
  const cpu = (node.cpuLeftMilli / cpuMilli) * (demand.cpuMilli / cpuMilli);
  const gpu = (milliLeft(node) / gpuMilli) * ((demand.gpus * demand.milli) / gpuMilli);
  return Math.max(0, Math.trunc(100 * (1 - 0.5 * (cpu + gpu))));
}

export const gpuDotProd = (raw: unknown, handle: Handle): Plugin => {
  const largest = readLargestNode(raw);
  return gpuPolicy(
    { name: 'GpuDotProd', score: (node, demand) => dotProdScore(node, demand, largest) },
    handle,
  );
};
