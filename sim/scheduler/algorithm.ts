/**
 * HOT PATH: finds a node for a pod: `Scheduler.SchedulePod`, Kubernetes v1.36 (schedule_one.go): PreFilter, Filter until
 * enough nodes are found, PreScore, Score, and the choice among the best. Nodes are tried from where the last search ended.
 * Verdicts equal those of asking every plugin about one node after the other; only nodes whose rows changed since the last
 * pod of the same shape are asked about again.
 */
import type { Pod } from '../api/index.ts';
import type { CycleState } from './cycle-state.ts';
import { Diagnosis } from './diagnosis.ts';
import type { Plugin } from './framework.ts';
import type { Framework, WeightedPlugin } from './runtime.ts';
import { numFeasibleNodesToFind } from './sampling.ts';
import { type ShapeMemo, ShapeMemos } from './shape-memo.ts';
import { isRejection, Status } from './status.ts';

export type TieBreak = 'random' | 'lowest-name';

/** The outcome of one search. */
export type ScheduleResult =
  | {
      readonly kind: 'scheduled';
      readonly node: string;
      readonly evaluatedNodes: number;
      readonly feasibleNodes: number;
      /** Weighted sum of scores; undefined when the only feasible node was taken unscored. */
      readonly score: number | undefined;
      /** Nodes that shared it. */
      readonly ties: number;
    }
  | {
      readonly kind: 'unschedulable';
      readonly diagnosis: Diagnosis;
      readonly evaluatedNodes: number;
    }
  | { readonly kind: 'error'; readonly status: Status; readonly evaluatedNodes: number };

/** Where the next search begins; shared by all profiles of a scheduler. */
export interface SearchPosition {
  next: number;
}

export interface AlgorithmOptions {
  /** Of nodes to look for before scoring; 0 is adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly tieBreak: TieBreak;
  readonly position: SearchPosition;
}

export const NO_NODES = 'no nodes available to schedule pods';
/** Rows evaluated at least at a time: a search that lacks only a few nodes does not go on one by one. */
const MIN_CHUNK = 32;

export class SchedulingAlgorithm {
  readonly #framework: Framework;
  readonly #options: AlgorithmOptions;
  readonly #memos = new ShapeMemos();
  /** Rows found feasible by the search under way. */
  feasible = new Int32Array(0);
  feasibleCount = 0;
  /** Weighted sums, in step with `feasible`. */
  totals = new Float64Array(0);
  #evaluated = 0;
  #chunk = new Int32Array(0);
  #alive = new Int32Array(0);
  #verdicts = new Int32Array(0);
  #scores = new Float64Array(0);
  readonly #local: Plugin[] = [];
  readonly #other: Plugin[] = [];
  readonly #nominatedRows = new Set<number>();
  #failure: Status | undefined;

  constructor(framework: Framework, options: AlgorithmOptions) {
    this.#framework = framework;
    this.#options = options;
  }

  /** `attempt` counts the pod's attempts: the key of its tie-break. O(nodes looked at). */
  schedule(state: CycleState, attempt: number): ScheduleResult {
    const { guard } = this.#framework;
    guard.enter('', 'SchedulePod', state.pod);
    try {
      return this.#schedule(state, attempt);
    } finally {
      guard.leave();
    }
  }

