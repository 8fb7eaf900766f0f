/**
 * HOT PATH: which nodes can take a pod: `findNodesThatFitPod` of schedule_one.go, Kubernetes v1.36. Nodes are tried from where
 * the last search ended until enough are found; only nodes whose rows changed since the last pod of the same shape are asked
 * about again.
 */
import type { CycleState } from '../framework/cycle-state.ts';
import { Diagnosis } from '../framework/diagnosis.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, type Status } from '../framework/status.ts';
import { FeasibleNodes } from './feasible-nodes.ts';
import { FilterPlans } from './filter-plan.ts';
import { MIN_CHUNK, RememberedSearch } from './remembered-search.ts';
import { RowFilter } from './row-filter.ts';
import { numFeasibleNodesToFind } from './sampling.ts';
import { type ShapeMemo, ShapeMemos } from './shape-memo.ts';
import { Valuation } from './valuation.ts';

export interface SearchOptions {
  /** Of nodes to look for before scoring; 0 is adaptive. */
  readonly percentageOfNodesToScore: number;
  /** Where the next search begins; shared by all profiles of a scheduler. */
  readonly position: { next: number };
}

export class NodeSearch {
  readonly feasible = new FeasibleNodes();
  /** How many nodes the latest search looked at. */
  evaluated = 0;
  /** What is remembered of the pod's shape, if anything, and the search among it. */
  memo: ShapeMemo | undefined;
  readonly remembered: RememberedSearch;
  /** Remembered values alone decided the latest search: `remembered` holds its outcome. */
  recalled = false;
  readonly #framework: Framework;
  readonly #options: SearchOptions;
  readonly #memos = new ShapeMemos();
  readonly #filter: RowFilter;
  readonly #valuation: Valuation;
  readonly #plans: FilterPlans;
  readonly #nominatedRows = new Set<number>();
  /** The nodes of the latest search, where it began and how many there were to look at. */
  #order: Int32Array = new Int32Array(0);
  #start = 0;
  #total = 0;

  constructor(framework: Framework, options: SearchOptions) {
    this.#framework = framework;
    this.#options = options;
    this.#filter = new RowFilter(framework);
    this.#plans = new FilterPlans(framework.plugins.at.filter, framework.filtering);
    const valuation = new Valuation(framework, this.#filter);
    this.#valuation = valuation;
    this.remembered = new RememberedSearch(framework.snapshot, (memo, rows, count) =>
      valuation.value(memo, rows, count),
    );
  }

  /** A plugin could not answer. */
  get failure(): Status | undefined {
    return this.#filter.failure;
  }

  /** Fills `feasible`; the diagnosis if it stays empty, unless a plugin could not answer: `failure`. */
  find(state: CycleState): Diagnosis | undefined {
    this.#reset();
    const { status, nodeNames, narrowedBy } = this.#framework.filtering.preFilter(state);
    if (status !== undefined) return this.#rejectedByPreFilter(status);
    this.#plans.plan(state);
    this.#noteNominated();
    const nominee = state.pod.status?.nominatedNodeName;
    if (nominee !== undefined && nominee !== '' && this.#passesOnNominated(state, nominee)) return undefined;
    const { snapshot } = this.#framework;
    if (nodeNames === undefined) {
      this.memo = this.#memos.of(state.shape.id, snapshot.capacity);
      this.#beginAt(snapshot.order, snapshot.nodeCount);
    } else {
      const rows = this.#rowsOf(nodeNames);
      this.#beginAt(rows, rows.length);
    }
    const diagnosis = this.#findAmong(state, narrowedBy);
    const { position } = this.#options;
    position.next = (position.next + this.evaluated) % snapshot.nodeCount;
    return diagnosis;
  }

  /** The nodes that the latest search looked at, in that order; to be read before the next. */
  searchedNodes(): readonly string[] {
    const { snapshot } = this.#framework;
    return Array.from({ length: this.evaluated }, (_, i) =>
      snapshot.nameOf(this.#order[(this.#start + i) % this.#total]!),
    );
  }

  ensureCapacity(capacity: number): void {
    this.feasible.ensureCapacity(capacity);
    this.#filter.ensureCapacity(capacity);
    this.#valuation.ensureCapacity(capacity);
  }

  #reset(): void {
    this.feasible.clear();
    this.evaluated = 0;
    this.#filter.failure = undefined;
    this.memo = undefined;
    this.recalled = false;
  }

  #noteNominated(): void {
    const { nominator, snapshot } = this.#framework;
    if (this.#nominatedRows.size > 0) this.#nominatedRows.clear();
    if (nominator.size > 0)
      for (const name of nominator.nodes()) this.#nominatedRows.add(snapshot.rowOf(name));
  }

  /** A search that failed for a pod of the same shape is not repeated while nothing has changed. */
  #findAmong(state: CycleState, narrowedBy: readonly string[]): Diagnosis | undefined {
    const { version } = this.#framework.snapshot;
    const { local } = this.#plans.latest;
    const memo = this.#rowsDecide() ? this.memo : undefined;
    const known = memo?.knownDiagnosis(version, local);
    if (known !== undefined) {
      this.evaluated = this.#total;
      return known;
    }
    this.#search(state);
    if (this.feasible.count > 0 || this.failure !== undefined) return undefined;
    const diagnosis = this.#diagnose(state, narrowedBy);
    memo?.rememberDiagnosis(version, local, diagnosis);
    return diagnosis;
  }

  #beginAt(order: Int32Array, total: number): void {
    this.#order = order;
    this.#start = total === 0 ? 0 : this.#options.position.next % total;
    this.#total = total;
  }

