/**
 * HOT PATH: values nodes for pods of one shape by the plugins that look at the node alone; what a shape's memo remembers
 * (shape-memo.ts).
 */
import type { BuiltPlugin } from '../framework/built-plugin.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Framework } from '../framework/runtime.ts';
import type { RowFilter } from './row-filter.ts';
import { REJECTED, type ShapeMemo } from './shape-memo.ts';

export class Valuation {
  readonly #framework: Framework;
  readonly #filter: RowFilter;
  #scores = new Float64Array(0);
  #state: CycleState | undefined;
  #filters: readonly BuiltPlugin[] = [];

  constructor(framework: Framework, filter: RowFilter) {
    this.#framework = framework;
    this.#filter = filter;
  }

  /** The pod at hand, one of the shape, and the node-local filters that are asked about it. */
  begin(state: CycleState, filters: readonly BuiltPlugin[]): void {
    this.#state = state;
    this.#filters = filters;
  }

  /** Values the first `count` of `rows`. Takes the rows of the filter as scratch. */
  value({ value, scorers }: ShapeMemo, rows: Int32Array, count: number): void {
    const { scoring } = this.#framework;
    const state = this.#state!;
    const { alive } = this.#filter;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      value[row] = REJECTED;
      alive[i] = row;
    }
    const passed = this.#filter.narrow(state, this.#filters, count);
    for (let i = 0; i < passed; i++) value[alive[i]!] = 0;
    const scores = this.#scores;
    for (const { built, weight } of scorers!) {
      scoring.scoreWith(built.plugin, state, alive, passed, scores);
      scoring.checkScores(built.plugin, state, alive, passed, scores);
      for (let i = 0; i < passed; i++) value[alive[i]!]! += weight * scores[i]!;
    }
  }

  ensureCapacity(capacity: number): void {
    if (this.#scores.length < capacity) this.#scores = new Float64Array(capacity);
  }
}
