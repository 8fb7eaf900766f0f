/** Matching pods by domain, over the nodes that a constraint takes into account. */
import { firstUntoleratedTaint, type Node, type Pod, requiredNodeAffinity } from '../../sim/api/index.ts';
import type { LabelColumn, RowCounts, Snapshot } from '../../sim/scheduler/contract.ts';
import type { Constraint } from './constraints.ts';

/** Whether the node's pods count for a constraint of this pod. */
export function isIncluded({ honorAffinity, honorTaints }: Constraint, pod: Pod, node: Node): boolean {
  if (honorAffinity && !requiredNodeAffinity(pod.spec).matches(node)) return false;
  return (
    !honorTaints ||
    firstUntoleratedTaint(node.spec.taints, pod.spec.tolerations, 'NoSchedule', 'NoExecute') === undefined
  );
}

/** True if every node's pods count, as far as the inclusion policies go. */
const includesAll = (snapshot: Snapshot, { honorAffinity, honorTaints }: Constraint, pod: Pod): boolean =>
  (!honorAffinity || requiredNodeAffinity(pod.spec).everything) &&
  (!honorTaints || snapshot.taintSets.hardNodes === 0);

export interface DomainSum {
  /** Value id → matching pods; may be shorter than the ids. */
  readonly counts: Int32Array;
  /** The array belongs to the index and changes with it. */
  readonly shared: boolean;
  /** Value id → above 0 if some node of the domain takes part. */
  readonly takesPart: ArrayLike<number>;
}

export const NO_PODS = new Int32Array(0);

/** Pods by domain, over the nodes that pass the inclusion policies and carry all `required` labels. */
export function sumDomains(
  snapshot: Snapshot,
  pod: Pod,
  constraint: Constraint,
  column: LabelColumn,
  required: readonly LabelColumn[],
): DomainSum {
  const pods = podsByRow(snapshot, pod, constraint);
  const complete = required.every(({ carriers }) => carriers === snapshot.nodeCount);
  if (complete && includesAll(snapshot, constraint, pod))
    return { counts: pods?.by(column).sums ?? NO_PODS, shared: true, takesPart: column.nodesOf };
  const counts = new Int32Array(column.values.size);
  const takesPart = new Uint8Array(column.values.size);
  for (let i = 0; i < snapshot.nodeCount; i++) {
    const row = snapshot.order[i]!;
    const id = column.ids[row]!;
    if (id === 0 || !carriesAll(required, row)) continue;
    if (!isIncluded(constraint, pod, snapshot.nodes[row]!)) continue;
    takesPart[id] = 1;
    if (pods !== undefined) counts[id]! += pods.counts[row]!;
  }
  return { counts, shared: false, takesPart };
}

/** An empty selector counts no pod, as upstream's. */
export const podsByRow = (snapshot: Snapshot, pod: Pod, { selector }: Constraint): RowCounts | undefined =>
  selector.everything || selector.nothing
    ? undefined
    : snapshot.topology.liveCounter(selector, pod.metadata.namespace ?? '').rows;

export const columnsOf = (snapshot: Snapshot, specs: readonly Constraint[]): LabelColumn[] =>
  specs.map(({ topologyKey }) => snapshot.labelColumn(topologyKey));

export function carriesAll(columns: readonly LabelColumn[], row: number): boolean {
  for (const column of columns) if (column.ids[row] === 0) return false;
  return true;
}
