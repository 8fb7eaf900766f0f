/**
 * PodTopologySpread: pods of a kind spread evenly over zones, nodes or other domains.
 * `plugins/podtopologyspread`, Kubernetes v1.36. Matching pods are counted per node by the snapshot's topology index as they
 * come and go; a pod costs a look at each domain, or at each node if it does not accept all of them.
 */
import type { Pod } from '../../sim/api/index.ts';
import { Action, type Handle, interest, type Plugin, SKIP } from '../../sim/scheduler/contract.ts';
import { readArgs } from './args.ts';
import { type Constraint, compileOwn, DefaultConstraints, type WhenUnsatisfiable } from './constraints.ts';
import { changeByPod, countDomains, filterRows, refusalOf } from './filtering.ts';
import { afterNodeChange, afterPodChange } from './hints.ts';
import { normalizeRows, scoreRows, weighDomains } from './scoring.ts';

export const podTopologySpread = (raw: unknown, { snapshot, listers }: Handle): Plugin => {
  const { defaults, system } = readArgs(raw);
  const fallback = new DefaultConstraints(defaults, listers);
  const constraintsOf = (pod: Pod, action: WhenUnsatisfiable): readonly Constraint[] => {
    const own = pod.spec.topologySpreadConstraints ?? [];
    return own.length > 0 ? compileOwn(own, pod.metadata.labels)[action] : fallback.of(pod, action);
  };
  return {
    name: 'PodTopologySpread',
    nodeLocal: false,
    preFilter: (state, pod) => {
      const hard = constraintsOf(pod, 'DoNotSchedule');
      if (hard.length === 0) return SKIP;
      return countDomains(state, snapshot, hard);
    },
    addPod: (state, _pod, placed, node) => changeByPod(state, placed, node, 1),
    removePod: (state, _pod, placed, node) => changeByPod(state, placed, node, -1),
    filterRows,
    refusal: (_state, verdict) => refusalOf(verdict),
    preScore: (state, pod, nodes) => {
      const soft = constraintsOf(pod, 'ScheduleAnyway');
      if (soft.length === 0) return SKIP;
      const requireAll = !system || (pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
      return weighDomains(state, snapshot, soft, nodes, requireAll);
    },
    scoreRows,
    normalizeRows,
    events: () => [
      interest(
        'Pod',
        Action.add | Action.updatePodLabel | Action.updatePodToleration | Action.delete,
        (pod, before, after) => afterPodChange(constraintsOf(pod, 'DoNotSchedule'), pod, before, after),
      ),
      interest(
        'Node',
        Action.add | Action.delete | Action.updateNodeLabel | Action.updateNodeTaint,
        (pod, before, after) => afterNodeChange(constraintsOf(pod, 'DoNotSchedule'), before, after),
      ),
    ],
  };
};
