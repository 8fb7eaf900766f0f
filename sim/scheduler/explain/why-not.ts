/**
 * Why a pod did not go to a certain node, and the single changes that would have sent it there: the node takes the pod where
 * it refused it, or has the highest score alone where others had more. Every change named has been tried by a new evaluation.
 */
import type { Pod } from '../../api/index.ts';
import { passedOver } from '../framework/diagnosis.ts';
import type { Framework } from '../framework/runtime.ts';
import type { Status } from '../framework/status.ts';
import { discreteChanges, fittingRequests, requestedResources, weightChanges } from './candidate-changes.ts';
import { type Change, changedNode, changedPod, type RequestChange, sizeOf } from './change.ts';
import { type Evaluation, evaluate } from './explain.ts';

/**
 * How the node stands: it refuses the pod, a plugin could not score the nodes that fit, others score higher, others score the
 * same, or nothing scores as high.
 */
export type Standing = 'refused' | 'unscored' | 'outscored' | 'tied' | 'best';

/** A change that has been tried. */
export interface Flip {
  readonly change: Change;
  /** With it the node has the highest score alone; false if it takes the pod but is not the best. */
  readonly wins: boolean;
}

export interface WhyNot {
  readonly node: string;
  readonly standing: Standing;
  readonly evaluation: Evaluation;
  /** Plugin → its verdict; more than one may refuse, and then no single change may do. If unscored, who could not score. */
  readonly refusals: ReadonlyMap<string, Status>;
  /** By how much the best total exceeds the node's; 0 unless the node is outscored. */
  readonly behind: number;
  /** Smallest first (`sizeOf`); at most one for each resource, weight and label. */
  readonly flips: readonly Flip[];
}

/** Shares of a request by which it is raised or lowered in search of a better score. */
const STEPS = 16;
/** A request is determined to this share of itself. */
const PRECISION = 1 / 128;

/**
 * `among`: the other nodes that were looked at; all if absent. Throws Error if the cluster has no such node.
 * O(changes × plugins) for a node that refuses the pod, else O(changes × nodes × plugins).
 */
export function whyNot(
  framework: Framework,
  pod: Pod,
  name: string,
  among?: Iterable<string> | undefined,
): WhyNot {
  const { snapshot } = framework;
  const row = snapshot.rowOf(name);
  if (!snapshot.holdsNode(row)) throw new Error(`there is no node ${name}`);
  const rivals = among === undefined ? undefined : new Set(among).add(name);
  const evaluation = evaluate(framework, pod, { among: rivals });
  const standing = standingOf(evaluation, name);
  const question = new Question(framework, pod, name, standing === 'refused', rivals);
  const found: Change[] = [];
  if (standing !== 'best' && standing !== 'unscored') {
    found.push(...discreteChanges(framework, pod, snapshot.nodeAt(row)).filter((it) => question.flips(it)));
    if (standing === 'refused')
      found.push(...fittingRequests(framework, pod, snapshot.nodeAt(row)).filter((it) => question.flips(it)));
    else {
      found.push(...weightChanges(framework, evaluation, name).filter((it) => question.flips(it)));
      for (const { resource, from } of requestedResources(framework, pod))
        found.push(...question.requestsThatWin(resource, from));
    }
  }
  return {
    node: name,
    standing,
    evaluation,
    refusals: refusalsOf(evaluation, name, standing),
    behind: standing === 'outscored' ? topTotal(evaluation) - evaluation.scores.get(name)!.total : 0,
    flips: smallestOfEach(found).map((change) => ({ change, wins: question.wins(change) })),
  };
}

function standingOf({ feasible, failure, best }: Evaluation, node: string): Standing {
  if (!feasible.includes(node)) return 'refused';
  if (failure !== undefined) return 'unscored';
  if (!best.includes(node)) return 'outscored';
  return best.length > 1 ? 'tied' : 'best';
}

