/**
 * HOT PATH: which of the nodes that can take a pod gets it: `prioritizeNodes` and `selectHost` of schedule_one.go, Kubernetes
 * v1.36.
 */
import type { Pod } from '../../api/index.ts';
import type { WeightedPlugin } from '../framework/built-plugin.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Framework } from '../framework/runtime.ts';
import { Status } from '../framework/status.ts';
import type { NodeSearch } from './node-search.ts';
import { REJECTED, type ShapeMemo } from './shape-memo.ts';

/** Among equally good nodes: a keyed draw, or the lowest name. */
export type TieBreak = 'random' | 'lowest-name';

export class NodePriorities {
  /** Highest weighted sum of scores, and how many feasible nodes share it. */
  best = REJECTED;
  ties = 0;
  readonly #framework: Framework;
  readonly #search: NodeSearch;
  readonly #tieBreak: TieBreak;
  /** Score plugins that tell the feasible nodes apart and are not remembered. */
  readonly #differing: WeightedPlugin[] = [];
  /** Remembered values alone decide: the search knows the best. */
  #recalled = false;
  /** Weighted sums, in step with the feasible rows. */
  #totals = new Float64Array(0);
  #scores = new Float64Array(0);
  /** Rows that share the highest value. */
  #tied = new Int32Array(0);

  constructor(framework: Framework, search: NodeSearch, tieBreak: TieBreak) {
    this.#framework = framework;
    this.#search = search;
    this.#tieBreak = tieBreak;
  }

  /**
   * Finds what the best of the feasible nodes are worth, by summing scores unless what is remembered tells. Undefined if all went
   * well.
   */
  prioritize(state: CycleState): Status | undefined {
    const { memo, recalled, remembered } = this.#search;
    const isRemembered = memo?.scorers !== undefined;
    const common = this.#findDiffering(state, isRemembered);
    if (memo !== undefined && !isRemembered)
      memo.scorers = this.#framework.plugins.scoring.filter(
        ({ built }) => built.localScore && !state.ignoring.has(built) && !state.skipScore.has(built),
      );
    this.#recalled = recalled && this.#differing.length === 0;
    if (this.#recalled) {
      this.best = remembered.best;
      this.ties = remembered.ties;
    } else {
      const status = this.#sum(state, isRemembered ? memo : undefined);
      if (status !== undefined) return status;
    }
    this.best += common;
    return undefined;
  }

  /** The row to take. Upstream's reservoir sampling is uniform among the best; so is one draw keyed by pod and attempt. */
  selectHost(pod: Pod, attempt: number): number {
    let at = 0;
    if (this.#tieBreak === 'lowest-name') at = this.#lowestName();
    else if (this.ties > 1)
      at = Math.floor(this.#framework.handle.draw('tie-break', pod.metadata.uid, attempt) * this.ties);
    return this.#recalled ? this.#search.remembered.tied(at) : this.#tied[at]!;
  }

  ensureCapacity(capacity: number): void {
    if (this.#totals.length >= capacity) return;
    this.#totals = new Float64Array(capacity);
    this.#scores = new Float64Array(capacity);
    this.#tied = new Int32Array(capacity);
  }

  /** Leaves in `#differing` the plugins to be asked; returns what all nodes get from those that do not tell them apart. */
  #findDiffering(state: CycleState, isRemembered: boolean): number {
    const { feasible } = this.#search;
    const { scoring } = this.#framework;
    const differing = this.#differing;
    differing.length = 0;
    let common = 0;
    for (const entry of this.#framework.plugins.scoring) {
      const { built, weight } = entry;
      if (state.ignoring.has(built) || state.skipScore.has(built) || (isRemembered && built.localScore))
        continue;
      const uniform = scoring.uniformScore(built.plugin, state, feasible);
      if (uniform === undefined) differing.push(entry);
      else common += weight * uniform;
    }
    return common;
  }

  #sum(state: CycleState, memo: ShapeMemo | undefined): Status | undefined {
    const { rows, count } = this.#search.feasible;
    const totals = this.#totals;
    if (memo === undefined) totals.fill(0, 0, count);
    else for (let i = 0; i < count; i++) totals[i] = memo.value[rows[i]!]!;
    for (const entry of this.#differing) {
      const status = this.#addScores(state, entry);
      if (status !== undefined) return status;
    }
    this.#findBest();
    return undefined;
  }

  #addScores(state: CycleState, { built, weight }: WeightedPlugin): Status | undefined {
    const { rows, count } = this.#search.feasible;
    const totals = this.#totals;
    const scores = this.#scores;
    const { scoring } = this.#framework;
    scoring.scoreWith(built.plugin, state, rows, count, scores);
    const normalized = scoring.normalizeWith(built.plugin, state, rows, count, scores);
    if (normalized instanceof Status) return normalized;
    for (let i = 0; i < count; i++) totals[i]! += weight * normalized[i]!;
    return undefined;
  }

  #findBest(): void {
    const { rows, count } = this.#search.feasible;
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
    this.best = best;
    this.ties = ties;
  }

  #lowestName(): number {
    const { snapshot } = this.#framework;
    const { remembered } = this.#search;
    const tied = this.#tied;
    if (this.#recalled) remembered.collect(tied, remembered.best);
    let lowest = 0;
    for (let i = 1; i < this.ties; i++)
      if (snapshot.nameOf(tied[i]!) < snapshot.nameOf(tied[lowest]!)) lowest = i;
    return lowest;
  }
}
