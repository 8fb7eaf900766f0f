/** The GPUs of a node as far as GPU-sharing policies see them, and the rules all of those share. */
import { accepts, type GpuDemand, WHOLE } from './demand.ts';

export interface GpuNode {
  /** Changes with anything below. */
  version: number;
  cpuLeftMilli: number;
  /** Thousandths left of each GPU, by its index. */
  readonly left: number[];
  /** Empty if the node does not say. */
  model: string;
  /** GPU pods on it by the tag of their demand. */
  readonly podsByTag: Map<string, number>;
}

/** Thousandths left of all GPUs. */
export function milliLeft({ left }: GpuNode): number {
  let sum = 0;
  for (const milli of left) sum += milli;
  return sum;
}

/** How many GPUs have so much left. */
export function gpusWith({ left }: GpuNode, milli: number): number {
  let count = 0;
  for (const own of left) if (own >= milli) count++;
  return count;
}

/** True for pods without GPU. */
export const fitsGpus = (node: GpuNode, { gpus, milli, models }: GpuDemand): boolean =>
  gpus === 0 || (accepts(models, node.model) && gpusWith(node, milli) >= gpus);

/** The GPU with the least left that fits, the first of equals; -1 if none fits. */
export function bestFit({ left }: GpuNode, { milli }: GpuDemand): number {
  let best = -1;
  for (let i = 0; i < left.length; i++)
    if (left[i]! >= milli && (best < 0 || left[i]! < left[best]!)) best = i;
  return best;
}

/** The first wholly free GPUs, at most `count`. */
export function firstFree({ left }: GpuNode, count: number): readonly number[] {
  const free: number[] = [];
  for (let i = 0; i < left.length && free.length < count; i++) if (left[i] === WHOLE) free.push(i);
  return free;
}

/** Which GPU of the node a pod that shares one gets; -1 if none fits. */
export type PickShare = (node: GpuNode, demand: GpuDemand) => number;

/** The GPUs a pod gets; undefined if they are not there. */
export function pickGpus(
  node: GpuNode,
  demand: GpuDemand,
  pickShare: PickShare,
): readonly number[] | undefined {
  if (demand.gpus === 1 && demand.milli < WHOLE) {
    const gpu = pickShare(node, demand);
    return gpu < 0 ? undefined : [gpu];
  }
  const free = firstFree(node, demand.gpus);
  return free.length < demand.gpus ? undefined : free;
}
