/**
 * FirstFit: the first node that takes the pod, in the cluster's order of nodes (Johnson, "Near-optimal bin packing algorithms",
 * 1973; in the scheduler's order, which takes zones in turn).
 */
import {
  ArgsReader,
  firstInOrder,
  type Handle,
  type Plugin,
  singleChoice,
} from '../sim/scheduler/contract.ts';

export const firstFit = (raw: unknown, { snapshot }: Handle): Plugin => {
  new ArgsReader(raw, '').finish();
  return {
    name: 'FirstFit',
    ...singleChoice('FirstFit', (_state, _pod, nodes) => firstInOrder(snapshot, nodes, 0)),
  };
};
