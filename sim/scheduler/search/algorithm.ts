/**
 * HOT PATH: finds a node for a pod: `Scheduler.SchedulePod`, Kubernetes v1.36 (schedule_one.go): PreFilter, Filter until
 * enough nodes are found, PreScore, Score, and the choice among the best. Nodes are tried from where the last search ended.
 * Verdicts equal those of asking every plugin about one node after the other; only nodes whose rows changed since the last
 * pod of the same shape are asked about again.
 */
import type { Pod } from '../../api/index.ts';
import type { BuiltPlugin, WeightedPlugin } from '../framework/built-plugin.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { Diagnosis } from '../framework/diagnosis.ts';
import { PluginMask } from '../framework/plugin-mask.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, Status } from '../framework/status.ts';
import { FeasibleNodes, MIN_CHUNK, RememberedSearch } from './remembered-search.ts';
import { numFeasibleNodesToFind } from './sampling.ts';
import { REJECTED, type ShapeMemo, ShapeMemos } from './shape-memo.ts';

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

/** Filters with something to say about a pod: those whose verdicts are remembered, and the rest. */
interface FilterPlan {
  /** Those left out. */
  readonly idle: PluginMask;
  readonly local: readonly BuiltPlugin[];
  readonly other: readonly BuiltPlugin[];
}

export const NO_NODES = 'no nodes available to schedule pods';

export class SchedulingAlgorithm {
  /** Whose pods it places: public, since a scheduler finds both by the profile's name, once a pod. */
  readonly framework: Framework;
  readonly #options: AlgorithmOptions;
  readonly #memos = new ShapeMemos();
  readonly #remembered: RememberedSearch;
  readonly #feasible = new FeasibleNodes();
  /** Weighted sums, in step with the feasible rows. */
  #totals = new Float64Array(0);
  #evaluated = 0;
  /** Highest sum, and how many feasible nodes share it. */
  #best = REJECTED;
  #ties = 0;
  /** Rows that share the highest value. */
  #tied = new Int32Array(0);
  #alive = new Int32Array(0);
  #verdicts = new Int32Array(0);
  #scores = new Float64Array(0);
  /** Filters that can tell whether they would pass every node. */
  readonly #mayBeIdle: readonly BuiltPlugin[];
  readonly #idle = new PluginMask();
  /** By the filters left out. */
  readonly #plans = new Map<number, FilterPlan>();
  #plan: FilterPlan;
  /** Score plugins that tell the feasible nodes apart and are not remembered. */
  readonly #differing: WeightedPlugin[] = [];
  readonly #nominatedRows = new Set<number>();
  #state: CycleState | undefined;
  #memo: ShapeMemo | undefined;
  /** Remembered values alone decided the latest search: `#remembered` holds its outcome. */
  #recalled = false;
  /** The nodes of the latest search, where it began and how many there were to look at. */
  #order: Int32Array = new Int32Array(0);
  #start = 0;
  #total = 0;
  #failure: Status | undefined;

