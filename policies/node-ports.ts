/** NodePorts: two pods cannot have the same port of a host. `plugins/nodeports`, Kubernetes v1.36. */
import { type HostPort, hostPorts, hostPortsClash } from '../sim/api/index.ts';
import {
  Action,
  type Handle,
  interest,
  type Plugin,
  SKIP,
  takesRoom,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const REFUSAL = unschedulable("node(s) didn't have free ports for the requested pod ports");

function clash(wanted: readonly HostPort[], used: readonly HostPort[]): boolean {
  for (const a of wanted) for (const b of used) if (hostPortsClash(a, b)) return true;
  return false;
}

export const nodePorts = (_args: unknown, { snapshot }: Handle): Plugin => ({
  name: 'NodePorts',
  nodeLocal: true,
  ignores: (shape) => shape.hostPorts.length === 0,
  preFilter: (state) => (state.shape.hostPorts.length === 0 ? SKIP : undefined),
  filterRows: (state, rows, count, verdicts) => {
    const wanted = state.shape.hostPorts;
    for (let i = 0; i < count; i++) verdicts[i] = clash(wanted, snapshot.ports[rows[i]!]!) ? 1 : 0;
  },
  refusal: () => REFUSAL,
  events: () => [
    interest(
      'Pod',
      Action.delete,
      (pod, deleted) =>
        deleted !== undefined && takesRoom(deleted) && clash(hostPorts(pod.spec), hostPorts(deleted.spec)),
    ),
    interest('Node', Action.add),
  ],
});
