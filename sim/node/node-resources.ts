/** What a Node object offers to pods, as numbers. Source: scheduler framework `NewResource`, Kubernetes v1.36.3. */
import {
  bytesOf,
  CPU,
  cpuMilli,
  EPHEMERAL_STORAGE,
  isScalarResource,
  MEMORY,
  type Node,
  PODS,
  wholeUnits,
} from '../api/index.ts';

export interface NodeResources {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  readonly pods: number;
  /** Extended and huge page resources, whole units. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** `status.allocatable`; 0 for what it does not name. */
export function nodeResources(node: Node): NodeResources {
  const list = node.status?.allocatable ?? {};
  const scalars = new Map<string, number>();
  for (const name of Object.keys(list).sort()) {
    if (isScalarResource(name)) scalars.set(name, wholeUnits(list[name] ?? '0'));
  }
  return {
    cpuMilli: cpuMilli(list[CPU] ?? '0'),
    memoryBytes: bytesOf(list[MEMORY] ?? '0'),
    ephemeralStorageBytes: bytesOf(list[EPHEMERAL_STORAGE] ?? '0'),
    pods: wholeUnits(list[PODS] ?? '0'),
    scalars,
  };
}
