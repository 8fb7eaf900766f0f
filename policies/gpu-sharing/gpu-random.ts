/**
 * Random of the FGD paper's comparison: any node that fits, and any GPU of it that fits (Weng et al., USENIX ATC'23). Draws are
 * keyed by pod and attempt.
 */
import { ArgsReader, type Handle, type NodeRows, type Plugin, stateKey } from '../../sim/scheduler/index.ts';
import type { GpuDemand } from './demand.ts';
import { type GpuNode, gpusWith } from './gpu-node.ts';
import { gpuPolicy } from './plugin.ts';

/** The row the pod is to go to. */
const CHOSEN = stateKey<number>('GpuRandom');

/** Number `nth` of the GPUs with enough left. */
export function nthFitting({ left }: GpuNode, { milli }: GpuDemand, nth: number): number {
  let skip = nth;
  return left.findIndex((own) => own >= milli && skip-- === 0);
}

export const gpuRandom = (raw: unknown, handle: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  let drawn = 0;
  const rule = {
    name: 'GpuRandom',
    pick: (node: GpuNode, demand: GpuDemand) =>
      nthFitting(node, demand, Math.floor(drawn * gpusWith(node, demand.milli))),
  };
  const plugin = gpuPolicy(rule, handle);
  return {
    ...plugin,
    preScore: (state, pod, { rows, count }: NodeRows) => {
      const nth = Math.floor(handle.draw('random-node', pod.metadata.uid, state.attempt) * count);
      state.write(CHOSEN, rows[nth]!);
      return undefined;
    },
    scoreRows: (state, rows, count, scores) => {
      const chosen = state.read(CHOSEN);
      for (let i = 0; i < count; i++) scores[i] = rows[i] === chosen ? 100 : 0;
    },
    reserve: (state, pod, node) => {
      drawn = handle.draw('random-gpu', pod.metadata.uid, state.attempt);
      return plugin.reserve!(state, pod, node);
    },
  };
};
