/**
 * One pod against the cluster as it is, with every verdict and score spelt out: what `kubedes explain` shows and the conformance
 * suite compares. Changes nothing; asks each plugin about each node.
 */
import type { Node, Pod } from '../../api/index.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { Diagnosis } from '../framework/diagnosis.ts';
import type { PreFilterVerdict } from '../framework/pre-filter-verdict.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, Status } from '../framework/status.ts';

export interface NodeScores {
  readonly total: number;
  /** Plugin → normalised score times weight. */
  readonly plugins: ReadonlyMap<string, number>;
}

export interface Evaluation {
  /** A PreEnqueue plugin keeps the pod out of the queue; the rest is as if it did not. */
  readonly preEnqueue: Status | undefined;
  readonly preFilter: PreFilterVerdict;
  readonly skipFilter: readonly string[];
  readonly skipScore: readonly string[];
  /** Node → the first plugin to reject it, nominated pods considered. */
  readonly filter: ReadonlyMap<string, Status>;
  /** Node → plugin → its verdict on its own, without nominated pods; rejections only. */
  readonly filterAll: ReadonlyMap<string, ReadonlyMap<string, Status>>;
  /** By name. */
  readonly feasible: readonly string[];
  /** Present if no node is feasible. */
  readonly diagnosis: Diagnosis | undefined;
  /** Plugin → node → score before normalising, for plugins that normalise. */
  readonly rawScores: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly scores: ReadonlyMap<string, NodeScores>;
  /** Nodes with the highest total, by name. */
  readonly best: readonly string[];
  /** A plugin could not answer at PreFilter, PreScore or NormalizeScore: nothing is scored, the attempt ends as an error. */
  readonly failure: Status | undefined;
  readonly state: CycleState;
}

/** What is to be different from how things are. */
export interface Supposition {
  /** In place of the node of this name. */
  readonly node?: Node | undefined;
  /** Plugin → weight of its score; 0 leaves it out. */
  readonly weights?: ReadonlyMap<string, number> | undefined;
  /** No other nodes are looked at: scores depend on which others are feasible. */
  readonly among?: ReadonlySet<string> | undefined;
}

/** O(nodes × plugins). Throws what a misbehaving plugin throws. */
export function evaluate(framework: Framework, pod: Pod, supposed: Supposition = {}): Evaluation {
  const { node } = supposed;
  return node === undefined
    ? evaluateAsIs(framework, pod, supposed)
    : framework.snapshot.withNode(node, () => evaluateAsIs(framework, pod, supposed));
}

function evaluateAsIs(framework: Framework, pod: Pod, { weights, among }: Supposition): Evaluation {
  const { snapshot } = framework;
  snapshot.refreshOrder();
  const state = framework.newState(pod);
  const preEnqueue = framework.preEnqueue(pod);
  const preFilter = framework.filtering.preFilter(state);
  const diagnosis = new Diagnosis(snapshot);
  const rows = preFilter.status === undefined ? candidateRows(framework, preFilter, among) : [];
  const { filter, filterAll, feasible } = filterNodes(framework, state, rows, diagnosis);
  describeUnevaluated(preFilter, diagnosis);
  const scored = scoreNodes(framework, state, feasible, weights);
  const { status } = preFilter;
  return {
    preEnqueue,
    preFilter,
    skipFilter: names(framework.plugins.at.filter.filter((built) => state.skipFilter.has(built))),
    skipScore: names(
      framework.plugins.scoring.map(({ built }) => built).filter((built) => state.skipScore.has(built)),
    ),
    filter,
    filterAll,
    feasible: feasible.map((row) => snapshot.nameOf(row)),
    diagnosis: feasible.length === 0 ? diagnosis : undefined,
    ...scored,
    failure: status === undefined || isRejection(status) ? scored.failure : status,
    state,
  };
}

const names = (plugins: readonly { readonly name: string }[]): string[] =>
  plugins.map(({ name }) => name).sort();

function candidateRows(
  { snapshot }: Framework,
  { nodeNames }: PreFilterVerdict,
  among: Supposition['among'],
): number[] {
  const rows: number[] = [];
  for (let i = 0; i < snapshot.nodeCount; i++) {
    const row = snapshot.order[i]!;
    const name = snapshot.nameOf(row);
    if (nodeNames?.has(name) !== false && among?.has(name) !== false) rows.push(row);
  }
  return rows;
}

