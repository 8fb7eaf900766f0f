/**
 * InterPodAffinity: pods that want to be near, or away from, other pods. `plugins/interpodaffinity`,
 * Kubernetes v1.36. Pods that match a term, and pods that carry one, are counted per node by the snapshot's topology index;
 * a pod costs a look at each matching term per node.
 */
import type { Labels, Node, Pod, Selector } from '../sim/api/index.ts';
import {
  Action,
  type AffinityTerm,
  ArgsReader,
  type CycleState,
  type DomainSums,
  type Handle,
  interest,
  type LabelColumn,
  type Listers,
  MAX_NODE_SCORE,
  type NodeState,
  type PlacedPod,
  type Plugin,
  type PodTerms,
  podTerms,
  SKIP,
  type Snapshot,
  type Status,
  stateKey,
  type TermCounter,
  type TermKind,
  takesRoom,
  termMatches,
  unresolvable,
  unschedulable,
} from '../sim/scheduler/contract.ts';

const NAME = 'InterPodAffinity';
const NO_AFFINITY = unresolvable("node(s) didn't match pod affinity rules");
const OWN_ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules");
const THEIR_ANTI_AFFINITY = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
const FAILS_AFFINITY = 1;
const FAILS_OWN = 2;
const FAILS_THEIRS = 3;

/** How many pods there are in each domain of one topology key; shared with the index until a what-if changes it. */
class PairCounts {
  readonly column: LabelColumn;
  counts: Int32Array;
  total: number;
  #owned = false;

  constructor(column: LabelColumn, counts: Int32Array, total: number) {
    this.column = column;
    this.counts = counts;
    this.total = total;
  }

  add(row: number, delta: number): void {
    const id = this.column.ids[row]!;
    if (id === 0) return;
    if (!this.#owned || id >= this.counts.length) {
      const counts = new Int32Array(Math.max(this.counts.length, id + 1));
      counts.set(this.counts);
      this.counts = counts;
      this.#owned = true;
    }
    this.counts[id]! += delta;
    this.total += delta;
  }

  fork(): PairCounts {
    return new PairCounts(this.column, this.counts, this.total);
  }
}

const pairCounts = ({ column, sums, total }: DomainSums): PairCounts => new PairCounts(column, sums, total);

/** A term of the incoming pod with its namespaces resolved. */
interface ResolvedTerm {
  /** Undefined: all namespaces. */
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selector: Selector;
  readonly topologyKey: string;
  readonly weight: number;
}

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

interface ScoreTerm {
  readonly column: LabelColumn;
  readonly sums: Int32Array;
  readonly factor: number;
}

const FILTER = stateKey<FilterState>(`PreFilter${NAME}`);
const SCORE = stateKey<readonly ScoreTerm[]>(`PreScore${NAME}`);

