/**
 * One pod against the cluster as it is, with every verdict and score spelt out: what `kubedes explain` shows and the conformance
 * suite compares. Changes nothing; asks each plugin about each node.
 */
import type { Node, Pod } from '../../api/index.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { Diagnosis } from '../framework/diagnosis.ts';
import type { PreFilterVerdict } from '../framework/pre-filter-verdict.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, type Status } from '../framework/status.ts';

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

function scoreNodes(
  framework: Framework,
  state: CycleState,
  feasible: readonly number[],
  weights: Supposition['weights'],
) {
  const { snapshot } = framework;
  const rows = Int32Array.from(feasible);
  const rawScores = new Map<string, ReadonlyMap<string, number>>();
  const perNode = feasible.map(() => new Map<string, number>());
  if (rows.length > 0) framework.scoring.preScore(state, { rows, count: rows.length });
  for (const { built, weight: usual } of rows.length > 0 ? framework.plugins.scoring : []) {
    if (state.skipScore.has(built)) continue;
    const { plugin } = built;
    const weight = weights?.get(plugin.name) ?? usual;
    const scores = new Float64Array(rows.length);
    framework.scoring.scoreWith(plugin, state, rows, rows.length, scores);
    if (built.normalizes)
      rawScores.set(plugin.name, new Map(feasible.map((row, i) => [snapshot.nameOf(row), scores[i]!])));
    framework.scoring.normalizeWith(plugin, state, rows, rows.length, scores);
    for (const [i, plugins] of perNode.entries()) plugins.set(plugin.name, scores[i]! * weight);
  }
  const scores = new Map<string, NodeScores>();
  for (const [i, row] of feasible.entries()) {
    const plugins = perNode[i]!;
    const total = [...plugins.values()].reduce((sum, score) => sum + score, 0);
    scores.set(snapshot.nameOf(row), { total, plugins });
  }
  const top = Math.max(...[...scores.values()].map(({ total }) => total));
  const best = [...scores].filter(([, { total }]) => total === top).map(([name]) => name);
  return { rawScores, scores, best };
}