function filterNodes(framework: Framework, state: CycleState, rows: readonly number[], diagnosis: Diagnosis) {
  const { snapshot } = framework;
  const filter = new Map<string, Status>();
  const filterAll = new Map<string, ReadonlyMap<string, Status>>();
  const feasible: number[] = [];
  for (const row of rows) {
    const node = snapshot.nodeAt(row);
    const alone = new Map<string, Status>();
    for (const built of framework.plugins.at.filter) {
      if (state.skipFilter.has(built)) continue;
      const status = framework.filtering.filterWith(built.plugin, state, node);
      if (status !== undefined && status.code !== 'Success') alone.set(built.name, status);
    }
    if (alone.size > 0) filterAll.set(node.name, alone);
    const status = framework.filtering.filter(state, node);
    if (status === undefined) feasible.push(row);
    else {
      filter.set(node.name, status);
      diagnosis.set(row, status);
    }
  }
  feasible.sort((a, b) => (snapshot.nameOf(a) < snapshot.nameOf(b) ? -1 : 1));
  return { filter, filterAll, feasible };
}

function describeUnevaluated({ status, narrowedBy }: PreFilterVerdict, diagnosis: Diagnosis): void {
  if (status !== undefined && isRejection(status)) diagnosis.rejectedByPreFilter(status);
  diagnosis.narrow(narrowedBy);
}

/** What the Score plugins say. */
interface Scoring {
  readonly rawScores: Map<string, ReadonlyMap<string, number>>;
  /** In step with the feasible nodes: plugin → normalised score times weight. */
  readonly perNode: readonly Map<string, number>[];
}

function scoreNodes(
  framework: Framework,
  state: CycleState,
  feasible: readonly number[],
  weights: Supposition['weights'],
) {
  const { snapshot } = framework;
  const scoring = askScorers(framework, state, feasible, weights);
  if (scoring instanceof Status) {
    // A single node is taken unscored.
    const [failure, best] = feasible.length > 1 ? [scoring, []] : [undefined, feasible];
    return {
      failure,
      rawScores: new Map(),
      scores: new Map(),
      best: best.map((row) => snapshot.nameOf(row)),
    };
  }
  const { rawScores, perNode } = scoring;
  const scores = new Map<string, NodeScores>();
  for (const [i, row] of feasible.entries()) {
    const plugins = perNode[i]!;
    const total = [...plugins.values()].reduce((sum, score) => sum + score, 0);
    scores.set(snapshot.nameOf(row), { total, plugins });
  }
  const top = Math.max(...[...scores.values()].map(({ total }) => total));
  const best = [...scores].filter(([, { total }]) => total === top).map(([name]) => name);
  return { failure: undefined, rawScores, scores, best };
}

/** A Status if a plugin could not answer. */
function askScorers(
  { snapshot, scoring, plugins }: Framework,
  state: CycleState,
  feasible: readonly number[],
  weights: Supposition['weights'],
): Scoring | Status {
  const rows = Int32Array.from(feasible);
  const count = rows.length;
  const rawScores = new Map<string, ReadonlyMap<string, number>>();
  const perNode = feasible.map(() => new Map<string, number>());
  if (count === 0) return { rawScores, perNode };
  const failure = scoring.preScore(state, { rows, count });
  if (failure !== undefined) return failure;
  for (const { built, weight: usual } of plugins.scoring) {
    if (state.skipScore.has(built)) continue;
    const { plugin, name } = built;
    const scores = new Float64Array(count);
    scoring.scoreWith(plugin, state, rows, count, scores);
    if (built.normalizes)
      rawScores.set(name, new Map(feasible.map((row, i) => [snapshot.nameOf(row), scores[i]!])));
    const normalized = scoring.normalizeWith(plugin, state, rows, count, scores);
    if (normalized instanceof Status) return normalized;
    const weight = weights?.get(name) ?? usual;
    for (const [i, own] of perNode.entries()) own.set(name, normalized[i]! * weight);
  }
  return { rawScores, perNode };
}
