/**
 * PreScore, Score and NormalizeScore: which of the nodes that can take a pod is best (`framework/runtime/framework.go`,
 * Kubernetes v1.36: RunPreScorePlugins, RunScorePlugins).
 */
import type { Snapshot } from '../cache/snapshot.ts';
import { ANSWERS, isNodeScore } from './answers.ts';
import type { BuiltPlugin } from './built-plugin.ts';
import type { CycleState } from './cycle-state.ts';
import { MAX_NODE_SCORE, type NodeRows, type Plugin } from './interface.ts';
import { described, type PolicyGuard } from './policy-error.ts';
import type { ProfilePlugins } from './profile-plugins.ts';
import { failure, type Status } from './status.ts';

/** `guard.call` is written out where many pods pass, as in filtering.ts. */
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
        const status = guard.checked(ANSWERS.preScore, built.plugin.preScore!(state, state.pod, nodes));
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
    this.#guard.enter(plugin.name, 'Score', state.pod);
    try {
      if (plugin.scoreRows !== undefined)
        this.#guard.checked(ANSWERS.scoreRows, plugin.scoreRows(state, rows, count, scores));
      else this.#scoreOneByOne(plugin, state, rows, count, scores);
    } catch (error) {
      throw this.#guard.failure(error);
    } finally {
      this.#guard.leave();
    }
  }

  #scoreOneByOne(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): void {
    for (let i = 0; i < count; i++) {
      const node = this.#snapshot.nodeAt(rows[i]!);
      if (this.#guard.checking) this.#guard.freeze(node.node);
      const score = plugin.score!(state, state.pod, node);
      if (!ANSWERS.score.is(score))
        this.#guard.refuse(`returned ${described(score)} for node ${node.name}, not an integer`);
      scores[i] = score;
    }
  }

  /** The score that the plugin says it would give to each of `nodes`, if it says so. */
  uniformScore(plugin: Plugin, state: CycleState, nodes: NodeRows): number | undefined {
    if (plugin.uniformScore === undefined) return undefined;
    return this.#guard.call(plugin.name, 'uniformScore', state.pod, () => plugin.uniformScore!(state, nodes));
  }

  /** Brings raw scores to 0..100, in place, and checks that they are: `scores`, or why the plugin could not. */
  normalizeWith(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): Float64Array | Status {
    if (plugin.normalizeRows !== undefined || plugin.normalizeScore !== undefined) {
      const status = this.#normalize(plugin, state, rows, count, scores);
      if (status !== undefined && status.code !== 'Success')
        return failure(
          `running Normalize on Score plugins: plugin "${plugin.name}" failed with: ${status.message}`,
        ).of(plugin.name);
    }
    this.checkScores(plugin, state, rows, count, scores);
    return scores;
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
      if (isNodeScore(score)) continue;
      this.#guard.blame(
        plugin.name,
        'Score',
        state.pod,
        `gave node ${this.#snapshot.nameOf(rows[i]!)} the score ${score}, which is not an integer from 0 to ${MAX_NODE_SCORE} after normalizing`,
      );
    }
  }

  #normalize(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): Status | undefined {
    const guard = this.#guard;
    if (plugin.normalizeRows === undefined)
      return guard.call(plugin.name, 'normalizeScore', state.pod, () =>
        this.#normalizeList(plugin, state, rows, count, scores),
      );
    guard.call(plugin.name, 'normalizeRows', state.pod, () =>
      plugin.normalizeRows!(state, rows, count, scores),
    );
    return undefined;
  }

  #normalizeList(
    plugin: Plugin,
    state: CycleState,
    rows: Int32Array,
    count: number,
    scores: Float64Array,
  ): Status | undefined {
    const list = Array.from({ length: count }, (_, i) => ({
      node: this.#snapshot.nameOf(rows[i]!),
      score: scores[i]!,
    }));
    const status = plugin.normalizeScore!(state, state.pod, list);
    for (let i = 0; i < count; i++) {
      const { node, score } = list[i]!;
      if (typeof score !== 'number') this.#guard.refuse(`gave node ${node} the score ${described(score)}`);
      scores[i] = score;
    }
    return status;
  }
}
