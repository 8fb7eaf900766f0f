/** Finds a node for a pod: `schedulePod` of schedule_one.go, Kubernetes v1.36: filtering, scoring, and the choice among the best. */
import type { CycleState } from '../framework/cycle-state.ts';
import type { Framework } from '../framework/runtime.ts';
import { Status } from '../framework/status.ts';
import { NodePriorities, type TieBreak } from './node-priorities.ts';
import { NodeSearch, type SearchOptions } from './node-search.ts';
import type { ScheduleResult } from './schedule-result.ts';

export interface AlgorithmOptions extends SearchOptions {
  readonly tieBreak: TieBreak;
}

export const NO_NODES = 'no nodes available to schedule pods';

export class SchedulingAlgorithm {
  /** Whose pods it places: public, since a scheduler finds both by the profile's name, once a pod. */
  readonly framework: Framework;
  readonly #search: NodeSearch;
  readonly #priorities: NodePriorities;

  constructor(framework: Framework, options: AlgorithmOptions) {
    this.framework = framework;
    this.#search = new NodeSearch(framework, options);
    this.#priorities = new NodePriorities(framework, this.#search, options.tieBreak);
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
    return this.#search.searchedNodes();
  }

  #schedule(state: CycleState, attempt: number): ScheduleResult {
    const { snapshot, scoring } = this.framework;
    snapshot.refreshOrder();
    if (snapshot.nodeCount === 0) return failed(new Status('UnschedulableAndUnresolvable', [NO_NODES]), 0);
    const search = this.#search;
    search.ensureCapacity(snapshot.capacity);
    const unfit = search.find(state);
    const { evaluated, failure, feasible } = search;
    if (failure !== undefined) return failed(failure, evaluated);
    if (unfit !== undefined) return { kind: 'unschedulable', diagnosis: unfit, evaluatedNodes: evaluated };
    if (feasible.count === 1) return this.#chosen(feasible.rows[0]!, undefined, 1);
    const priorities = this.#priorities;
    priorities.ensureCapacity(snapshot.capacity);
    const status = scoring.preScore(state, feasible) ?? priorities.prioritize(state);
    if (status !== undefined) return failed(status, evaluated);
    const row = priorities.selectHost(state.pod, attempt);
    return this.#chosen(row, priorities.best, priorities.ties);
  }

  #chosen(row: number, score: number | undefined, ties: number): ScheduleResult {
    return {
      kind: 'scheduled',
      node: this.framework.snapshot.nameOf(row),
      evaluatedNodes: this.#search.evaluated,
      feasibleNodes: this.#search.feasible.count,
      score,
      ties,
    };
  }
}

const failed = (status: Status, evaluatedNodes: number): ScheduleResult => ({
  kind: 'error',
  status,
  evaluatedNodes,
});
