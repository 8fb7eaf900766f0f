/** Soft constraints: nodes of domains with fewer pods score higher (`scoring.go`). */
import { HOSTNAME_LABEL } from '../../sim/api/index.ts';
import { log } from '../../sim/engine/index.ts';
import {
  type CycleState,
  type LabelColumn,
  MAX_NODE_SCORE,
  type NodeRows,
  roundHalfAway,
  type Snapshot,
  stateKey,
} from '../../sim/scheduler/contract.ts';
import type { Constraint } from './constraints.ts';
import { carriesAll, columnsOf, NO_PODS, podsByRow, sumDomains } from './domains.ts';

interface SoftConstraint {
  readonly constraint: Constraint;
  readonly column: LabelColumn;
  /** By value id, or by row for the hostname; may be shorter if the rest have none. */
  readonly counts: Int32Array;
  readonly perNode: boolean;
  /** ln(domains + 2). */
  readonly weight: number;
}

interface ScoreState {
  readonly soft: readonly SoftConstraint[];
  /** Nodes that lack one of these labels are not scored; undefined if none are to be left out. */
  readonly ignores: readonly LabelColumn[] | undefined;
}

const SCORE = stateKey<ScoreState>('PreScorePodTopologySpread');

/** PreScore. `requireAll`: nodes that lack one of the labels are not scored. */
export function weighDomains(
  state: CycleState,
  snapshot: Snapshot,
  constraints: readonly Constraint[],
  nodes: NodeRows,
  requireAll: boolean,
): undefined {
  const { pod } = state;
  const columns = columnsOf(snapshot, constraints);
  const required = requireAll ? columns : [];
  const complete = required.every(({ carriers }) => carriers === snapshot.nodeCount);
  const scored = complete ? [] : required;
  const soft = constraints.map((constraint, i) => {
    const column = columns[i]!;
    const perNode = column.key === HOSTNAME_LABEL;
    const counts = perNode
      ? (podsByRow(snapshot, pod, constraint)?.counts ?? NO_PODS)
      : sumDomains(snapshot, pod, constraint, column, required).counts;
    const size = perNode ? countCarriers(scored, nodes) : countDistinct(snapshot, column, scored, nodes);
    return { constraint, column, counts, perNode, weight: log(size + 2) };
  });
  state.write(SCORE, { soft, ignores: complete ? undefined : required });
}

function countCarriers(required: readonly LabelColumn[], { rows, count }: NodeRows): number {
  if (required.length === 0) return count;
  let carriers = 0;
  for (let i = 0; i < count; i++) if (carriesAll(required, rows[i]!)) carriers++;
  return carriers;
}

/** Values among the nodes that are scored, "none" being one. */
function countDistinct(
  snapshot: Snapshot,
  column: LabelColumn,
  required: readonly LabelColumn[],
  { rows, count }: NodeRows,
): number {
  const { ids, values, carriers } = column;
  const most = carriers === snapshot.nodeCount ? values.size - 1 : values.size;
  const seen = new Uint8Array(values.size);
  let distinct = 0;
  for (let i = 0; i < count && distinct < most; i++) {
    const row = rows[i]!;
    const id = ids[row]!;
    if (seen[id] === 1 || (required.length > 0 && !carriesAll(required, row))) continue;
    seen[id] = 1;
    distinct++;
  }
  return distinct;
}

export function scoreRows(state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void {
  const { soft, ignores } = state.read(SCORE)!;
  scores.fill(0, 0, count);
  for (const constraint of soft)
    if (constraint.perNode) addByNode(constraint, rows, count, scores);
    else addByDomain(constraint, rows, count, scores);
  for (let i = 0; i < count; i++) scores[i] = roundHalfAway(scores[i]!);
  if (ignores === undefined) return;
  for (let i = 0; i < count; i++) if (!carriesAll(ignores, rows[i]!)) scores[i] = 0;
}

function addByNode(
  { constraint, column, counts, weight }: SoftConstraint,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const { ids } = column;
  const slack = constraint.maxSkew - 1;
  const known = counts.length;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (ids[row] !== 0) scores[i]! += (row < known ? counts[row]! : 0) * weight + slack;
  }
}

function addByDomain(
  { constraint, column, counts, weight }: SoftConstraint,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const { ids } = column;
  const slack = constraint.maxSkew - 1;
  const parts = new Float64Array(column.values.size);
  for (let id = 1; id < parts.length; id++) parts[id] = (counts[id] ?? 0) * weight + slack;
  for (let i = 0; i < count; i++) scores[i]! += parts[ids[rows[i]!]!]!;
}

/** Fewest pods scores 100; nodes that lack a label score 0. */
export function normalizeRows(
  state: CycleState,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const { ignores } = state.read(SCORE)!;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < count; i++) {
    if (ignores !== undefined && !carriesAll(ignores, rows[i]!)) {
      scores[i] = -1;
      continue;
    }
    const score = scores[i]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  for (let i = 0; i < count; i++) {
    if (scores[i] === -1) scores[i] = 0;
    else if (max === 0) scores[i] = MAX_NODE_SCORE;
    else scores[i] = Math.trunc((MAX_NODE_SCORE * (max + min - scores[i]!)) / max);
  }
}
