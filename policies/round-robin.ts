/**
 * RoundRobin: the next node that takes the pod, after the one that took the last pod, in the cluster's order of nodes: the
 * classic dealer's rule. Which node was last is the framework's memory.
 */
import {
  ArgsReader,
  firstInOrder,
  type Handle,
  type Plugin,
  type Snapshot,
  singleChoice,
} from '../sim/scheduler/contract.ts';

/** The position after a node's; 0 if the node is gone. O(nodes). */
function positionAfter(snapshot: Snapshot, node: string): number {
  const row = snapshot.rowOf(node);
  return row === 0 ? 0 : snapshot.order.indexOf(row) + 1;
}

export const roundRobin = (raw: unknown, handle: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  const { snapshot } = handle;
  const last = handle.memory('');
  return {
    name: 'RoundRobin',
    ...singleChoice('RoundRobin', (_state, _pod, nodes) =>
      firstInOrder(snapshot, nodes, positionAfter(snapshot, last.value)),
    ),
    reserve: (_state, _pod, node) => {
      last.set(node);
      return undefined;
    },
  };
};
