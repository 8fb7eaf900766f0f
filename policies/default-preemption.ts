/** DefaultPreemption: less important pods make room for a pod that fits nowhere. `plugins/defaultpreemption`, Kubernetes v1.36. */
import {
  Action,
  ArgsReader,
  bestCandidates,
  dryRun,
  type Handle,
  interest,
  NO_VICTIMS,
  type Plugin,
  type PostFilterResult,
  ReasonCounts,
  type Status,
  unresolvable,
  unschedulable,
  whyNotEligible,
} from '../sim/scheduler/contract.ts';

const NAME = 'DefaultPreemption';
const WAITING = unresolvable('waiting for the preemption for this pod to be finished');
const NOT_HELPFUL = unresolvable('Preemption is not helpful for scheduling');

function noCandidates(refusals: Iterable<Status>, nodeCount: number): PostFilterResult {
  const counts = new ReasonCounts();
  let refused = 0;
  for (const status of refusals) {
    counts.add(status, 1);
    refused++;
  }
  counts.add(NOT_HELPFUL, nodeCount - refused);
  return { status: unschedulable(`preemption: ${counts.message(nodeCount)}`), nominatedNodeName: '' };
}

/** `unfit` nodes of `nodeCount` would have to be tried, and no pod on any of them is less important. */
function nobodyToEvict(unfit: number, nodeCount: number): PostFilterResult {
  const counts = new ReasonCounts();
  counts.add(NO_VICTIMS, unfit);
  counts.add(NOT_HELPFUL, nodeCount - unfit);
  return { status: unschedulable(`preemption: ${counts.message(nodeCount)}`), nominatedNodeName: '' };
}

export const defaultPreemption = (raw: unknown, handle: Handle): Plugin => {
  const args = new ArgsReader(raw, '');
  const percentage = args.integer('minCandidateNodesPercentage', 10, 0, 100);
  const absolute = args.integer('minCandidateNodesAbsolute', 100, 0);
  if (percentage === 0 && absolute === 0)
    args.report('', 'minCandidateNodesPercentage and minCandidateNodesAbsolute cannot both be zero');
  args.finish();
  return {
    name: NAME,
    preEnqueue: (pod) => (handle.isPreempting(pod.metadata.uid) ? WAITING : undefined),
    postFilter: (state, pod, diagnosis): PostFilterResult => {
      const ineligible = whyNotEligible(handle, pod, diagnosis);
      if (ineligible !== undefined) return { status: unschedulable(`preemption: ${ineligible}`) };
      if (handle.snapshot.priorities.lowest >= (pod.spec.priority ?? 0))
        return nobodyToEvict(diagnosis.countOf('Unschedulable'), handle.snapshot.nodeCount);
      const rows = diagnosis.rowsWith('Unschedulable');
      const wanted = Math.min(Math.max(Math.trunc((rows.length * percentage) / 100), absolute), rows.length);
      const offset = Math.floor(handle.draw('preemption-offset', pod.metadata.uid, 0) * rows.length);
      const { candidates, refusals } = dryRun(handle, state, rows, offset, wanted);
      if (candidates.length === 0) return noCandidates(refusals.values(), handle.snapshot.nodeCount);
      const best = bestCandidates(candidates);
      const { node, victims } =
        best[Math.floor(handle.draw('preemption-tie', pod.metadata.uid, 0) * best.length)]!;
      return { status: undefined, nominatedNodeName: node, preemption: { node, victims } };
    },
    // The pod's other rejecters decide when it is worth another try.
    events: () => [interest('Pod', Action.delete, () => false)],
  };
};
