/** DefaultPreemption: less important pods make room for a pod that fits nowhere. `plugins/defaultpreemption`, Kubernetes v1.36. */
import {
  Action,
  ArgsReader,
  bestCandidates,
  Diagnosis,
  dryRun,
  type Handle,
  interest,
  type Plugin,
  type PostFilterResult,
  unresolvable,
  unschedulable,
  whyNotEligible,
} from '../sim/scheduler/index.ts';

const NAME = 'DefaultPreemption';
const WAITING = unresolvable('waiting for the preemption for this pod to be finished');
const NOT_HELPFUL = unresolvable('Preemption is not helpful for scheduling');

export const defaultPreemption = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const percentage = args.integer('minCandidateNodesPercentage', 10, 0, 100);
  const absolute = args.integer('minCandidateNodesAbsolute', 100, 0, 2 ** 31 - 1);
  if (percentage === 0 && absolute === 0)
    args.report('', 'minCandidateNodesPercentage and minCandidateNodesAbsolute cannot both be zero');
  args.finish();
  return {
    name: NAME,
    preEnqueue: (pod) => (handle.isPreempting(pod.metadata.uid) ? WAITING : undefined),
    postFilter: (state, pod, diagnosis): PostFilterResult => {
      const ineligible = whyNotEligible(handle, pod, diagnosis);
      if (ineligible !== undefined) return { status: unschedulable(`preemption: ${ineligible}`) };
      const rows = diagnosis.rowsWith('Unschedulable');
      const wanted = Math.min(Math.max(Math.trunc((rows.length * percentage) / 100), absolute), rows.length);
      const offset = Math.floor(handle.draw('preemption-offset', pod.metadata.uid, 0) * rows.length);
      const { candidates, refusals } = dryRun(handle, state, rows, offset, wanted);
      if (candidates.length === 0) {
        const why = new Diagnosis(handle.snapshot);
        why.absentNodes = NOT_HELPFUL;
        for (const [row, status] of refusals) why.set(row, status);
        return { status: unschedulable(`preemption: ${why.message()}`), nominatedNodeName: '' };
      }
      const best = bestCandidates(candidates);
      const { node, victims } =
        best[Math.floor(handle.draw('preemption-tie', pod.metadata.uid, 0) * best.length)]!;
      return { status: undefined, nominatedNodeName: node, preemption: { node, victims } };
    },
    // The pod's other rejecters decide when it is worth another try.
    events: () => [interest('Pod', Action.delete, () => false)],
  };
};