  /** True if the verdicts follow from the pod's shape and the nodes' rows alone. */
  #rowsDecide(): boolean {
    return this.#plans.latest.other.length === 0 && this.#nominatedRows.size === 0;
  }

  #rejectedByPreFilter(status: Status): Diagnosis | undefined {
    if (!isRejection(status)) {
      this.#filter.failure = status;
      return undefined;
    }
    const diagnosis = new Diagnosis(this.#framework.snapshot);
    diagnosis.rejectedByPreFilter(status);
    return diagnosis;
  }

  #rowsOf(names: ReadonlySet<string>): Int32Array {
    const { snapshot } = this.#framework;
    const rows: number[] = [];
    for (const name of names) {
      const row = snapshot.rowOf(name);
      if (snapshot.holdsNode(row)) rows.push(row);
    }
    return Int32Array.from(rows);
  }

  #passesOnNominated(state: CycleState, name: string): boolean {
    const { snapshot } = this.#framework;
    const row = snapshot.rowOf(name);
    if (!snapshot.holdsNode(row)) return false;
    const status = this.#framework.filtering.filter(state, snapshot.nodeAt(row));
    if (status !== undefined) return false;
    this.evaluated = 1;
    this.feasible.rows[0] = row;
    this.feasible.count = 1;
    this.#beginAt(this.feasible.rows, 1);
    return true;
  }

  #search(state: CycleState): void {
    const total = this.#total;
    if (total === 0) return;
    const { percentageOfNodesToScore, plugins } = this.#framework;
    const percentage = percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    const wanted = plugins.scoring.length === 0 ? 1 : numFeasibleNodesToFind(percentage, total);
    this.#valuation.begin(state, this.#plans.latest.local);
    if (this.memo?.scorers !== undefined && this.#rowsDecide()) this.#recall(this.memo, wanted);
    else this.#walk(state, wanted);
  }

  #recall(memo: ShapeMemo, wanted: number): void {
    const search = this.remembered;
    search.run(memo, this.#start, wanted);
    this.evaluated = search.evaluated;
    this.feasible.takeFrom(search);
    this.recalled = true;
  }

  #walk(state: CycleState, wanted: number): void {
    const total = this.#total;
    for (let done = 0; done < total && this.feasible.count < wanted; ) {
      const size = Math.min(total - done, Math.max(MIN_CHUNK, wanted - this.feasible.count));
      const from = (this.#start + done) % total;
      const count = this.#filterChunk(state, from, size);
      this.evaluated += this.#take(from, size, count, wanted);
      if (this.failure !== undefined) return;
      done += size;
    }
  }

  /** Of the `size` nodes from position `from` on, those that take the pod: their number, and themselves in the filter. */
  #filterChunk(state: CycleState, from: number, size: number): number {
    const filter = this.#filter;
    const { local, other } = this.#plans.latest;
    const memo = this.memo;
    let count: number;
    if (memo?.scorers === undefined) {
      copyCyclic(this.#order, this.#total, from, size, filter.alive);
      count = filter.narrow(state, local, size);
    } else count = this.remembered.list(memo, from, size, filter.alive);
    count = filter.narrow(state, other, count);
    return this.#nominatedRows.size > 0 ? this.#recheckNominated(state, count) : count;
  }

  /** Appends the first survivors up to `wanted` and tells how far into the chunk the last one lies. */
  #take(from: number, size: number, count: number, wanted: number): number {
    const order = this.#order;
    const total = this.#total;
    const { alive } = this.#filter;
    const { rows } = this.feasible;
    const taken = Math.min(count, wanted - this.feasible.count);
    for (let i = 0; i < taken; i++) rows[this.feasible.count++] = alive[i]!;
    if (this.feasible.count < wanted) return size;
    const last = alive[taken - 1]!;
    let used = 1;
    for (let at = from; order[at] !== last; used++) if (++at === total) at = 0;
    return used;
  }

  /** Rows that take the pod as things are must also take it beside the pods nominated to them. */
  #recheckNominated(state: CycleState, count: number): number {
    const { snapshot } = this.#framework;
    const alive = this.#filter.alive;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      if (this.#nominatedRows.has(row)) {
        const status = this.#framework.filtering.filter(state, snapshot.nodeAt(row));
        if (status !== undefined) {
          if (!isRejection(status)) this.#filter.failure = status;
          continue;
        }
      }
      alive[kept++] = row;
    }
    return kept;
  }

  /** Asks again in plugin order, since no node passed, to learn who rejects each node and why. */
  #diagnose(state: CycleState, narrowedBy: readonly string[]): Diagnosis {
    const { snapshot, plugins, filtering } = this.#framework;
    const order = this.#order;
    const { alive } = this.#filter;
    const diagnosis = new Diagnosis(snapshot);
    diagnosis.narrow(narrowedBy);
    let count = 0;
    for (let i = 0; i < this.#total; i++) {
      const row = order[i]!;
      if (this.#nominatedRows.has(row)) diagnosis.set(row, filtering.filter(state, snapshot.nodeAt(row))!);
      else alive[count++] = row;
    }
    const { idle } = this.#plans.latest;
    for (const built of plugins.at.filter)
      if (!idle.has(built)) count = this.#filter.explain(state, built, count, diagnosis);
    return diagnosis;
  }
}

/** `size` entries of a ring of `total`, from `from` on. */
function copyCyclic(ring: Int32Array, total: number, from: number, size: number, into: Int32Array): void {
  for (let i = 0, at = from; i < size; i++) {
    into[i] = ring[at]!;
    if (++at === total) at = 0;
  }
}
