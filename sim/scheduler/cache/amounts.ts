/** Requests and capacities by resource name, for the few decisions that are not worth a column. */
import {
  CPU,
  cpuMilli,
  EPHEMERAL_STORAGE,
  MEMORY,
  type Node,
  type Pod,
  podResources,
  wholeUnits,
} from '../../api/index.ts';
import { resizedSpec } from './resized-spec.ts';

/** What a pod asks for: milli-CPU, bytes or whole units; nothing that is 0. */
export function podAmounts(pod: Pod): ReadonlyMap<string, number> {
  const asked = podResources(resizedSpec(pod));
  const amounts = new Map<string, number>([
    [CPU, asked.cpuMilli],
    [MEMORY, asked.memoryBytes],
    [EPHEMERAL_STORAGE, asked.ephemeralStorageBytes],
    ...asked.scalars,
  ]);
  for (const [name, amount] of amounts) if (amount === 0) amounts.delete(name);
  return amounts;
}

/** The pod counts on some node: it is bound, or nominated. */
export const takesRoom = ({ spec, status }: Pod): boolean =>
  (spec.nodeName ?? '') !== '' || (status?.nominatedNodeName ?? '') !== '';

/** What a node offers to pods, `pods` among it, in the same units. */
export function nodeAmounts(node: Node): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, quantity] of Object.entries(node.status?.allocatable ?? {}))
    amounts.set(name, name === CPU ? cpuMilli(quantity) : wholeUnits(quantity));
  return amounts;
}