export const interPodAffinity = (raw: unknown, handle: Handle): Plugin => {
  const { snapshot, listers } = handle;
  const args = readArgs(raw);
  const namespaceLabels = (pod: Pod): Labels | undefined =>
    listers.namespaces.get(pod.metadata.namespace ?? '')?.metadata.labels;
  const change = (
    state: CycleState,
    pod: Pod,
    placed: PlacedPod,
    node: NodeState,
    delta: 1 | -1,
  ): undefined => {
    const counts = state.read(FILTER);
    if (counts === undefined) return;
    const own = resolveAll(podTerms(pod), listers);
    if (own.affinity.length > 0 && own.affinity.every((term) => selects(term, placed.pod)))
      for (const pairs of counts.affinity) pairs.add(node.row, delta);
    for (const [i, pairs] of counts.antiAffinity.entries())
      if (selects(own.antiAffinity[i]!, placed.pod)) pairs.add(node.row, delta);
    for (const term of podTerms(placed.pod).antiAffinity)
      if (termMatches(term, pod, namespaceLabels(pod)))
        theirsFor(snapshot, counts, term).add(node.row, delta);
  };
  return {
    name: NAME,
    nodeLocal: false,
    preFilter: (state, pod) => {
      const terms = podTerms(pod);
      const none = terms.affinity.length === 0 && terms.antiAffinity.length === 0;
      if (none && snapshot.topology.hasNone('antiAffinity')) return SKIP;
      const theirs = new Map<string, PairCounts>();
      for (const counter of selecting(snapshot, 'antiAffinity', pod, namespaceLabels(pod))) {
        const sums = counter.rows.by(snapshot.labelColumn(counter.term.topologyKey));
        if (sums.total > 0) theirs.set(counter.term.text, pairCounts(sums));
      }
      if (none && theirs.size === 0) return SKIP;
      const own = resolveAll(terms, listers);
      const antiAffinity = own.antiAffinity.map((term) => pairCounts(domainSums(snapshot, [term], term)));
      const affinity = own.affinity.map((term) => pairCounts(domainSums(snapshot, own.affinity, term)));
      state.write(FILTER, new FilterState(affinity, antiAffinity, theirs));
      return undefined;
    },
    addPod: (state, pod, placed, node) => change(state, pod, placed, node, 1),
    removePod: (state, pod, placed, node) => change(state, pod, placed, node, -1),
    filterRows: (state, rows, count, verdicts) => {
      const counts = state.read(FILTER);
      if (counts === undefined) {
        verdicts.fill(0, 0, count);
        return;
      }
      filterRows(counts, rows, count, verdicts, isFirstOfSeries(counts, state.pod, listers));
    },
    refusal: (_state, verdict): Status =>
      verdict === FAILS_AFFINITY
        ? NO_AFFINITY
        : verdict === FAILS_OWN
          ? OWN_ANTI_AFFINITY
          : THEIR_ANTI_AFFINITY,
    preScore: (state, pod) => {
      const terms = podTerms(pod);
      const preferring = terms.preferredAffinity.length > 0 || terms.preferredAntiAffinity.length > 0;
      if (!preferring && (args.ignorePreferredTermsOfExistingPods || nobodyPrefers(snapshot))) return SKIP;
      const scored = scoreTerms(
        snapshot,
        pod,
        terms,
        args.hardPodAffinityWeight,
        listers,
        namespaceLabels(pod),
      );
      if (scored.length === 0) return SKIP;
      state.write(SCORE, scored);
      return undefined;
    },
    scoreRows: (state, rows, count, scores) => {
      scores.fill(0, 0, count);
      for (const { column, sums, factor } of state.read(SCORE) ?? [])
        addSums(column.ids, sums, factor, rows, count, scores);
    },
    normalizeRows: (_state, _rows, count, scores) => normalize(scores, count),
    events: () => [
      interest('Pod', Action.add | Action.updatePodLabel | Action.delete, afterPodChange),
      interest('Node', Action.add | Action.updateNodeLabel, afterNodeChange),
    ],
  };
};

/** What the namespace selector of a term picks now becomes part of its namespaces. */
function resolve(term: AffinityTerm, listers: Listers): ResolvedTerm {
  const { selector, topologyKey, weight, namespaceSelector } = term;
  if (namespaceSelector.everything) return { namespaces: undefined, selector, topologyKey, weight };
  if (namespaceSelector.nothing) return term;
  const namespaces = new Set(term.namespaces);
  for (const { metadata } of listers.namespaces.values())
    if (namespaceSelector.matches(metadata.labels)) namespaces.add(metadata.name);
  return { namespaces: new Set([...namespaces].sort()), selector, topologyKey, weight };
}

type ResolvedTerms = Readonly<Record<TermKind, readonly ResolvedTerm[]>>;

const resolveAll = (terms: PodTerms, listers: Listers): ResolvedTerms => ({
  affinity: terms.affinity.map((term) => resolve(term, listers)),
  antiAffinity: terms.antiAffinity.map((term) => resolve(term, listers)),
  preferredAffinity: terms.preferredAffinity.map((term) => resolve(term, listers)),
  preferredAntiAffinity: terms.preferredAntiAffinity.map((term) => resolve(term, listers)),
});

const selects = ({ namespaces, selector }: ResolvedTerm, pod: Pod): boolean =>
  (namespaces === undefined || namespaces.has(pod.metadata.namespace ?? '')) &&
  selector.matches(pod.metadata.labels);