  constructor(framework: Framework, options: AlgorithmOptions) {
    this.framework = framework;
    this.#options = options;
    this.#mayBeIdle = framework.plugins.at.filter.filter(({ plugin }) => plugin.idle !== undefined);
    this.#plan = this.#planWithout(this.#idle);
    this.#remembered = new RememberedSearch(framework.snapshot, (memo, rows, count) =>
      this.#value(memo, rows, count),
    );
  }

  /** `attempt` counts the pod's attempts: the key of its tie-break. O(nodes looked at). */
  schedule(state: CycleState, attempt: number): ScheduleResult {
    const { guard } = this.framework;
    guard.enter('', 'SchedulePod', state.pod);
    try {
      return this.#schedule(state, attempt);
    } finally {
      guard.leave();
    }
  }

  /** The nodes that the latest search looked at, in that order; to be read before the next. */
  searchedNodes(): readonly string[] {
    const { snapshot } = this.framework;
    return Array.from({ length: this.#evaluated }, (_, i) =>
      snapshot.nameOf(this.#order[(this.#start + i) % this.#total]!),
    );
  }

  #schedule(state: CycleState, attempt: number): ScheduleResult {
    const { snapshot } = this.framework;
    snapshot.refreshOrder();
    if (snapshot.nodeCount === 0)
      return {
        kind: 'error',
        status: new Status('UnschedulableAndUnresolvable', [NO_NODES]),
        evaluatedNodes: 0,
      };
    this.#ensureCapacity(snapshot.capacity);
    const unfit = this.#findFeasible(state);
    const evaluatedNodes = this.#evaluated;
    if (this.#failure !== undefined) return { kind: 'error', status: this.#failure, evaluatedNodes };
    if (unfit !== undefined) return { kind: 'unschedulable', diagnosis: unfit, evaluatedNodes };
    if (this.#feasible.count === 1) return this.#chosen(this.#feasible.rows[0]!, undefined, 1);
    const failed = this.framework.scoring.preScore(state, this.#feasible);
    if (failed !== undefined) return { kind: 'error', status: failed, evaluatedNodes };
    const common = this.#prioritize(state);
    return this.#select(state.pod, attempt, common);
  }

  /** Fills `#feasible`; the diagnosis if it stays empty. */
  #findFeasible(state: CycleState): Diagnosis | undefined {
    const { snapshot } = this.framework;
    this.#feasible.clear();
    this.#evaluated = 0;
    this.#failure = undefined;
    this.#state = state;
    this.#memo = undefined;
    this.#recalled = false;
    const { status, nodeNames, narrowedBy } = this.framework.filtering.preFilter(state);
    if (status !== undefined) return this.#rejectedByPreFilter(status);
    this.#planFilters(state);
    const nominee = state.pod.status?.nominatedNodeName;
    if (nominee !== undefined && nominee !== '' && this.#passesOnNominated(state, nominee)) return undefined;
    const rows = nodeNames === undefined ? undefined : this.#rowsOf(nodeNames);
    if (rows === undefined) this.#memo = this.#memos.of(state.shape.id, snapshot.capacity);
    const order = rows ?? snapshot.order;
    const total = rows === undefined ? snapshot.nodeCount : rows.length;
    this.#beginAt(order, total);
    const known = this.#rememberedFailure();
    if (known === undefined) this.#search(state, order, total);
    else this.#evaluated = total;
    const { position } = this.#options;
    position.next = (position.next + this.#evaluated) % snapshot.nodeCount;
    if (known !== undefined) return known;
    if (this.#feasible.count > 0 || this.#failure !== undefined) return undefined;
    const diagnosis = this.#diagnose(state, order, total, narrowedBy);
    this.#rememberFailure(diagnosis);
    return diagnosis;
  }

  #beginAt(order: Int32Array, total: number): void {
    this.#order = order;
    this.#start = total === 0 ? 0 : this.#options.position.next % total;
    this.#total = total;
  }

  #rememberedFailure(): Diagnosis | undefined {
    const known = this.#memo?.failure;
    if (known === undefined || !this.#rowsDecide()) return undefined;
    return known.version === this.framework.snapshot.version && known.filters === this.#plan.local
      ? known.diagnosis
      : undefined;
  }

  #rememberFailure(diagnosis: Diagnosis): void {
    const { version } = this.framework.snapshot;
    if (this.#memo !== undefined && this.#rowsDecide())
      this.#memo.failure = { version, filters: this.#plan.local, diagnosis };
  }

  /** True if the verdicts follow from the pod's shape and the nodes' rows alone. */
  #rowsDecide(): boolean {
    return this.#plan.other.length === 0 && this.#nominatedRows.size === 0;
  }

  #rejectedByPreFilter(status: Status): Diagnosis | undefined {
    if (!isRejection(status)) {
      this.#failure = status;
      return undefined;
    }
    const diagnosis = new Diagnosis(this.framework.snapshot);
    diagnosis.absentNodes = status;
    diagnosis.preFilterMessage = status.message;
    diagnosis.addPlugin(status);
    return diagnosis;
  }

  #rowsOf(names: ReadonlySet<string>): Int32Array {
    const { snapshot } = this.framework;
    const rows: number[] = [];
    for (const name of names) {
      const row = snapshot.rowOf(name);
      if (snapshot.holdsNode(row)) rows.push(row);
    }
    return Int32Array.from(rows);
  }

  #planFilters(state: CycleState): void {
    const idle = this.#idle;
    idle.copyFrom(state.skipFilter);
    for (const built of this.#mayBeIdle) if (!idle.has(built) && built.plugin.idle!(state)) idle.add(built);
    if (!idle.equals(this.#plan.idle)) this.#plan = this.#planWithout(idle);
    const { nominator, snapshot } = this.framework;
    if (this.#nominatedRows.size > 0) this.#nominatedRows.clear();
    if (nominator.size > 0)
      for (const name of nominator.nodes()) this.#nominatedRows.add(snapshot.rowOf(name));
  }

  #planWithout(idle: PluginMask): FilterPlan {
    const known = this.#plans.get(idle.key);
    if (known !== undefined) return known;
    const asked = this.framework.plugins.at.filter.filter((built) => !idle.has(built));
    const plan = {
      idle: new PluginMask(),
      local: asked.filter(({ localFilter }) => localFilter),
      other: asked.filter(({ localFilter }) => !localFilter),
    };
    plan.idle.copyFrom(idle);
    this.#plans.set(idle.key, plan);
    return plan;
  }

  #passesOnNominated(state: CycleState, name: string): boolean {
    const { snapshot } = this.framework;
    const row = snapshot.rowOf(name);
    if (!snapshot.holdsNode(row)) return false;
    const status = this.framework.filtering.filter(state, snapshot.nodeAt(row));
    if (status !== undefined) return false;
    this.#evaluated = 1;
    this.#feasible.rows[0] = row;
    this.#feasible.count = 1;
    this.#beginAt(this.#feasible.rows, 1);
    return true;
  }

  #search(state: CycleState, order: Int32Array, total: number): void {
    if (total === 0) return;
    const { percentageOfNodesToScore, plugins } = this.framework;
    const percentage = percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    const wanted = plugins.scoring.length === 0 ? 1 : numFeasibleNodesToFind(percentage, total);
    if (this.#memo?.scorers !== undefined && this.#rowsDecide()) this.#recall(this.#memo, wanted);
    else this.#walk(state, order, total, wanted);
  }

  #recall(memo: ShapeMemo, wanted: number): void {
    const search = this.#remembered;
    search.run(memo, this.#start, wanted);
    this.#evaluated = search.evaluated;
    this.#feasible.takeFrom(search);
    this.#recalled = true;
  }

  #walk(state: CycleState, order: Int32Array, total: number, wanted: number): void {
    for (let done = 0; done < total && this.#feasible.count < wanted; ) {
      const size = Math.min(total - done, Math.max(MIN_CHUNK, wanted - this.#feasible.count));
      const from = (this.#start + done) % total;
      this.#evaluated += this.#filterChunk(state, order, total, from, size, wanted);
      if (this.#failure !== undefined) return;
      done += size;
    }
  }

  /** Filters `size` nodes from position `from` on, appends what passes up to `wanted`; returns how many nodes that took. */
  #filterChunk(
    state: CycleState,
    order: Int32Array,
    total: number,
    from: number,
    size: number,
    wanted: number,
  ): number {
    const memo = this.#memo;
    let count: number;
    if (memo?.scorers === undefined) {
      count = copyCyclic(order, total, from, size, this.#alive);
      count = this.#narrow(state, this.#plan.local, count);
    } else {
      this.#remembered.refresh(memo, from, size);
      count = this.#passing(memo, order, total, from, size);
    }
    count = this.#narrow(state, this.#plan.other, count);
    if (this.#nominatedRows.size > 0) count = this.#recheckNominated(state, count);
    return this.#take(order, total, from, size, count, wanted);
  }

  /** Values `rows` by the node-local plugins. */
  #value({ value, scorers }: ShapeMemo, rows: Int32Array, count: number): void {
    const framework = this.framework;
    const state = this.#state!;
    const alive = this.#alive;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      value[row] = REJECTED;
      alive[i] = row;
    }
    const passed = this.#narrow(state, this.#plan.local, count);
    for (let i = 0; i < passed; i++) value[alive[i]!] = 0;
    const scores = this.#scores;
    for (const { built, weight } of scorers!) {
      framework.scoring.scoreWith(built.plugin, state, alive, passed, scores);
      framework.scoring.checkScores(built.plugin, state, alive, passed, scores);
      for (let i = 0; i < passed; i++) value[alive[i]!]! += weight * scores[i]!;
    }
  }

  /** Nodes that pass the node-local filters, into `#alive`. */
  #passing({ value }: ShapeMemo, order: Int32Array, total: number, from: number, size: number): number {
    const alive = this.#alive;
    let count = 0;
    for (let i = 0, at = from; i < size; i++) {
      const row = order[at]!;
      if (value[row]! >= 0) alive[count++] = row;
      if (++at === total) at = 0;
    }
    return count;
  }

  /** Appends the first survivors and tells how far into the chunk the last one lies. */
  #take(order: Int32Array, total: number, from: number, size: number, count: number, wanted: number): number {
    const { rows } = this.#feasible;
    const taken = Math.min(count, wanted - this.#feasible.count);
    for (let i = 0; i < taken; i++) rows[this.#feasible.count++] = this.#alive[i]!;
    if (this.#feasible.count < wanted) return size;
    const last = this.#alive[taken - 1]!;
    let used = 1;
    for (let at = from; order[at] !== last; used++) if (++at === total) at = 0;
    return used;
  }

  /** Rows that take the pod as things are must also take it beside the pods nominated to them. */
  #recheckNominated(state: CycleState, count: number): number {
    const { snapshot } = this.framework;
    const alive = this.#alive;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      if (this.#nominatedRows.has(row)) {
        const status = this.framework.filtering.filter(state, snapshot.nodeAt(row));
        if (status !== undefined) {
          if (!isRejection(status)) this.#failure = status;
          continue;
        }
      }
      alive[kept++] = row;
    }
    return kept;
  }

  /** Keeps of the first `count` rows in `#alive` those that all plugins pass. */
  #narrow(state: CycleState, plugins: readonly BuiltPlugin[], count: number): number {
    const alive = this.#alive;
    const verdicts = this.#verdicts;
    let left = count;
    for (const { plugin } of plugins) {
      if (left === 0) return 0;
      if (plugin.filterRows !== undefined) plugin.filterRows(state, alive, left, verdicts);
      else {
        left = this.#askOneByOne(state, plugin, left);
        continue;
      }
      let kept = 0;
      for (let i = 0; i < left; i++) if (verdicts[i] === 0) alive[kept++] = alive[i]!;
      left = kept;
    }
    return left;
  }

  #askOneByOne(state: CycleState, plugin: BuiltPlugin['plugin'], count: number): number {
    const framework = this.framework;
    const alive = this.#alive;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const status = framework.filtering.filterWith(plugin, state, framework.snapshot.nodeAt(alive[i]!));
      if (status === undefined || status.code === 'Success') alive[kept++] = alive[i]!;
      else if (!isRejection(status)) this.#failure ??= status;
    }
    return kept;
  }

  /** Asks again in plugin order, since no node passed, to learn who rejects each node and why. */
  #diagnose(state: CycleState, order: Int32Array, total: number, narrowedBy: readonly string[]): Diagnosis {
    const { snapshot, plugins } = this.framework;
    const diagnosis = new Diagnosis(snapshot);
    diagnosis.narrow(narrowedBy);
    let count = 0;
    for (let i = 0; i < total; i++) {
      const row = order[i]!;
      if (this.#nominatedRows.has(row))
        diagnosis.set(row, this.framework.filtering.filter(state, snapshot.nodeAt(row))!);
      else this.#alive[count++] = row;
    }
    for (const built of plugins.at.filter)
      if (!state.skipFilter.has(built) && built.plugin.idle?.(state) !== true)
        count = this.#explain(state, built, count, diagnosis);
    return diagnosis;
  }

  #explain(state: CycleState, { plugin }: BuiltPlugin, count: number, diagnosis: Diagnosis): number {
    const framework = this.framework;
    const alive = this.#alive;
    const verdicts = this.#verdicts;
    const byVerdict = new Map<number, Status>();
    const batch = plugin.filterRows !== undefined;
    plugin.filterRows?.(state, alive, count, verdicts);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      let status: Status | undefined;
      if (!batch) status = framework.filtering.filterWith(plugin, state, framework.snapshot.nodeAt(row));
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

  /**
   * Sums weighted scores of the feasible nodes into `#totals`, unless what is remembered is all that tells them apart; returns
   * what all of them have besides.
   */
  #prioritize(state: CycleState): number {
    const scorePlugins = this.framework.plugins.scoring;
    const memo = this.#memo;
    const remembered = memo?.scorers !== undefined;
    const differing = this.#differing;
    differing.length = 0;
    let common = 0;
    for (const entry of scorePlugins) {
      const { built, weight } = entry;
      if (state.ignoring.has(built) || state.skipScore.has(built) || (remembered && built.localScore))
        continue;
      const uniform = built.plugin.uniformScore?.(state, this.#feasible);
      if (uniform === undefined) differing.push(entry);
      else common += weight * uniform;
    }
    if (memo !== undefined && !remembered)
      memo.scorers = scorePlugins.filter(
        ({ built }) => built.localScore && !state.ignoring.has(built) && !state.skipScore.has(built),
      );
    if (differing.length > 0 || !this.#recalled) this.#sum(state, remembered ? memo : undefined);
    else {
      this.#best = this.#remembered.best;
      this.#ties = this.#remembered.ties;
    }
    return common;
  }

  #sum(state: CycleState, memo: ShapeMemo | undefined): void {
    const { rows, count } = this.#feasible;
    const totals = this.#totals;
    this.#recalled = false;
    if (memo === undefined) totals.fill(0, 0, count);
    else for (let i = 0; i < count; i++) totals[i] = memo.value[rows[i]!]!;
    for (const entry of this.#differing) this.#addScores(state, entry);
    this.#findBest();
  }

  #addScores(state: CycleState, { built, weight }: WeightedPlugin): void {
    const { rows, count } = this.#feasible;
    const totals = this.#totals;
    const scores = this.#scores;
    this.framework.scoring.scoreWith(built.plugin, state, rows, count, scores);
    this.framework.scoring.normalizeWith(built.plugin, state, rows, count, scores);
    for (let i = 0; i < count; i++) totals[i]! += weight * scores[i]!;
  }

  #findBest(): void {
    const { rows, count } = this.#feasible;
    const totals = this.#totals;
    const tied = this.#tied;
    let best = totals[0]!;
    let ties = 0;
    for (let i = 0; i < count; i++) {
      const total = totals[i]!;
      if (total < best) continue;
      if (total > best) {
        best = total;
        ties = 0;
      }
      tied[ties++] = rows[i]!;
    }
    this.#best = best;
    this.#ties = ties;
  }

  /** Upstream's reservoir sampling is uniform among the best; so is one draw keyed by pod and attempt. */
  #select(pod: Pod, attempt: number, common: number): ScheduleResult {
    const ties = this.#ties;
    let at = 0;
    if (this.#options.tieBreak === 'lowest-name') at = this.#lowestName();
    else if (ties > 1)
      at = Math.floor(this.framework.handle.draw('tie-break', pod.metadata.uid, attempt) * ties);
    const row = this.#recalled ? this.#remembered.tied(at) : this.#tied[at]!;
    return this.#chosen(row, this.#best + common, ties);
  }

  #lowestName(): number {
    const { snapshot } = this.framework;
    const tied = this.#tied;
    if (this.#recalled) this.#remembered.collect(tied, this.#best);
    let lowest = 0;
    for (let i = 1; i < this.#ties; i++)
      if (snapshot.nameOf(tied[i]!) < snapshot.nameOf(tied[lowest]!)) lowest = i;
    return lowest;
  }

  #chosen(row: number, score: number | undefined, ties: number): ScheduleResult {
    return {
      kind: 'scheduled',
      node: this.framework.snapshot.nameOf(row),
      evaluatedNodes: this.#evaluated,
      feasibleNodes: this.#feasible.count,
      score,
      ties,
    };
  }

  #ensureCapacity(capacity: number): void {
    if (this.#alive.length >= capacity) return;
    this.#feasible.ensureCapacity(capacity);
    this.#totals = new Float64Array(capacity);
    this.#tied = new Int32Array(capacity);
    this.#alive = new Int32Array(capacity);
    this.#verdicts = new Int32Array(capacity);
    this.#scores = new Float64Array(capacity);
  }
}

/** `size` entries of a ring of `total`, from `from` on; returns `size`. */
function copyCyclic(ring: Int32Array, total: number, from: number, size: number, into: Int32Array): number {
  for (let i = 0, at = from; i < size; i++) {
    into[i] = ring[at]!;
    if (++at === total) at = 0;
  }
  return size;
}
