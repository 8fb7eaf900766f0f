/** SchedulingGates: a pod with gates is not queued. `plugins/schedulinggates`, Kubernetes v1.36. */
import type { Pod } from '../sim/api/index.ts';
import { Action, interest, type Plugin, unresolvable } from '../sim/scheduler/contract.ts';

export const schedulingGates = (): Plugin => ({
  name: 'SchedulingGates',
  preEnqueue: (pod) => {
    const gates = pod.spec.schedulingGates;
    if (gates === undefined || gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
  events: () => [interest('Pod', Action.updatePodSchedulingGatesEliminated, isTheWaitingPod)],
});

const isTheWaitingPod = (pod: Pod, _before: Pod | undefined, after: Pod | undefined): boolean =>
  after?.metadata.uid === pod.metadata.uid;
