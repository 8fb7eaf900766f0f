/**
 * Which pods a ReplicaSet gives up first when it scales down.
 * Kubernetes v1.36.3, pkg/controller/controller_utils.go (ActivePodsWithRanks, LogarithmicScaleDown, PodDeletionCost).
 */
import type { Pod } from '../../api/index.ts';
import { conditionOf, isPodActive, mostRestarts } from '../pod-state.ts';

export const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Microseconds on the simulation clock of an API timestamp; negative before the run. */
export type InstantOf = (time: string) => number;

/** What the ranking reads of a pod. */
interface Facts {
  readonly pod: Pod;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** µs instant of the Ready condition; -Infinity: not ready, or never stamped. */
  readonly readyAt: number;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdAt: number;
}

/** A pod among others, at the moment of ranking. */
interface Candidate {
  readonly facts: Facts;
  /** Related active pods on the same node. */
  readonly crowd: number;
  readonly readyBucket: number;
  readonly createdBucket: number;
  /** Smallest UID among the pods that became ready at the very same instant: keeps the order total. */
  group: string;
}

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const NEVER_READY = Number.NEGATIVE_INFINITY;

/** floor(log2(age in ns)), or -1 for an age of zero or less: pods of the same bucket count as equally old. */
export function logarithmicBucket(ageUs: number): number {
  const ns = Math.floor(ageUs * 1000);
  if (ns <= 0) return -1;
  const high = Math.floor(ns / 4294967296);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(ns);
}

/** Of `count` < pods.length victims, the first come first. `related`: pods of the same Deployment, to spread victims over nodes. */
export function podsToDelete(
  pods: readonly Pod[],
  related: Iterable<Pod>,
  count: number,
  nowUs: number,
  instantOf: InstantOf,
): readonly Pod[] {
  if (count >= pods.length) return pods;
  const crowds = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    if (isPodActive(pod)) crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  const candidates = pods.map((pod) => candidate(pod, crowds, nowUs, instantOf));
  groupByReadyInstant(candidates);
  return first(candidates, count).map((c) => c.facts.pod);
}

/** The first `count` in order: a rolling update gives up one pod of a hundred, again and again. O(n) for a small count. */
function first(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  if (count > 8) return candidates.toSorted(compare).slice(0, count);
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    let at = chosen.length;
    while (at > 0 && compare(candidate, chosen[at - 1]!) < 0) at--;
    if (at === count) continue;
    chosen.splice(at, 0, candidate);
    if (chosen.length > count) chosen.pop();
  }
  return chosen;
}

function candidate(
  pod: Pod,
  crowds: ReadonlyMap<string, number>,
  nowUs: number,
  instantOf: InstantOf,
): Candidate {
  const facts = factsOf(pod, instantOf);
  const { readyAt, createdAt } = facts;
  return {
    facts,
    crowd: crowds.get(pod.spec.nodeName ?? '') ?? 0,
    readyBucket: readyAt === NEVER_READY ? -2 : logarithmicBucket(nowUs - readyAt),
    createdBucket: logarithmicBucket(nowUs - createdAt),
    group: pod.metadata.uid,
  };
}

/** A rolling update ranks the same pods again and again. */
const known = new WeakMap<Pod, Facts>();

function factsOf(pod: Pod, instantOf: InstantOf): Facts {
  let facts = known.get(pod);
  if (facts === undefined) known.set(pod, (facts = readFacts(pod, instantOf)));
  return facts;
}

function readFacts(pod: Pod, instantOf: InstantOf): Facts {
  const condition = conditionOf(pod.status?.conditions, 'Ready');
  const ready = condition?.status === 'True';
  const since = ready ? condition.lastTransitionTime : undefined;
  const restarts = mostRestarts(pod);
  return {
    pod,
    assigned: (pod.spec.nodeName ?? '') !== '',
    phase: PHASE_ORDER[pod.status?.phase ?? 'Pending'] ?? 0,
    ready,
    cost: deletionCost(pod),
    readyAt: since === undefined ? NEVER_READY : instantOf(since),
    restarts: restarts.regular,
    sidecarRestarts: restarts.sidecar,
    createdAt: instantOf(pod.metadata.creationTimestamp),
  };
}

/** The annotation's integer, 0 if absent or malformed (validation refuses malformed ones). */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST];
  if (text === undefined || !/^-?(0|[1-9][0-9]*)$/.test(text)) return 0;
  return Number(text);
}

function groupByReadyInstant(candidates: readonly Candidate[]): void {
  const smallest = new Map<number, string>();
  for (const c of candidates) {
    const { readyAt } = c.facts;
    const least = smallest.get(readyAt);
    if (least === undefined || c.group < least) smallest.set(readyAt, c.group);
  }
  for (const c of candidates) c.group = smallest.get(c.facts.readyAt)!;
}

/**
 * Upstream compares two pods whose Ready times differ within one bucket by UID and skips the later rules, which is not
 * transitive; taking the smallest UID per Ready instant gives the same choice wherever upstream's is well defined.
 */
function compare(x: Candidate, y: Candidate): number {
  const a = x.facts;
  const b = y.facts;
  return (
    Number(a.assigned) - Number(b.assigned) ||
    a.phase - b.phase ||
    Number(a.ready) - Number(b.ready) ||
    a.cost - b.cost ||
    y.crowd - x.crowd ||
    x.readyBucket - y.readyBucket ||
    text(x.group, y.group) ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    x.createdBucket - y.createdBucket ||
    text(a.pod.metadata.uid, b.pod.metadata.uid)
  );
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
