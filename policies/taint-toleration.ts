/** TaintToleration: untolerated taints repel, or count against a node. `plugins/tainttoleration`, Kubernetes v1.36. */
import {
  firstUntoleratedTaint,
  type Node,
  type Pod,
  type Taint,
  type Toleration,
  toleratesTaint,
} from '../sim/api/index.ts';
import {
  Action,
  type CycleState,
  defaultNormalize,
  type Handle,
  interest,
  MAX_NODE_SCORE,
  NOTHING_TO_DO,
  type Plugin,
  stateKey,
  unresolvable,
} from '../sim/scheduler/contract.ts';

const NAME = 'TaintToleration';
const REFUSAL = unresolvable('node(s) had untolerated taint(s)');
/** Per taint set: 0 unknown, else 1 + the answer. */
const HARD = stateKey<Int32Array>(`PreFilter${NAME}`);
const SOFT = stateKey<Int32Array>(`PreScore${NAME}`);

const isRepelled = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
): boolean => firstUntoleratedTaint(taints, tolerations, 'NoSchedule', 'NoExecute') !== undefined;

/** Only tolerations for this effect, or for all of them, count for PreferNoSchedule taints. */
function countUnpreferred(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  const relevant = tolerations.filter(
    ({ effect }) => effect === undefined || effect === '' || effect === 'PreferNoSchedule',
  );
  return taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !toleratesTaint(relevant, taint))
    .length;
}

export const taintToleration = (_args: unknown, { snapshot }: Handle): Plugin => {
  /** One answer per taint set, not per node. */
  const answers = (
    state: CycleState,
    key: typeof HARD,
    answer: (taints: readonly Taint[], tolerations: readonly Toleration[]) => number,
  ): ((row: number) => number) => {
    let known = state.read(key);
    if (known === undefined || known.length < snapshot.taintSets.size) {
      known = new Int32Array(snapshot.taintSets.size);
      state.write(key, known);
    }
    const bySet = known;
    const { taintSet, taintSets } = snapshot;
    return (row) => {
      const set = taintSet[row]!;
      if (bySet[set] === 0) bySet[set] = 1 + answer(taintSets.taintsOf(set), state.shape.tolerations);
      return bySet[set]! - 1;
    };
  };
  return {
    name: NAME,
    nodeLocal: true,
    idle: () => snapshot.taintSets.hardNodes === 0,
    filterRows: (state, rows, count, verdicts) => {
      const repelled = answers(state, HARD, (taints, tolerations) =>
        isRepelled(taints, tolerations) ? 1 : 0,
      );
      for (let i = 0; i < count; i++) verdicts[i] = repelled(rows[i]!);
    },
    refusal: () => REFUSAL,
    preScore: NOTHING_TO_DO,
    uniformScore: () => (snapshot.taintSets.softNodes === 0 ? MAX_NODE_SCORE : undefined),
    scoreRows: (state, rows, count, scores) => {
      const unpreferred = answers(state, SOFT, countUnpreferred);
      for (let i = 0; i < count; i++) scores[i] = unpreferred(rows[i]!);
    },
    normalizeRows: (_state, _rows, count, scores) => defaultNormalize(scores, count, true),
    events: () => [
      interest('Node', Action.add | Action.updateNodeTaint, becameTolerable),
      interest(
        'Pod',
        Action.updatePodToleration,
        (pod, _before, after) => after?.metadata.uid === pod.metadata.uid,
      ),
    ],
  };
};

const becameTolerable = (pod: Pod, before: Node | undefined, after: Node | undefined): boolean =>
  (before === undefined || isRepelled(before.spec.taints, pod.spec.tolerations)) &&
  !isRepelled(after?.spec.taints, pod.spec.tolerations);
