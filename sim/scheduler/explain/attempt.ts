/** One attempt to schedule a pod, spelt out in plain data whose size does not depend on that of the cluster. */
import { keyOf } from '../../api/index.ts';
import type { SimTime } from '../../engine/index.ts';
import type { Decision } from '../decision.ts';
import { passedOver } from '../framework/diagnosis.ts';
import type { Code, Status } from '../framework/status.ts';
import { type Change, describeChange } from './change.ts';
import { type Evaluation, evaluate } from './explain.ts';
import { type Standing, type WhyNot, whyNot } from './why-not.ts';

/** Nodes that one plugin refused for the same reasons. */
export interface Refusal {
  /** Several names if PreFilter plugins left the nodes out together. */
  readonly plugin: string;
  readonly code: Code;
  readonly reasons: readonly string[];
  readonly count: number;
  /** The first of them, by name. */
  readonly nodes: readonly string[];
}

export interface NodeTotal {
  readonly node: string;
  readonly total: number;
  /** Plugin → normalised score times weight. */
  readonly plugins: Readonly<Record<string, number>>;
}

export interface NodeAnswer {
  readonly node: string;
  /** False: enough nodes that fit had been found before its turn came. Undefined `standing`: there is no such node. */
  readonly lookedAt: boolean;
  readonly standing: Standing | undefined;
  readonly refusals: readonly { readonly plugin: string; readonly reasons: readonly string[] }[];
  /** How far the best node is ahead. */
  readonly behind: number;
  /** Plugin → the best node's score less this one's, where they differ. */
  readonly lostBy: Readonly<Record<string, number>>;
  /** Smallest first; `wins`: it would have been the best node, not only one that fits. */
  readonly flips: readonly { readonly text: string; readonly wins: boolean; readonly change: Change }[];
}

export interface ExplainedAttempt {
  readonly attempt: number;
  readonly time: SimTime;
  readonly uid: string;
  readonly profile: string;
  readonly outcome: 'scheduled' | 'unschedulable' | 'error';
  /** Where the pod went; empty if nowhere. */
  readonly node: string;
  /** What the pod is told, unless it was scheduled. */
  readonly message: string;
  readonly nodesInCluster: number;
  readonly nodesLookedAt: number;
  readonly feasibleNodes: number;
  /** Most nodes first. */
  readonly refusals: readonly Refusal[];
  /** Plugin → weight, of those that scored. */
  readonly weights: Readonly<Record<string, number>>;
  /** The best nodes, the chosen one first. Empty if a single node was taken unscored. */
  readonly scores: readonly NodeTotal[];
  /** The winner's total less that of the next best; 0 for a draw; undefined without a second. */
  readonly margin: number | undefined;
  /** Nodes with the highest total; one of them was drawn. */
  readonly ties: number;
  /** Evicted so that the pod fits on the node. */
  readonly preemption: { readonly node: string; readonly victims: readonly string[] } | undefined;
  readonly whyNot: NodeAnswer | undefined;
}

export interface AttemptQuestion {
  /** Nodes named for each refusal and each ranking. */
  readonly top: number;
  /** Asked about: why not this one? */
  readonly node?: string | undefined;
}

/** To be called while the decision is told of (`onDecision`). O(nodes × plugins), and what `whyNot` costs. */
export function explainAttempt(decision: Decision, { top, node }: AttemptQuestion): ExplainedAttempt {
  const { framework, result, postFilter, pod } = decision;
  const searched = decision.searchedNodes();
  const evaluation = evaluate(framework, pod, { among: new Set(searched) });
  const chosen = result.kind === 'scheduled' ? result.node : '';
  const ranking = rank(evaluation, chosen);
  return {
    attempt: decision.attempt,
    time: decision.time,
    uid: pod.metadata.uid,
    profile: framework.profileName,
    outcome: result.kind,
    node: chosen,
    message: messageOf(decision),
    nodesInCluster: framework.snapshot.nodeCount,
    nodesLookedAt: result.evaluatedNodes,
    feasibleNodes: result.kind === 'scheduled' ? result.feasibleNodes : 0,
    refusals: refusalsOf(decision, evaluation, top),
    weights: weightsOf(decision, evaluation),
    scores: ranking.slice(0, top),
    margin: ranking.length > 1 ? ranking[0]!.total - ranking[1]!.total : undefined,
    ties: result.kind === 'scheduled' ? result.ties : 0,
    preemption: postFilter?.preemption && {
      node: postFilter.preemption.node,
      victims: postFilter.preemption.victims.map(keyOf),
    },
    whyNot: node === undefined ? undefined : answerFor(decision, searched, node),
  };
}

