/**
 * HOT PATH: asks Filter plugins about many nodes, one plugin after the other, each about those that are left. Verdicts equal
 * those of asking every plugin about one node after the other.
 */
import type { BuiltPlugin } from '../framework/built-plugin.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Diagnosis } from '../framework/diagnosis.ts';
import type { Plugin } from '../framework/interface.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, type Status } from '../framework/status.ts';

export class RowFilter {
  readonly #framework: Framework;
  /** The nodes in question; the first ones count, how many the caller knows. */
  alive = new Int32Array(0);
  #verdicts = new Int32Array(0);
  /** A plugin could not answer. */
  failure: Status | undefined;

  constructor(framework: Framework) {
    this.#framework = framework;
  }

  /** Keeps of the first `count` rows in `alive` those that all plugins pass. */
  narrow(state: CycleState, plugins: readonly BuiltPlugin[], count: number): number {
    const alive = this.alive;
    const verdicts = this.#verdicts;
    const { filtering } = this.#framework;
    let left = count;
    for (const { plugin } of plugins) {
      if (left === 0) return 0;
      if (plugin.filterRows !== undefined) filtering.filterRows(plugin, state, alive, left, verdicts);
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

  #askOneByOne(state: CycleState, plugin: Plugin, count: number): number {
    const framework = this.#framework;
    const alive = this.alive;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const status = framework.filtering.filterWith(plugin, state, framework.snapshot.nodeAt(alive[i]!));
      if (status === undefined || status.code === 'Success') alive[kept++] = alive[i]!;
      else if (!isRejection(status)) this.failure ??= status;
    }
    return kept;
  }

  /** The same for one plugin, which says to `diagnosis` why it refuses the others. */
  explain(state: CycleState, { plugin }: BuiltPlugin, count: number, diagnosis: Diagnosis): number {
    const { filtering, snapshot } = this.#framework;
    const alive = this.alive;
    const verdicts = this.#verdicts;
    const refusals = new Map<number, Status>();
    const batch = plugin.filterRows !== undefined;
    if (batch) filtering.filterRows(plugin, state, alive, count, verdicts);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = alive[i]!;
      const status = batch
        ? this.#refusalOf(plugin, state, verdicts[i]!, refusals)
        : filtering.filterWith(plugin, state, snapshot.nodeAt(row));
      if (status === undefined || status.code === 'Success') alive[kept++] = row;
      else diagnosis.set(row, status);
    }
    return kept;
  }

  ensureCapacity(capacity: number): void {
    if (this.alive.length >= capacity) return;
    this.alive = new Int32Array(capacity);
    this.#verdicts = new Int32Array(capacity);
  }

  /** The same object for the same verdict: a diagnosis counts by it. */
  #refusalOf(
    plugin: Plugin,
    state: CycleState,
    verdict: number,
    known: Map<number, Status>,
  ): Status | undefined {
    if (verdict === 0) return undefined;
    let status = known.get(verdict);
    if (status === undefined) {
      status = this.#framework.filtering.refusal(plugin, state, verdict);
      known.set(verdict, status);
    }
    return status;
  }
}