  #schedule(state: CycleState, attempt: number): ScheduleResult {
    const { snapshot } = this.#framework;
    snapshot.refreshOrder();
    if (snapshot.nodeCount === 0)
      return {
        kind: 'error',
        status: new Status('UnschedulableAndUnresolvable', [NO_NODES]),
        evaluatedNodes: 0,
      };
    this.#ensureCapacity(snapshot.capacity);
    const unfit = this.#findFeasible(state);
    if (this.#failure !== undefined)
      return { kind: 'error', status: this.#failure, evaluatedNodes: this.#evaluated };
    if (unfit !== undefined)
      return { kind: 'unschedulable', diagnosis: unfit, evaluatedNodes: this.#evaluated };
    if (this.feasibleCount === 1) return this.#chosen(0, undefined, 1);
    const failed = this.prioritize(state);
    if (failed !== undefined) return { kind: 'error', status: failed, evaluatedNodes: this.#evaluated };
    return this.#select(state.pod, attempt);
  }

  /** Sums weighted scores of the feasible nodes into `totals`. */
  prioritize(state: CycleState): Status | undefined {
    const { feasible, feasibleCount } = this;
    const failed = this.#framework.preScore(state, feasible, feasibleCount);
    if (failed !== undefined) return failed;
    const plugins = this.#framework.scorePlugins;
    const memo = this.#memo;
    if (memo !== undefined) this.#rememberedScores(state, memo);
    else this.totals.fill(0, 0, feasibleCount);
    for (const entry of plugins) {
      if (state.skipScore.has(entry.plugin.name)) continue;
      if (memo !== undefined && isLocalScore(entry.plugin)) continue;
      this.#addScores(state, entry);
    }
    return undefined;
  }

  #memo: ShapeMemo | undefined;

  /** Fills `feasible`; the diagnosis if it stays empty. */
  #findFeasible(state: CycleState): Diagnosis | undefined {
    const framework = this.#framework;
    this.feasibleCount = 0;
    this.#evaluated = 0;
    this.#failure = undefined;
    this.#memo = undefined;
    const { status, nodeNames, narrowedBy } = framework.preFilter(state);
    if (status !== undefined) return this.#rejectedByPreFilter(status);
    this.#planFilters(state);
    const nominee = state.pod.status?.nominatedNodeName;
    if (nominee !== undefined && nominee !== '' && this.#passesOnNominated(state, nominee)) return undefined;
    const rows = nodeNames === undefined ? undefined : this.#rowsOf(nodeNames);
    if (rows === undefined) this.#memo = this.#memos.of(state.shape.id, framework.snapshot.capacity);
    const order = rows ?? framework.snapshot.order;
    const total = rows === undefined ? framework.snapshot.nodeCount : rows.length;
    this.#search(state, order, total);
    const { position } = this.#options;
    position.next = (position.next + this.#evaluated) % framework.snapshot.nodeCount;
    if (this.feasibleCount > 0 || this.#failure !== undefined) return undefined;
    return this.#diagnose(state, order, total, narrowedBy);
  }

  #rejectedByPreFilter(status: Status): Diagnosis | undefined {
    if (!isRejection(status)) {
      this.#failure = status;
      return undefined;
    }
    const diagnosis = new Diagnosis(this.#framework.snapshot);
    diagnosis.absentNodes = status;
    diagnosis.preFilterMessage = status.message;
    diagnosis.addPlugin(status);
    return diagnosis;
  }

  #rowsOf(names: ReadonlySet<string>): Int32Array {
    const { snapshot } = this.#framework;
    const rows: number[] = [];
    for (const name of names) {
      const row = snapshot.rowOf(name);
      if (row !== 0 && snapshot.holdsNode(row)) rows.push(row);
    }
    return Int32Array.from(rows);
  }

  /** Sorts the filters that have something to say into those whose verdicts can be remembered and the rest. */
  #planFilters(state: CycleState): void {
    this.#local.length = 0;
    this.#other.length = 0;
    for (const plugin of this.#framework.filterPlugins) {
      if (state.skipFilter.has(plugin.name)) continue;
      if (plugin.idle?.(state) === true) continue;
      if (plugin.nodeLocal === true && plugin.filterRows !== undefined) this.#local.push(plugin);
      else this.#other.push(plugin);
    }
    this.#nominatedRows.clear();
    const { nominator, snapshot } = this.#framework;
    if (nominator.size > 0)
      for (const name of nominator.nodes()) this.#nominatedRows.add(snapshot.rowOf(name));
  }

  #passesOnNominated(state: CycleState, name: string): boolean {
    const { snapshot } = this.#framework;
    const row = snapshot.rowOf(name);
    if (row === 0 || !snapshot.holdsNode(row)) return false;
    const status = this.#framework.filter(state, snapshot.nodeAt(row));
    this.#evaluated = 1;
    if (status !== undefined) return false;
    this.feasible[0] = row;
    this.feasibleCount = 1;
    return true;
  }

  #search(state: CycleState, order: Int32Array, total: number): void {
    this.#evaluated = 0;
    if (total === 0) return;
    const framework = this.#framework;
    const percentage = framework.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    const wanted = framework.scorePlugins.length === 0 ? 1 : numFeasibleNodesToFind(percentage, total);
    const start = this.#options.position.next % total;
    const chunk = this.#chunk;
    let done = 0;
    while (done < total && this.feasibleCount < wanted) {
      const size = Math.min(total - done, Math.max(MIN_CHUNK, wanted - this.feasibleCount));
      let at = start + done;
      if (at >= total) at -= total;
      for (let i = 0; i < size; i++) {
        chunk[i] = order[at]!;
        if (++at === total) at = 0;
      }
      const used = this.#filterChunk(state, size, wanted);
      this.#evaluated += used;
      if (this.#failure !== undefined) return;
      done += size;
    }
  }

  /** Filters `chunk`, appends what passes to `feasible` up to `wanted`; returns how many rows that took. */
  #filterChunk(state: CycleState, size: number, wanted: number): number {
    const nominated = this.#nominatedRows;
    const chunk = this.#chunk;
    const alive = this.#alive;
    let count: number;
    if (this.#memo !== undefined) {
      this.#refreshMemo(state, this.#memo, size);
      const { rejected } = this.#memo;
      count = 0;
      for (let i = 0; i < size; i++) {
        const row = chunk[i]!;
        if (rejected[row] === 0) alive[count++] = row;
      }
    } else {
      for (let i = 0; i < size; i++) alive[i] = chunk[i]!;
      count = this.#narrow(state, this.#local, size);
    }
    count = this.#narrow(state, this.#other, count);
    if (nominated.size > 0) count = this.#recheckNominated(state, count);
    return this.#take(size, count, wanted);
  }

  /** Rows that take the pod as things are must also take it beside the pods nominated to them. */
  #recheckNominated(state: CycleState, count: number): number {
    const { snapshot } = this.#framework;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = this.#alive[i]!;
      if (this.#nominatedRows.has(row)) {
        const status = this.#framework.filter(state, snapshot.nodeAt(row));
        if (status !== undefined) {
          if (!isRejection(status)) this.#failure = status;
          continue;
        }
      }
      this.#alive[kept++] = row;
    }
    return kept;
  }

