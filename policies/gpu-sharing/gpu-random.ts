/**
 * The GPU half of the FGD paper's Random: any GPU of the node that fits (Weng et al., USENIX ATC'23); the node is drawn by the
 * plugin Random. Draws are keyed by pod and attempt.
 */
import { ArgsReader, type Handle, type Plugin } from '../../sim/scheduler/contract.ts';
import type { GpuDemand } from './demand.ts';
import { type GpuNode, gpusWith } from './gpu-node.ts';
import { gpuPolicy } from './plugin.ts';

/** Number `nth` of the GPUs with enough left. */
export function nthFitting({ left }: GpuNode, { milli }: GpuDemand, nth: number): number {
  let skip = nth;
  return left.findIndex((own) => own >= milli && skip-- === 0);
}

export const gpuRandom = (raw: unknown, handle: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  let drawn = 0;
  const pick = (node: GpuNode, demand: GpuDemand): number =>
    nthFitting(node, demand, Math.floor(drawn * gpusWith(node, demand.milli)));
  const plugin = gpuPolicy({ name: 'GpuRandom', pick }, handle);
  return {
    ...plugin,
    reserve: (state, pod, node) => {
      drawn = handle.draw('random-gpu', pod.metadata.uid, state.attempt);
      return plugin.reserve!(state, pod, node);
    },
  };
};
