/**
 * PreScore, Score and NormalizeScore: which of the nodes that can take a pod is best (`framework/runtime/framework.go`,
 * Kubernetes v1.36: RunPreScorePlugins, RunScorePlugins).
 */
import type { Snapshot } from '../cache/snapshot.ts';
import type { BuiltPlugin } from './built-plugin.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeRows, Plugin } from './interface.ts';
import { described, type PolicyGuard } from './policy-error.ts';
import type { ProfilePlugins } from './profile-plugins.ts';
import { failure, type Status } from './status.ts';

/** Of PreScore, `guard.call` is written out, as in filtering.ts. */
export class Scoring {
  readonly #snapshot: Snapshot;
  readonly #guard: PolicyGuard;
  readonly #preScorePlugins: readonly BuiltPlugin[];

  constructor(plugins: ProfilePlugins, snapshot: Snapshot, guard: PolicyGuard) {
    this.#snapshot = snapshot;
    this.#guard = guard;
    this.#preScorePlugins = plugins.at.preScore;
  }

  /** Undefined if all went well; Skip is recorded in the state. */
  preScore(state: CycleState, nodes: NodeRows): Status | undefined {
    const guard = this.#guard;
    for (const built of this.#preScorePlugins) {
      if (state.ignoring.has(built)) {
        state.skipScore.add(built);
        continue;
      }
      guard.enter(built.name, 'PreScore', state.pod);
      try {
        const status = built.plugin.preScore!(state, state.pod, nodes);
        if (status === undefined) continue;
        if (status.code === 'Skip') state.skipScore.add(built);
        else if (status.code !== 'Success')
          return failure(`running PreScore plugin "${built.name}": ${status.message}`).of(built.name);
      } catch (error) {
        throw guard.failure(error);
      } finally {
        guard.leave();
      }
    }
    return undefined;
  }

  /** Raw scores of one plugin for `rows`, into `scores`. */
  scoreWith(plugin: Plugin, state: CycleState, rows: Int32Array, count: number, scores: Float64Array): void {
    if (plugin.scoreRows !== undefined) {
      plugin.scoreRows(state, rows, count, scores);
      return;
    }
    this.#guard.call(plugin.name, 'Score', state.pod, () => {
      for (let i = 0; i < count; i++) {
        const node = this.#snapshot.nodeAt(rows[i]!);
        if (this.#guard.checking) this.#guard.freeze(node.node);
        const score = plugin.score!(state, state.pod, node);
        if (!Number.isSafeInteger(score))
          this.#guard.refuse(`returned ${described(score)} for node ${node.name}, not an integer`);
        scores[i] = score;
      }
    });
  }

  /** Brings raw scores to 0..100 in place and checks that they are. */
  normalizeWith(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    if (plugin.normalizeRows !== undefined) plugin.normalizeRows(state, rows, count, scores);
    else if (plugin.normalizeScore !== undefined) this.#normalizeList(plugin, state, rows, count, scores);
    this.checkScores(plugin, state, rows, count, scores);
  }

  /** Stops the run if a normalised score is none. */
  checkScores(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    for (let i = 0; i < count; i++) {
      const score = scores[i]!;
      if (score >= 0 && score <= 100 && Math.trunc(score) === score) continue;
      this.#guard.call(plugin.name, 'Score', state.pod, () =>
        this.#guard.refuse(
          `gave node ${this.#snapshot.nameOf(rows[i]!)} the score ${score}, which is not an integer from 0 to 100 after normalizing`,
        ),
      );
    }
  }

  #normalizeList(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    const list = Array.from({ length: count }, (_, i) => ({
      node: this.#snapshot.nameOf(rows[i]!),
      score: scores[i]!,
    }));
    this.#guard.call(plugin.name, 'NormalizeScore', state.pod, () =>
      plugin.normalizeScore!(state, state.pod, list),
    );
    for (let i = 0; i < count; i++) scores[i] = list[i]!.score;
  }
}