function messageOf({ result, postFilter }: Decision): string {
  switch (result.kind) {
    case 'scheduled':
      return '';
    case 'unschedulable':
      return result.diagnosis.message(postFilter?.status?.message ?? '');
    case 'error':
      return result.status.message;
    default:
      return result satisfies never;
  }
}

/** By falling total, then by name; the chosen node first. A single feasible node is not scored. */
function rank({ scores }: Evaluation, chosen: string): NodeTotal[] {
  if (scores.size < 2) return [];
  const first = (node: string): number => (node === chosen ? 0 : 1);
  return [...scores]
    .map(([node, { total, plugins }]) => ({ node, total, plugins: Object.fromEntries(plugins) }))
    .sort((a, b) => b.total - a.total || first(a.node) - first(b.node) || (a.node < b.node ? -1 : 1));
}

function weightsOf({ framework }: Decision, { scores }: Evaluation): Readonly<Record<string, number>> {
  const scored = scores.values().next().value?.plugins;
  return Object.fromEntries(
    framework.plugins.scoring
      .filter(({ built }) => scored?.has(built.name) === true)
      .map(({ built, weight }) => [built.name, weight]),
  );
}

function refusalsOf({ framework }: Decision, { preFilter, filter }: Evaluation, top: number): Refusal[] {
  const { snapshot } = framework;
  const { status, nodeNames, narrowedBy } = preFilter;
  const names = Array.from({ length: snapshot.nodeCount }, (_, i) => snapshot.nameOf(snapshot.order[i]!));
  if (status !== undefined) return [refusal(status, names, top)];
  const groups = new Map<string, { status: Status; nodes: string[] }>();
  for (const [node, verdict] of filter) {
    const key = JSON.stringify([verdict.plugin, verdict.code, verdict.reasons]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { status: verdict, nodes: [node] });
    else group.nodes.push(node);
  }
  const refusals = [...groups.values()].map((group) => refusal(group.status, group.nodes, top));
  if (nodeNames !== undefined) {
    const left = names.filter((name) => !nodeNames.has(name));
    if (left.length > 0) refusals.push(refusal(leftOut(narrowedBy), left, top));
  }
  return refusals.sort((a, b) => b.count - a.count || (a.plugin < b.plugin ? -1 : 1));
}

function refusal({ plugin, code, reasons }: Status, nodes: readonly string[], top: number): Refusal {
  return { plugin, code, reasons, count: nodes.length, nodes: nodes.toSorted().slice(0, top) };
}

const leftOut = (narrowedBy: readonly string[]): Status => passedOver(narrowedBy).of(narrowedBy.join(', '));

function answerFor(decision: Decision, searched: readonly string[], node: string): NodeAnswer {
  const { framework, pod } = decision;
  const { snapshot } = framework;
  const lookedAt = searched.includes(node);
  if (!snapshot.holdsNode(snapshot.rowOf(node)))
    return { node, lookedAt, standing: undefined, refusals: [], behind: 0, lostBy: {}, flips: [] };
  const answer = whyNot(framework, pod, node, searched);
  return {
    node,
    lookedAt,
    standing: answer.standing,
    refusals: [...answer.refusals].map(([plugin, { reasons }]) => ({ plugin, reasons })),
    behind: answer.behind,
    lostBy: lostBy(answer),
    flips: answer.flips.map(({ change, wins }) => ({ text: describeChange(change), wins, change })),
  };
}

function lostBy({ node, evaluation: { scores, best }, behind }: WhyNot): Readonly<Record<string, number>> {
  const own = scores.get(node);
  const other = scores.get(best[0] ?? '');
  if (behind === 0 || own === undefined || other === undefined) return {};
  const differences = [...own.plugins].map(
    ([plugin, score]) => [plugin, (other.plugins.get(plugin) ?? 0) - score] as const,
  );
  return Object.fromEntries(differences.filter(([, difference]) => difference !== 0));
}
