/** Required terms, the pod's own and those of the pods that are there: `filtering.go`. */
import type { Pod } from '../../sim/api/index.ts';
import {
  type AffinityTerm,
  type CycleState,
  type Handle,
  type Listers,
  type NodeState,
  type PlacedPod,
  podTerms,
  SKIP,
  type Snapshot,
  type Status,
  stateKey,
  termMatches,
  unresolvable,
  unschedulable,
} from '../../sim/scheduler/contract.ts';
import { PairCounts, pairCounts } from './pair-counts.ts';
import { domainSums, namespaceLabels, resolve, resolveAll, selecting, selects } from './terms.ts';

const NO_AFFINITY = unresolvable("node(s) didn't match pod affinity rules");
const OWN_ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules");
const THEIR_ANTI_AFFINITY = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
const FAILS_AFFINITY = 1;
const FAILS_OWN = 2;
const FAILS_THEIRS = 3;

class FilterState {
  readonly affinity: readonly PairCounts[];
  readonly antiAffinity: readonly PairCounts[];
  /** By the text of the running pods' anti-affinity term that selects the incoming pod. */
  readonly theirs: Map<string, PairCounts>;

  constructor(
    affinity: readonly PairCounts[],
    antiAffinity: readonly PairCounts[],
    theirs: Map<string, PairCounts>,
  ) {
    this.affinity = affinity;
    this.antiAffinity = antiAffinity;
    this.theirs = theirs;
  }

  fork(): FilterState {
    const theirs = new Map([...this.theirs].map(([text, counts]) => [text, counts.fork()]));
    return new FilterState(
      this.affinity.map((counts) => counts.fork()),
      this.antiAffinity.map((counts) => counts.fork()),
      theirs,
    );
  }
}

const FILTER = stateKey<FilterState>('PreFilterInterPodAffinity');

export function countPairs(state: CycleState, { snapshot, listers }: Handle): Status | undefined {
  const { pod } = state;
  const terms = podTerms(pod);
  const none = terms.affinity.length === 0 && terms.antiAffinity.length === 0;
  if (none && snapshot.topology.hasNone('antiAffinity')) return SKIP;
  const theirs = new Map<string, PairCounts>();
  for (const counter of selecting(snapshot, 'antiAffinity', pod, listers)) {
    const sums = counter.rows.by(snapshot.labelColumn(counter.term.topologyKey));
    if (sums.total > 0) theirs.set(counter.term.text, pairCounts(sums));
  }
  if (none && theirs.size === 0) return SKIP;
  const own = resolveAll(terms, listers);
  const antiAffinity = own.antiAffinity.map((term) => pairCounts(domainSums(snapshot, [term], term)));
  const affinity = own.affinity.map((term) => pairCounts(domainSums(snapshot, own.affinity, term)));
  state.write(FILTER, new FilterState(affinity, antiAffinity, theirs));
  return undefined;
}

/** `placed` comes to `node`, or goes, in a what-if. */
export function changeByPod(
  state: CycleState,
  { snapshot, listers }: Handle,
  placed: PlacedPod,
  node: NodeState,
  delta: 1 | -1,
): undefined {
  const counts = state.read(FILTER);
  if (counts === undefined) return;
  const { pod } = state;
  const own = resolveAll(podTerms(pod), listers);
  if (own.affinity.length > 0 && own.affinity.every((term) => selects(term, placed.pod)))
    for (const pairs of counts.affinity) pairs.add(node.row, delta);
  for (const [i, pairs] of counts.antiAffinity.entries())
    if (selects(own.antiAffinity[i]!, placed.pod)) pairs.add(node.row, delta);
  for (const term of podTerms(placed.pod).antiAffinity)
    if (termMatches(term, pod, namespaceLabels(listers, pod)))
      theirsFor(snapshot, counts, term).add(node.row, delta);
}

function theirsFor(snapshot: Snapshot, { theirs }: FilterState, term: AffinityTerm): PairCounts {
  let pairs = theirs.get(term.text);
  if (pairs === undefined) {
    pairs = new PairCounts(snapshot.labelColumn(term.topologyKey), new Int32Array(0), 0);
    theirs.set(term.text, pairs);
  }
  return pairs;
}

/** Verdicts on the first `count` of `rows`. */
export function filterRows(
  state: CycleState,
  { listers }: Handle,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
): void {
  const counts = state.read(FILTER);
  if (counts === undefined) verdicts.fill(0, 0, count);
  else refuseRows(counts, rows, count, verdicts, isFirstOfSeries(counts, state.pod, listers));
}

export const refusalOf = (verdict: number): Status =>
  verdict === FAILS_AFFINITY ? NO_AFFINITY : verdict === FAILS_OWN ? OWN_ANTI_AFFINITY : THEIR_ANTI_AFFINITY;

/** No pod anywhere matches, but this one would: the first of a series may begin it. */
function isFirstOfSeries(counts: FilterState, pod: Pod, listers: Listers): boolean {
  if (counts.affinity.length === 0 || counts.affinity.some(({ total }) => total !== 0)) return false;
  return podTerms(pod).affinity.every((term) => selects(resolve(term, listers), pod));
}

function refuseRows(
  { affinity, antiAffinity, theirs }: FilterState,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
  first: boolean,
): void {
  verdicts.fill(0, 0, count);
  for (const { column, counts } of affinity)
    for (let i = 0; i < count; i++) {
      const id = column.ids[rows[i]!]!;
      const near = id !== 0 && id < counts.length && counts[id]! > 0;
      if (id === 0 || (!near && !first)) verdicts[i] = FAILS_AFFINITY;
    }
  for (const pairs of antiAffinity) refuseWhereAny(pairs, rows, count, verdicts, FAILS_OWN);
  for (const pairs of theirs.values()) refuseWhereAny(pairs, rows, count, verdicts, FAILS_THEIRS);
}

function refuseWhereAny(
  { column, counts }: PairCounts,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
  verdict: number,
): void {
  const { ids } = column;
  const known = counts.length;
  for (let i = 0; i < count; i++) {
    const id = ids[rows[i]!]!;
    if (id !== 0 && id < known && counts[id]! > 0 && verdicts[i] === 0) verdicts[i] = verdict;
  }
}
