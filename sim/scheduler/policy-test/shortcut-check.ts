/** Holds a plugin to its `Shortcuts`: what it says need not be asked is asked here, and must answer as promised. */
import type { Pod } from '../../api/index.ts';
import type { Evaluation } from '../explain/explain.ts';
import { ANSWERS, type Method, type Methods } from '../framework/answers.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { NodeRows, Plugin } from '../framework/interface.ts';
import type { Framework } from '../framework/runtime.ts';
import { isRejection, Status } from '../framework/status.ts';
import type { ScheduleResult } from '../search/schedule-result.ts';

/** Throws PolicyError if the plugin ignores pods of this shape and yet has something to say about this one. */
export function checkIgnores(framework: Framework, plugin: Plugin, pod: Pod): void {
  const shape = framework.snapshot.shapes.of(pod);
  if (plugin.ignores?.(shape) === true) new IgnoredPod(framework, plugin, new CycleState(pod, shape)).check();
}

/** One pod that a plugin ignores, in a state that lets nobody be passed over. */
class IgnoredPod {
  readonly #framework: Framework;
  readonly #plugin: Plugin;
  readonly #state: CycleState;

  constructor(framework: Framework, plugin: Plugin, state: CycleState) {
    this.#framework = framework;
    this.#plugin = plugin;
    this.#state = state;
  }

  check(): void {
    const plugin = this.#plugin;
    const state = this.#state;
    const nodes = allNodes(this.#framework);
    if (plugin.preFilter !== undefined)
      this.#expect('preFilter', 'Skip', () => plugin.preFilter!(state, state.pod));
    // What PreScore skips is not scored.
    if (plugin.preScore !== undefined)
      this.#expect('preScore', 'Skip', () => plugin.preScore!(state, state.pod, nodes));
    else if (plugin.score !== undefined || plugin.scoreRows !== undefined) this.#expectNoScore(nodes);
    for (let i = 0; i < nodes.count; i++) this.#checkNode(this.#framework.snapshot.nameOf(nodes.rows[i]!));
  }

  #checkNode(node: string): void {
    const plugin = this.#plugin;
    const state = this.#state;
    const turn = { number: 0, now: this.#framework.handle.now(), results: [] };
    if (plugin.reserve !== undefined)
      this.#expect('reserve', 'Success', () => this.#framework.reserveWith(plugin, state, node));
    if (plugin.unreserve !== undefined)
      this.#expect('unreserve', 'Success', () => this.#framework.unreserveWith(plugin, state, node));
    if (plugin.preBind !== undefined)
      this.#expect('preBind', 'Success', () => plugin.preBind!(state, state.pod, node, turn));
    if (plugin.bind !== undefined)
      this.#expect('bind', 'Skip', () => plugin.bind!(state, state.pod, node, turn));
  }

  #expect<M extends Method>(
    method: M,
    expected: 'Success' | 'Skip',
    ask: () => ReturnType<Methods[M]>,
  ): void {
    const remembered = this.#memory();
    const { point } = ANSWERS[method];
    const answer = this.#framework.guard.call(this.#plugin.name, method, this.#state.pod, ask);
    if (codeOf(answer) !== expected) this.#refuse(point, `answered ${codeOf(answer)}, not ${expected},`);
    if (this.#memory().some((value, i) => value !== remembered[i])) this.#refuse(point, 'changed its memory');
  }

  #memory(): readonly unknown[] {
    return (this.#framework.memories.all().get(this.#plugin.name) ?? []).map(({ value }) => value);
  }

  #expectNoScore({ rows, count }: NodeRows): void {
    const scores = new Float64Array(count);
    this.#framework.scoring.scoreWith(this.#plugin, this.#state, rows, count, scores);
    const normalized = this.#framework.scoring.normalizeWith(this.#plugin, this.#state, rows, count, scores);
    if (normalized instanceof Status) this.#refuse('NormalizeScore', `answered ${normalized.message}`);
    const at = scores.findIndex((score) => score !== 0);
    if (at >= 0)
      this.#refuse('Score', `gave node ${this.#framework.snapshot.nameOf(rows[at]!)} ${scores[at]}`);
  }

  #refuse(point: string, what: string): never {
    const { name } = this.#plugin;
    return this.#framework.guard.blame(name, point, this.#state.pod, `${what} although it ignores such pods`);
  }
}

/** Throws PolicyError if a node was refused by a filter that is idle, or got another score than the one said to be everybody's. */
export function checkAnswers(framework: Framework, plugin: Plugin, evaluation: Evaluation): void {
  const { state, preFilter, filterAll, skipFilter } = evaluation;
  const asked = preFilter.status === undefined && !skipFilter.includes(plugin.name);
  if (asked && framework.filtering.isIdle(plugin, state))
    for (const [node, statuses] of filterAll)
      if (statuses.has(plugin.name))
        framework.guard.blame(
          plugin.name,
          'Filter',
          state.pod,
          `refused node ${node} although \`idle\` says it passes all`,
        );
  checkUniformScore(framework, plugin, evaluation);
}

function checkUniformScore(
  framework: Framework,
  plugin: Plugin,
  { state, feasible, scores }: Evaluation,
): void {
  const entry = framework.plugins.scoring.find(({ built }) => built.plugin === plugin);
  if (entry === undefined || feasible.length === 0) return;
  if (state.ignoring.has(entry.built) || state.skipScore.has(entry.built)) return;
  const rows = Int32Array.from(feasible, (name) => framework.snapshot.rowOf(name));
  const uniform = framework.scoring.uniformScore(plugin, state, { rows, count: rows.length });
  if (uniform === undefined) return;
  for (const [node, { plugins }] of scores) {
    const score = plugins.get(plugin.name)! / entry.weight;
    if (score !== uniform)
      framework.guard.blame(
        plugin.name,
        'Score',
        state.pod,
        `gave node ${node} ${score}, \`uniformScore\` ${uniform}`,
      );
  }
}

/**
 * What is wrong with a search over all nodes that remembers (`nodeLocal`), given what each plugin, asked anew, says about each
 * node; undefined if nothing is.
 */
export function searchProblem(result: ScheduleResult, evaluation: Evaluation): string | undefined {
  const { best, scores, filter, failure } = evaluation;
  // About which nodes a filter that fails is asked depends on the order of the search.
  if ([...filter.values()].some((status) => !isRejection(status))) return undefined;
  const failed = result.kind === 'error' ? result.status.message : undefined;
  if (failed !== failure?.message)
    return `the search ended with ${failed ?? 'no error'}, and plugins asked about each node with ${failure?.message ?? 'none'}`;
  if (failed !== undefined) return undefined;
  const highest = scores.get(best[0] ?? '')?.total;
  const found = result.kind === 'scheduled' ? result.node : 'no node';
  const same =
    result.kind === 'scheduled'
      ? best.includes(result.node) && (result.score === undefined || result.score === highest)
      : best.length === 0;
  const among = best.length === 0 ? 'no node' : `${best.join(' or ')} with ${highest}`;
  return same
    ? undefined
    : `the search chose ${found}, and plugins asked about each node ${among}: is a result remembered by \`nodeLocal\` that depends on more than the pod's shape and the node?`;
}

function allNodes({ snapshot }: Framework): NodeRows {
  return { rows: snapshot.order.slice(0, snapshot.nodeCount), count: snapshot.nodeCount };
}

const codeOf = (answer: unknown): string =>
  answer === undefined ? 'Success' : answer instanceof Status ? answer.code : 'with something to do';