const topTotal = ({ best, scores }: Evaluation): number => scores.get(best[0]!)!.total;

/** PreFilter speaks for all nodes, or for those it leaves out. */
function refusalsOf(
  { preFilter, filter, filterAll, failure }: Evaluation,
  node: string,
  standing: Standing,
): ReadonlyMap<string, Status> {
  if (failure !== undefined && standing === 'unscored') return new Map([[failure.plugin, failure]]);
  if (standing !== 'refused') return new Map();
  const { status, narrowedBy } = preFilter;
  if (status !== undefined) return new Map([[status.plugin, status]]);
  const alone = filterAll.get(node);
  if (alone !== undefined) return alone;
  const only = filter.get(node);
  if (only !== undefined) return new Map([[only.plugin, only]]);
  return new Map(narrowedBy.map((plugin) => [plugin, passedOver([plugin])]));
}

/** Would the node be the one, if this were changed? */
class Question {
  readonly #framework: Framework;
  readonly #pod: Pod;
  readonly #node: string;
  readonly #refused: boolean;
  readonly #rivals: ReadonlySet<string> | undefined;

  constructor(
    framework: Framework,
    pod: Pod,
    node: string,
    refused: boolean,
    rivals: ReadonlySet<string> | undefined,
  ) {
    this.#framework = framework;
    this.#pod = pod;
    this.#node = node;
    this.#refused = refused;
    this.#rivals = rivals;
  }

  flips(change: Change): boolean {
    return this.#refused ? this.#with(change, new Set([this.#node])).feasible.length > 0 : this.wins(change);
  }

  wins(change: Change): boolean {
    const { best } = this.#with(change, this.#rivals);
    return best.length === 1 && best[0] === this.#node;
  }

  #with(change: Change, among: ReadonlySet<string> | undefined): Evaluation {
    const { snapshot } = this.#framework;
    const node = snapshot.nodes[snapshot.rowOf(this.#node)]!;
    return evaluate(this.#framework, changedPod(this.#pod, change), {
      node: change.kind === 'node-label' ? changedNode(node, change) : undefined,
      weights: change.kind === 'weight' ? new Map([[change.plugin, change.to]]) : undefined,
      among,
    });
  }

  /** The nearest smaller and the nearest greater request found with which the node wins. */
  requestsThatWin(resource: string, from: number): RequestChange[] {
    const asking = (to: number): RequestChange => ({ kind: 'request', resource, from, to: Math.round(to) });
    return [-1, 1].flatMap((direction) => {
      for (let step = 1; step <= STEPS; step++) {
        const far = from * (1 + (direction * step) / STEPS);
        if (!this.flips(asking(far))) continue;
        const near = from * (1 + (direction * (step - 1)) / STEPS);
        return [asking(this.#nearest(near, far, from * PRECISION, (to) => this.flips(asking(to))))];
      }
      return [];
    });
  }

  /** Between `no`, which does not do, and `yes`, which does, to within `precision`. */
  #nearest(no: number, yes: number, precision: number, does: (amount: number) => boolean): number {
    let [near, far] = [no, yes];
    while (Math.abs(far - near) > Math.max(1, precision)) {
      const middle = Math.round((near + far) / 2);
      if (does(middle)) far = middle;
      else near = middle;
    }
    return far;
  }
}

function smallestOfEach(changes: readonly Change[]): readonly Change[] {
  const kept = new Map<string, Change>();
  for (const change of changes.toSorted((a, b) => sizeOf(a) - sizeOf(b))) {
    const what = subjectOf(change);
    if (!kept.has(what)) kept.set(what, change);
  }
  return [...kept.values()];
}

function subjectOf(change: Change): string {
  switch (change.kind) {
    case 'request':
      return `request ${change.resource}`;
    case 'toleration':
      return `toleration ${JSON.stringify(change.toleration)}`;
    case 'weight':
      return `weight ${change.plugin}`;
    default:
      return `${change.kind} ${change.key}`;
  }
}