/** Pods that all of `terms` select, by domain of `by`'s topology key. */
function domainSums(snapshot: Snapshot, terms: readonly ResolvedTerm[], by: ResolvedTerm): DomainSums {
  const counter = snapshot.topology.counter({
    namespaces: terms.map(({ namespaces }) => namespaces).reduce(intersect, undefined),
    selectors: terms.map(({ selector }) => selector),
    countTerminating: true,
  });
  return counter.rows.by(snapshot.labelColumn(by.topologyKey));
}

/** Undefined stands for all. */
function intersect(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((namespace) => b.has(namespace)));
}

function selecting(
  snapshot: Snapshot,
  kind: TermKind,
  pod: Pod,
  namespaceLabels: Labels | undefined,
): readonly TermCounter[] {
  const found: TermCounter[] = [];
  snapshot.topology.termsSelecting(kind, pod, namespaceLabels, found);
  return found;
}

function theirsFor(snapshot: Snapshot, { theirs }: FilterState, term: AffinityTerm): PairCounts {
  let pairs = theirs.get(term.text);
  if (pairs === undefined) {
    pairs = new PairCounts(snapshot.labelColumn(term.topologyKey), new Int32Array(0), 0);
    theirs.set(term.text, pairs);
  }
  return pairs;
}

/** No pod anywhere matches, but this one would: the first of a series may begin it. */
function isFirstOfSeries(counts: FilterState, pod: Pod, listers: Listers): boolean {
  if (counts.affinity.length === 0 || counts.affinity.some(({ total }) => total !== 0)) return false;
  return podTerms(pod).affinity.every((term) => selects(resolve(term, listers), pod));
}

function filterRows(
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
  namespaceLabels: Labels | undefined,
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
    for (const { rows, term } of selecting(snapshot, kind, pod, namespaceLabels))
      add(rows.by(snapshot.labelColumn(term.topologyKey)), factor);
  };
  own(terms.preferredAffinity, 1);
  own(terms.preferredAntiAffinity, -1);
  theirs('affinity', hardWeight);
  theirs('preferredAffinity', 1);
  theirs('preferredAntiAffinity', -1);
  return scored;
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
function normalize(scores: Float64Array, count: number): void {
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

/** Terms with a namespace selector select only in namespaces they also name: namespace labels are not looked up here. */
const selectsAll = (terms: readonly AffinityTerm[], pod: Pod): boolean =>
  terms.length > 0 && terms.every((term) => termMatches(term, pod, undefined));

function afterPodChange(pod: Pod, before: Pod | undefined, after: Pod | undefined): boolean {
  if (before !== undefined && after?.metadata.uid === pod.metadata.uid) return true;
  if ((before !== undefined && !takesRoom(before)) || (after !== undefined && !takesRoom(after)))
    return false;
  const { affinity, antiAffinity } = podTerms(pod);
  if (after !== undefined && before !== undefined)
    return (
      (!selectsAll(affinity, before) && selectsAll(affinity, after)) ||
      (selectsAll(antiAffinity, before) && !selectsAll(antiAffinity, after))
    );
  if (after !== undefined) return selectsAll(affinity, after);
  if (before === undefined) return false;
  return selectsAll(antiAffinity, before) || selectsAll(podTerms(before).antiAffinity, pod);
}

function afterNodeChange(pod: Pod, before: Node | undefined, after: Node | undefined): boolean {
  if (after === undefined) return false;
  const { affinity, antiAffinity } = podTerms(pod);
  const domain = (node: Node, key: string): string | undefined => node.metadata.labels?.[key];
  if (before === undefined)
    return (
      antiAffinity.length > 0 || affinity.some(({ topologyKey }) => domain(after, topologyKey) !== undefined)
    );
  const moved = (key: string): boolean => domain(before, key) !== domain(after, key);
  return (
    affinity.some(({ topologyKey }) => domain(after, topologyKey) !== undefined && moved(topologyKey)) ||
    antiAffinity.some(({ topologyKey }) => domain(before, topologyKey) !== undefined && moved(topologyKey))
  );
}

function readArgs(raw: unknown): {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods: boolean;
} {
  const args = new ArgsReader(raw, '');
  const result = {
    hardPodAffinityWeight: args.integer('hardPodAffinityWeight', 1, 0, 100),
    ignorePreferredTermsOfExistingPods: args.boolean('ignorePreferredTermsOfExistingPods', false),
  };
  args.finish();
  return result;
}
