/** NodeUnschedulable: cordoned nodes take only pods that tolerate it. `plugins/nodeunschedulable`, Kubernetes v1.36. */
import { type Taint, toleratesTaint } from '../sim/api/index.ts';
import { Action, type Handle, interest, type Plugin, unresolvable } from '../sim/scheduler/contract.ts';

const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const REFUSAL = unresolvable('node(s) were unschedulable');

export const nodeUnschedulable = (_args: unknown, { snapshot }: Handle): Plugin => ({
  name: 'NodeUnschedulable',
  nodeLocal: true,
  idle: (state) => snapshot.unschedulableNodes === 0 || toleratesTaint(state.shape.tolerations, CORDONED),
  filterRows: (state, rows, count, verdicts) => {
    const tolerated = toleratesTaint(state.shape.tolerations, CORDONED);
    const { unschedulable } = snapshot;
    for (let i = 0; i < count; i++) verdicts[i] = tolerated ? 0 : unschedulable[rows[i]!]!;
  },
  refusal: () => REFUSAL,
  events: () => [
    interest(
      'Node',
      Action.add | Action.updateNodeTaint,
      (_pod, before, after) =>
        after !== undefined &&
        after.spec.unschedulable !== true &&
        (before === undefined || before.spec.unschedulable === true),
    ),
    interest(
      'Pod',
      Action.updatePodToleration,
      (pod, _before, after) =>
        after?.metadata.uid === pod.metadata.uid && toleratesTaint(after.spec.tolerations, CORDONED),
    ),
  ],
});
