/**
 * InterPodAffinity: pods that want to be near, or away from, other pods. `plugins/interpodaffinity`,
 * Kubernetes v1.36. Pods that match a term, and pods that carry one, are counted per node by the snapshot's topology index;
 * a pod costs a look at each matching term per node.
 */
import { Action, type Handle, interest, type Plugin } from '../../sim/scheduler/contract.ts';
import { readArgs } from './args.ts';
import { changeByPod, countPairs, filterRows, refusalOf } from './filtering.ts';
import { afterNodeChange, afterPodChange } from './hints.ts';
import { normalizeRows, scoreRows, weighTerms } from './scoring.ts';

export const interPodAffinity = (raw: unknown, handle: Handle): Plugin => {
  const args = readArgs(raw);
  return {
    name: 'InterPodAffinity',
    nodeLocal: false,
    preFilter: (state) => countPairs(state, handle),
    addPod: (state, _pod, placed, node) => changeByPod(state, handle, placed, node, 1),
    removePod: (state, _pod, placed, node) => changeByPod(state, handle, placed, node, -1),
    filterRows: (state, rows, count, verdicts) => filterRows(state, handle, rows, count, verdicts),
    refusal: (_state, verdict) => refusalOf(verdict),
    preScore: (state) => weighTerms(state, handle, args),
    scoreRows,
    normalizeRows,
    events: () => [
      interest('Pod', Action.add | Action.updatePodLabel | Action.delete, afterPodChange),
      interest('Node', Action.add | Action.updateNodeLabel, afterNodeChange),
    ],
  };
};