  /** Appends the first survivors and tells how far into the chunk the last one lies. */
  #take(size: number, count: number, wanted: number): number {
    const { feasible } = this;
    const alive = this.#alive;
    const missing = wanted - this.feasibleCount;
    if (count < missing) {
      feasible.set(alive.subarray(0, count), this.feasibleCount);
      this.feasibleCount += count;
      return size;
    }
    feasible.set(alive.subarray(0, missing), this.feasibleCount);
    this.feasibleCount += missing;
    return this.#chunk.indexOf(alive[missing - 1]!) + 1;
  }

  /** Asks node-local filters about the rows of the chunk that changed since they were last asked. */
  #refreshMemo(state: CycleState, memo: ShapeMemo, size: number): void {
    const { generation } = this.#framework.snapshot;
    const { filterStamp, rejected } = memo;
    const chunk = this.#chunk;
    const alive = this.#alive;
    let stale = 0;
    for (let i = 0; i < size; i++) {
      const row = chunk[i]!;
      if (filterStamp[row] === generation[row]) continue;
      filterStamp[row] = generation[row]!;
      rejected[row] = 1;
      alive[stale++] = row;
    }
    if (stale === 0) return;
    const passed = this.#narrow(state, this.#local, stale);
    for (let i = 0; i < passed; i++) rejected[alive[i]!] = 0;
  }

  /** Keeps of the first `count` rows in `alive` those that all plugins pass. */
  #narrow(state: CycleState, plugins: readonly Plugin[], count: number): number {
    const alive = this.#alive;
    const verdicts = this.#verdicts;
    let left = count;
    for (const plugin of plugins) {
      if (left === 0) return 0;
      if (plugin.filterRows !== undefined) plugin.filterRows(state, alive, left, verdicts);
      else this.#askOneByOne(state, plugin, left);
      let kept = 0;
      for (let i = 0; i < left; i++) if (verdicts[i] === 0) alive[kept++] = alive[i]!;
      left = kept;
    }
    return left;
  }

  #askOneByOne(state: CycleState, plugin: Plugin, count: number): void {
    const framework = this.#framework;
    for (let i = 0; i < count; i++) {
      const node = framework.snapshot.nodeAt(this.#alive[i]!);
      const status = framework.filterWith(plugin, state, node);
      this.#verdicts[i] = status === undefined || status.code === 'Success' ? 0 : 1;
      if (this.#verdicts[i] === 1 && !isRejection(status!)) this.#failure ??= status;
    }
  }

  /** Asks again in plugin order, since no node passed, to learn who rejects each node and why. */
  #diagnose(state: CycleState, order: Int32Array, total: number, narrowedBy: readonly string[]): Diagnosis {
    const { snapshot } = this.#framework;
    const diagnosis = new Diagnosis(snapshot);
    for (const name of narrowedBy) diagnosis.unschedulablePlugins.add(name);
    if (narrowedBy.length > 0)
      diagnosis.absentNodes = new Status('UnschedulableAndUnresolvable', [
        `node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`,
      ]);
    let count = 0;
    for (let i = 0; i < total; i++) {
      const row = order[i]!;
      if (!this.#nominatedRows.has(row)) this.#alive[count++] = row;
      else diagnosis.set(row, this.#framework.filter(state, snapshot.nodeAt(row))!);
    }
    for (const plugin of this.#framework.filterPlugins) {
      if (state.skipFilter.has(plugin.name) || plugin.idle?.(state) === true) continue;
      count = this.#explain(state, plugin, count, diagnosis);
    }
    return diagnosis;
  }

  #explain(state: CycleState, plugin: Plugin, count: number, diagnosis: Diagnosis): number {
    const alive = this.#alive;
    const verdicts = this.#verdicts;
    const byVerdict = new Map<number, Status>();
    if (plugin.filterRows !== undefined) plugin.filterRows(state, alive, count, verdicts);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      let status: Status | undefined;
      if (plugin.filterRows === undefined)
        status = this.#framework.filterWith(plugin, state, this.#framework.snapshot.nodeAt(row));
      else if (verdicts[i] !== 0) {
        status = byVerdict.get(verdicts[i]!);
        if (status === undefined) {
          status = plugin.refusal!(state, verdicts[i]!).of(plugin.name);
          byVerdict.set(verdicts[i]!, status);
        }
      }
      if (status === undefined || status.code === 'Success') alive[kept++] = row;
      else diagnosis.set(row, status);
    }
    return kept;
  }

  /** `totals` from the remembered scores of node-local plugins, computed anew for rows that changed. */
  #rememberedScores(state: CycleState, memo: ShapeMemo): void {
    const { generation } = this.#framework.snapshot;
    const { score, scoreStamp } = memo;
    const { feasible, feasibleCount, totals } = this;
    const alive = this.#alive;
    let stale = 0;
    for (let i = 0; i < feasibleCount; i++) {
      const row = feasible[i]!;
      if (scoreStamp[row] !== generation[row]) alive[stale++] = row;
    }
    if (stale > 0) this.#rescore(state, memo, stale);
    for (let i = 0; i < feasibleCount; i++) totals[i] = score[feasible[i]!]!;
  }

  #rescore(state: CycleState, memo: ShapeMemo, count: number): void {
    const { generation } = this.#framework.snapshot;
    const { score, scoreStamp } = memo;
    const alive = this.#alive;
    const scores = this.#scores;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      scoreStamp[row] = generation[row]!;
      score[row] = 0;
    }
    for (const { plugin, weight } of this.#framework.scorePlugins) {
      if (!isLocalScore(plugin) || state.skipScore.has(plugin.name)) continue;
      this.#framework.scoreWith(plugin, state, alive, count, scores);
      this.#framework.normalizeWith(plugin, state, alive, count, scores);
      for (let i = 0; i < count; i++) score[alive[i]!]! += weight * scores[i]!;
    }
  }

  #addScores(state: CycleState, { plugin, weight }: WeightedPlugin): void {
    const { feasible, feasibleCount, totals } = this;
    // The same for all: it changes no ranking, but is part of the score that is reported.
    const uniform = plugin.uniformScore?.(state, { rows: feasible, count: feasibleCount });
    if (uniform !== undefined) {
      for (let i = 0; i < feasibleCount; i++) totals[i]! += weight * uniform;
      return;
    }
    const scores = this.#scores;
    this.#framework.scoreWith(plugin, state, feasible, feasibleCount, scores);
    this.#framework.normalizeWith(plugin, state, feasible, feasibleCount, scores);
    for (let i = 0; i < feasibleCount; i++) totals[i]! += weight * scores[i]!;
  }

  #select(pod: Pod, attempt: number): ScheduleResult {
    const { feasibleCount, totals } = this;
    let best = Number.NEGATIVE_INFINITY;
    let ties = 0;
    for (let i = 0; i < feasibleCount; i++) {
      const total = totals[i]!;
      if (total > best) {
        best = total;
        ties = 1;
      } else if (total === best) ties++;
    }
    const chosen =
      this.#options.tieBreak === 'random' ? this.#drawTie(pod, attempt, best, ties) : this.#lowestName(best);
    return this.#chosen(chosen, best, ties);
  }

  /** Uniform among the best, as upstream's reservoir sampling is, but with one draw keyed by pod and attempt. */
  #drawTie(pod: Pod, attempt: number, best: number, ties: number): number {
    const { totals } = this;
    let skip =
      ties === 1 ? 0 : Math.floor(this.#framework.handle.draw('tie-break', pod.metadata.uid, attempt) * ties);
    let i = 0;
    for (; totals[i] !== best || skip-- > 0; i++);
    return i;
  }

  #lowestName(best: number): number {
    const { snapshot } = this.#framework;
    let lowest = -1;
    for (let i = 0; i < this.feasibleCount; i++) {
      if (this.totals[i] !== best) continue;
      if (lowest < 0 || snapshot.nameOf(this.feasible[i]!) < snapshot.nameOf(this.feasible[lowest]!))
        lowest = i;
    }
    return lowest;
  }

  #chosen(index: number, score: number | undefined, ties: number): ScheduleResult {
    return {
      kind: 'scheduled',
      node: this.#framework.snapshot.nameOf(this.feasible[index]!),
      evaluatedNodes: this.#evaluated,
      feasibleNodes: this.feasibleCount,
      score,
      ties,
    };
  }

  #ensureCapacity(capacity: number): void {
    if (this.feasible.length >= capacity) return;
    this.feasible = new Int32Array(capacity);
    this.totals = new Float64Array(capacity);
    this.#chunk = new Int32Array(capacity);
    this.#alive = new Int32Array(capacity);
    this.#verdicts = new Int32Array(capacity);
    this.#scores = new Float64Array(capacity);
  }
}

/** Scores that can be remembered per row: they look at the node alone and are not set against other nodes. */
const isLocalScore = (plugin: Plugin): boolean =>
  plugin.nodeLocal === true &&
  plugin.scoreRows !== undefined &&
  plugin.normalizeRows === undefined &&
  plugin.normalizeScore === undefined;
