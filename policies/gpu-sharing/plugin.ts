/**
 * What all GPU-sharing policies have in common, around the rule of each: the GPUs must fit, the chosen ones are reserved, and
 * the binding carries them to the pod's annotation `kubedes.io/gpu-index`, as device-sharing schedulers do
 * (hkust-adsl/kubernetes-scheduler-simulator, Open-Gpu-Share).
 */
import { annotations } from '../../sim/api/index.ts';
import {
  Action,
  boundWith,
  type CycleState,
  type Handle,
  interest,
  type Plugin,
  SKIP,
  type Snapshot,
  unresolvable,
  unschedulable,
} from '../../sim/scheduler/contract.ts';
import type { GpuDemand } from './demand.ts';
import { GpuDevices } from './devices.ts';
import { bestFit, fitsGpus, type GpuNode, type PickShare, pickGpus } from './gpu-node.ts';
import { ScoreMemos } from './score-memo.ts';

export interface GpuRule {
  readonly name: string;
  /**
   * An integer; 0 to 100 unless the policy normalises. Depends on node, demand and `version` alone. Absent if the policy does
   * not score.
   */
  readonly score?: ((node: GpuNode, demand: GpuDemand) => number) | undefined;
  /** Changes when the same node and demand may score otherwise. */
  readonly version?: (() => number) | undefined;
  /** Which GPU a pod that shares one gets; the one with the least left that fits by default. */
  readonly pick?: PickShare | undefined;
}

const WRONG_MODEL = unresolvable("node(s) didn't have GPUs of a model that the pod accepts");
const NOT_LEFT = unschedulable("node(s) didn't have enough left of their GPUs");
const GONE = unschedulable('the GPUs of the chosen node were taken meanwhile');

export function gpuPolicy(
  rule: GpuRule,
  handle: Handle,
  devices: GpuDevices = new GpuDevices(handle),
): Plugin {
  const demandOf = ({ pod, shape }: CycleState): GpuDemand => devices.demands.of(pod, shape);
  const { snapshot } = handle;
  return {
    name: rule.name,
    preFilter: (state) => (demandOf(state).gpus === 0 ? SKIP : undefined),
    filterRows: (state, rows, count, verdicts) => {
      devices.filter(demandOf(state), rows, count, verdicts);
    },
    refusal: (_state, verdict) => (verdict === 1 ? WRONG_MODEL : NOT_LEFT),
    ...scoring(rule, snapshot, devices),
    reserve: (state, pod, node) => {
      const demand = demandOf(state);
      if (demand.gpus === 0) return undefined;
      const before = devices.without(snapshot.rowOf(node), pod.metadata.uid);
      const gpus = fitsGpus(before, demand) ? pickGpus(before, demand, rule.pick ?? bestFit) : undefined;
      if (gpus === undefined) return GONE;
      devices.reserve(pod, node, gpus);
      return undefined;
    },
    unreserve: (_state, pod, node) => devices.release(pod, node),
    bind: (state, pod, node, turn) =>
      demandOf(state).gpus === 0
        ? SKIP
        : boundWith(
            { [annotations.gpuIndex.name]: (devices.gpusOf(pod, node) ?? []).join('-') },
            pod,
            node,
            turn,
          ),
    events: () => [
      interest('Pod', Action.delete, (_pod, deleted) => (deleted?.spec.nodeName ?? '') !== ''),
      interest('Node', Action.add | Action.updateNodeAllocatable | Action.updateNodeLabel),
    ],
  };
}

/** Nothing for a rule that does not score. */
function scoring(
  { score: ask, version }: GpuRule,
  snapshot: Snapshot,
  devices: GpuDevices,
): Pick<Plugin, 'scoreRows'> {
  if (ask === undefined) return {};
  const memos = new ScoreMemos();
  return {
    scoreRows: ({ pod, shape }, rows, count, scores) => {
      const demand = devices.demands.of(pod, shape);
      const { generation, capacity } = snapshot;
      const { stamp, score } = memos.of(demand.id, capacity, version?.() ?? 0);
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (stamp[row] !== generation[row]) {
          stamp[row] = generation[row]!;
          score[row] = ask(devices.at(row), demand);
        }
        scores[i] = score[row]!;
      }
    },
  };
}
