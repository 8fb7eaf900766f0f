/**
 * GpuPacking of the FGD paper's comparison: first GPUs in use, then free GPUs of nodes in use, then free nodes (Weng et al.,
 * USENIX ATC'23; hkust-adsl/kubernetes-scheduler-simulator, GpuPackingScore). Pods without GPU are not steered.
 */
import { ArgsReader, type Handle, type Plugin } from '../../sim/scheduler/contract.ts';
import { type GpuDemand, WHOLE } from './demand.ts';
import { type GpuNode, gpusWith } from './gpu-node.ts';
import { gpuPolicy } from './plugin.ts';

export function gpuPackingScore(node: GpuNode, { gpus, milli }: GpuDemand): number {
  if (gpus === 0) return 0;
  const free = gpusWith(node, WHOLE);
  if (free === node.left.length) return Math.max(33 - free, free);
  const taken = node.left
    .filter((left) => left >= milli)
    .sort((a, b) => a - b)
    .slice(0, gpus);
  const freeTaken = taken.filter((left) => left === WHOLE).length;
  if (freeTaken > 0) return Math.max(50 - freeTaken, 33);
  const percentLeft = taken.reduce((sum, left) => sum + Math.trunc((100 * left) / WHOLE), 0);
  return Math.max(100 - Math.trunc(percentLeft / 10), 50);
}

export const gpuPacking = (raw: unknown, handle: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  return gpuPolicy({ name: 'GpuPacking', score: gpuPackingScore }, handle);
};
