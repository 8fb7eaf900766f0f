/** Hard constraints: no domain may have too many more pods than the one with the fewest (`filtering.go`). */
import {
  type CycleState,
  type NodeState,
  type PlacedPod,
  type Snapshot,
  type Status,
  stateKey,
  unresolvable,
  unschedulable,
} from '../../sim/scheduler/contract.ts';
import type { Constraint } from './constraints.ts';
import { DomainCounts } from './domain-counts.ts';
import { columnsOf, isIncluded, sumDomains } from './domains.ts';

const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints");
const LABEL_MISSING = unresolvable(
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

/** Verdicts. */
const MISSING = 1;
const SKEW = 2;

class FilterState {
  readonly counts: readonly DomainCounts[];

  constructor(counts: readonly DomainCounts[]) {
    this.counts = counts;
  }

  fork(): FilterState {
    return new FilterState(this.counts.map((counts) => counts.fork()));
  }
}

const FILTER = stateKey<FilterState>('PreFilterPodTopologySpread');

/** PreFilter. */
export function countDomains(
  state: CycleState,
  snapshot: Snapshot,
  constraints: readonly Constraint[],
): undefined {
  const { pod } = state;
  const columns = columnsOf(snapshot, constraints);
  const counts = constraints.map((constraint, i) => {
    const column = columns[i]!;
    return new DomainCounts(constraint, column, sumDomains(snapshot, pod, constraint, column, columns));
  });
  state.write(FILTER, new FilterState(counts));
}

/** PreFilterExtensions. */
export function changeByPod(state: CycleState, placed: PlacedPod, node: NodeState, delta: 1 | -1): undefined {
  const { pod } = state;
  const counts = state.read(FILTER)?.counts ?? [];
  if (placed.pod.metadata.namespace !== pod.metadata.namespace) return;
  if (counts.some(({ column }) => column.ids[node.row] === 0)) return;
  for (const domain of counts)
    if (
      domain.constraint.selector.matches(placed.pod.metadata.labels) &&
      isIncluded(domain.constraint, pod, node.node)
    )
      domain.add(domain.column.ids[node.row]!, delta);
}

export function filterRows(state: CycleState, rows: Int32Array, count: number, verdicts: Int32Array): void {
  const domains = state.read(FILTER)?.counts ?? [];
  verdicts.fill(0, 0, count);
  for (const domain of domains) {
    const { constraint, column, counts } = domain;
    const self = constraint.selector.matches(state.pod.metadata.labels) ? 1 : 0;
    const most = constraint.maxSkew + domain.fewest - self;
    const { ids } = column;
    const known = counts.length;
    for (let i = 0; i < count; i++) {
      if (verdicts[i] !== 0) continue;
      const id = ids[rows[i]!]!;
      if (id === 0) verdicts[i] = MISSING;
      else if ((id < known ? counts[id]! : 0) > most) verdicts[i] = SKEW;
    }
  }
}

export const refusalOf = (verdict: number): Status => (verdict === MISSING ? LABEL_MISSING : SKEWED);
