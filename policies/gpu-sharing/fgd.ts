/**
 * HOT PATH: FGD, fragmentation gradient descent: the pod goes where it makes the fragmentation of GPUs grow least. Weng et
 * al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent", USENIX ATC'23; formula
 * and constants as in hkust-adsl/kubernetes-scheduler-simulator.
 */
import { exp } from '../../sim/engine/index.ts';
import { ArgsReader, type Handle, type Plugin, type Snapshot } from '../../sim/scheduler/index.ts';
import { type GpuDemand, WHOLE } from './demand.ts';
import { GpuDevices } from './devices.ts';
import { ExpectedWorkload, readTasks } from './expected-workload.ts';
import type { Fragmentation } from './fragmentation.ts';
import { firstFree, type GpuNode } from './gpu-node.ts';
import { gpuPolicy } from './plugin.ts';
import { ScoreMemos } from './score-memo.ts';

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

const fragmentationOf = (fragmentation: Fragmentation, node: GpuNode): number =>
  fragmentation.of(node.left, node.cpuLeftMilli, node.model);

class RememberedScores {
  readonly #snapshot: Snapshot;
  readonly #devices: GpuDevices;
  readonly #workload: ExpectedWorkload;
  readonly #rule: FgdRule;
  readonly #memos = new ScoreMemos();

  constructor(snapshot: Snapshot, devices: GpuDevices, workload: ExpectedWorkload, rule: FgdRule) {
    this.#snapshot = snapshot;
    this.#devices = devices;
    this.#workload = workload;
    this.#rule = rule;
  }

  fill(demand: GpuDemand, rows: Int32Array, count: number, scores: Float64Array): void {
    const { generation, capacity } = this.#snapshot;
    this.#memos.use(this.#workload.version, capacity);
    const { stamp, score } = this.#memos.of(demand.id);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (stamp[row] !== generation[row]) {
        stamp[row] = generation[row]!;
        score[row] = this.#score(row, generation[row]!, demand);
      }
      scores[i] = score[row]!;
    }
  }

  #score(row: number, generation: number, demand: GpuDemand): number {
    const { fragmentation } = this.#workload;
    const { stamp, figure } = this.#memos.ofRows;
    const node = this.#devices.at(row);
    if (stamp[row] !== generation) {
      stamp[row] = generation;
      figure[row] = fragmentationOf(fragmentation, node);
    }
    return this.#rule.score(fragmentation, figure[row]!, node, demand);
  }
}

export const fgd = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const tasks = readTasks(args);
  const coverage = args.integer('coveragePercent', 95, 1, 100);
  args.finish();
  const workload = new ExpectedWorkload(tasks, coverage, handle);
  const devices = new GpuDevices(handle);
  const rule = new FgdRule();
  const scores = new RememberedScores(handle.snapshot, devices, workload, rule);
  const pick = (node: GpuNode, demand: GpuDemand): number => {
    const { fragmentation } = workload;
    rule.score(fragmentation, fragmentationOf(fragmentation, node), node, demand);
    return rule.gpu;
  };
  const plugin = gpuPolicy({ name: 'FGD', pick }, handle, devices);
  return {
    ...plugin,
    scoreRows: ({ pod, shape }, rows, count, into) =>
      scores.fill(devices.demands.of(pod, shape), rows, count, into),
    reserve: (state, pod, node) => {
      const status = plugin.reserve!(state, pod, node);
      if (status === undefined) workload.learn(devices.demands.of(pod, state.shape));
      return status;
    },
  };
};
