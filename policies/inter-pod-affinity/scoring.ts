/** Preferred terms, the pod's own and those that others have for it: `scoring.go`. */
import type { Pod } from '../../sim/api/index.ts';
import {
  type AffinityTerm,
  type CycleState,
  type DomainSums,
  type Handle,
  type LabelColumn,
  type Listers,
  MAX_NODE_SCORE,
  type PodTerms,
  podTerms,
  SKIP,
  type Snapshot,
  type Status,
  stateKey,
  type TermKind,
} from '../../sim/scheduler/contract.ts';
import type { InterPodAffinityArgs } from './args.ts';
import { domainSums, resolve, selecting } from './terms.ts';

interface ScoreTerm {
  readonly column: LabelColumn;
  readonly sums: Int32Array;
  readonly factor: number;
}

const SCORE = stateKey<readonly ScoreTerm[]>('PreScoreInterPodAffinity');

export function weighTerms(
  state: CycleState,
  { snapshot, listers }: Handle,
  { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: InterPodAffinityArgs,
): Status | undefined {
  const terms = podTerms(state.pod);
  const preferring = terms.preferredAffinity.length > 0 || terms.preferredAntiAffinity.length > 0;
  if (!preferring && (ignorePreferredTermsOfExistingPods || nobodyPrefers(snapshot))) return SKIP;
  const scored = scoreTerms(snapshot, state.pod, terms, hardPodAffinityWeight, listers);
  if (scored.length === 0) return SKIP;
  state.write(SCORE, scored);
  return undefined;
}

const nobodyPrefers = ({ topology }: Snapshot): boolean =>
  topology.hasNone('affinity') &&
  topology.hasNone('preferredAffinity') &&
  topology.hasNone('preferredAntiAffinity');

/** Every term that gives some node a score, its own preferences and those that others have for it. */
function scoreTerms(
  snapshot: Snapshot,
  pod: Pod,
  terms: PodTerms,
  hardWeight: number,
  listers: Listers,
): readonly ScoreTerm[] {
  const scored: ScoreTerm[] = [];
  const add = ({ column, sums, total }: DomainSums, factor: number): void => {
    if (total > 0) scored.push({ column, sums, factor });
  };
  const own = (preferred: readonly AffinityTerm[], sign: 1 | -1): void => {
    for (const term of preferred) {
      const resolved = resolve(term, listers);
      add(domainSums(snapshot, [resolved], resolved), sign * term.weight);
    }
  };
  const theirs = (kind: TermKind, factor: number): void => {
    if (factor === 0 || snapshot.topology.hasNone(kind)) return;
    for (const { rows, term } of selecting(snapshot, kind, pod, listers))
      add(rows.by(snapshot.labelColumn(term.topologyKey)), factor);
  };
  own(terms.preferredAffinity, 1);
  own(terms.preferredAntiAffinity, -1);
  theirs('affinity', hardWeight);
  theirs('preferredAffinity', 1);
  theirs('preferredAntiAffinity', -1);
  return scored;
}

export function scoreRows(state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void {
  scores.fill(0, 0, count);
  for (const { column, sums, factor } of state.read(SCORE) ?? [])
    addSums(column.ids, sums, factor, rows, count, scores);
}

function addSums(
  ids: Int32Array,
  sums: Int32Array,
  factor: number,
  rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  const known = sums.length;
  for (let i = 0; i < count; i++) {
    const id = ids[rows[i]!]!;
    if (id !== 0 && id < known) scores[i]! += factor * sums[id]!;
  }
}

/** From lowest to highest raw score, stretched over 0 to 100. */
export function normalizeRows(
  _state: CycleState,
  _rows: Int32Array,
  count: number,
  scores: Float64Array,
): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  if (max === min) scores.fill(0, 0, count);
  else
    for (let i = 0; i < count; i++)
      scores[i] = Math.trunc(MAX_NODE_SCORE * ((scores[i]! - min) / (max - min)));
}
