/** NodeName: a pod that names its node fits nowhere else. `plugins/nodename`, Kubernetes v1.36. */
import { Action, type Handle, interest, type Plugin, unresolvable } from '../sim/scheduler/contract.ts';

const REFUSAL = unresolvable("node(s) didn't match the requested node name");

export const nodeName = (_args: unknown, { snapshot }: Handle): Plugin => ({
  name: 'NodeName',
  // Which node is named is not part of a pod's shape.
  nodeLocal: false,
  idle: ({ pod }) => pod.spec.nodeName === undefined || pod.spec.nodeName === '',
  filterRows: ({ pod }, rows, count, verdicts) => {
    const wanted = pod.spec.nodeName ?? '';
    for (let i = 0; i < count; i++)
      verdicts[i] = wanted === '' || wanted === snapshot.nameOf(rows[i]!) ? 0 : 1;
  },
  refusal: () => REFUSAL,
  events: () => [interest('Node', Action.add)],
});
