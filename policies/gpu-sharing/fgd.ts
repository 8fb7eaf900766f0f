/**
 * FGD, fragmentation gradient descent: the pod goes where it makes the fragmentation of GPUs grow least. Weng et
 * al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent", USENIX ATC'23; formula
 * and constants as in hkust-adsl/kubernetes-scheduler-simulator.
 */
import { exp } from '../../sim/engine/index.ts';
import { ArgsReader, type Handle, type Plugin } from '../../sim/scheduler/contract.ts';
import { type GpuDemand, WHOLE } from './demand.ts';
import { GpuDevices } from './devices.ts';
import { ExpectedWorkload, readTasks } from './expected-workload.ts';
import type { Fragmentation } from './fragmentation.ts';
import { firstFree, type GpuNode } from './gpu-node.ts';
import { gpuPolicy } from './plugin.ts';

/** GPU thousandths of a change that count one in the sigmoid's argument. */
const SCALE = 1000;

/** 50: the pod changes nothing; higher: less is fragmented than before. */
const scoreOf = (before: number, after: number): number =>
  Math.trunc((1 / (1 + exp(-(before - after) / SCALE))) * 100);

/** The best score of a pod on a node, and, for a pod that shares a GPU, on which. */
export class FgdRule {
  gpu = -1;

  /** `before`: the node's fragmentation as it is. */
  score(fragmentation: Fragmentation, before: number, node: GpuNode, demand: GpuDemand): number {
    const { left, model } = node;
    const cpuLeft = node.cpuLeftMilli - demand.cpuMilli;
    this.gpu = -1;
    if (demand.gpus === 1 && demand.milli < WHOLE) return this.#share(fragmentation, before, node, demand);
    if (demand.gpus === 0) return scoreOf(before, fragmentation.of(left, cpuLeft, model));
    const after = left.slice();
    for (const gpu of firstFree(node, demand.gpus)) after[gpu] = 0;
    return scoreOf(before, fragmentation.of(after, cpuLeft, model));
  }

  /** GPUs with the same left are equal: only the first of them is tried. */
  #share(
    fragmentation: Fragmentation,
    before: number,
    node: GpuNode,
    { cpuMilli, milli }: GpuDemand,
  ): number {
    const { left, model, cpuLeftMilli } = node;
    let best = -1;
    for (let gpu = 0; gpu < left.length; gpu++) {
      const own = left[gpu]!;
      if (own < milli || left.indexOf(own) < gpu) continue;
      left[gpu] = own - milli;
      const score = scoreOf(before, fragmentation.of(left, cpuLeftMilli - cpuMilli, model));
      left[gpu] = own;
      if (score <= best) continue;
      best = score;
      this.gpu = gpu;
    }
    return best;
  }
}

/** A node's fragmentation as it is, remembered while the node and the expected workload are the same. */
class NodeFragmentation {
  readonly #known = new WeakMap<GpuNode, { version: number; by: Fragmentation; milli: number }>();

  of(by: Fragmentation, node: GpuNode): number {
    const { left, cpuLeftMilli, model, version } = node;
    const known = this.#known.get(node);
    if (known !== undefined && known.version === version && known.by === by) return known.milli;
    const milli = by.of(left, cpuLeftMilli, model);
    this.#known.set(node, { version, by, milli });
    return milli;
  }
}

export const fgd = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const tasks = readTasks(args);
  const coverage = args.integer('coveragePercent', 95, 1, 100);
  args.finish();
  const workload = new ExpectedWorkload(tasks, coverage, handle);
  const devices = new GpuDevices(handle);
  const before = new NodeFragmentation();
  const rule = new FgdRule();
  const score = (node: GpuNode, demand: GpuDemand): number =>
    rule.score(workload.fragmentation, before.of(workload.fragmentation, node), node, demand);
  const pick = (node: GpuNode, demand: GpuDemand): number => {
    score(node, demand);
    return rule.gpu;
  };
  const plugin = gpuPolicy({ name: 'FGD', score, pick, version: () => workload.version }, handle, devices);
  return {
    ...plugin,
    reserve: (state, pod, node) => {
      const status = plugin.reserve!(state, pod, node);
      if (status === undefined) workload.learn(devices.demands.of(pod, state.shape));
      return status;
    },
  };
};
