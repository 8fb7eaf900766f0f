/**
 * Which pods a ReplicaSet gives up first when it scales down.
 * Kubernetes v1.36.3, pkg/controller/controller_utils.go (ActivePodsWithRanks, LogarithmicScaleDown, PodDeletionCost).
 */
import type { Pod } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import { conditionOf, mostRestarts } from '../pod-state.ts';

export const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Microseconds on the simulation clock of an API timestamp; negative before the run. */
export type InstantOf = (time: string) => number;

/** An active pod of a ReplicaSet. What the order reads of it stays with it until the pod changes. */
export interface ActivePod {
  readonly pod: Pod;
  ranked: PodWithRank | undefined;
}

/** What the order reads of an active pod. The last fields are of the moment of ordering. */
export interface PodWithRank {
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
  /** Active pods on its node that are related to it. */
  rank: number;
  readyBucket: number;
  createdBucket: number;
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

/** Of `count` < pods.length victims, the first come first. `relatedOn`: related active pods on a node, which is the rank of a pod there. */
export function podsToDelete(
  pods: readonly ActivePod[],
  relatedOn: (node: string) => number,
  count: number,
  nowUs: number,
  instantOf: InstantOf,
): readonly Pod[] {
  if (count >= pods.length) return pods.map(({ pod }) => pod);
  const candidates = pods.map((active) => {
    const ranked = (active.ranked ??= readPod(active.pod, instantOf));
    ranked.rank = relatedOn(active.pod.spec.nodeName ?? '');
    return aged(ranked, nowUs);
  });
  groupByReadyInstant(candidates);
  return first(candidates, count).map(({ pod }) => pod);
}

/** The first `count` in order: a rolling update gives up one pod of a hundred, again and again. O(n) for a small count. */
function first(candidates: readonly PodWithRank[], count: number): readonly PodWithRank[] {
  if (count > 8) return candidates.toSorted(compare).slice(0, count);
  const chosen: PodWithRank[] = [];
  for (const candidate of candidates) {
    let at = chosen.length;
    while (at > 0 && compare(candidate, chosen[at - 1]!) < 0) at--;
    if (at === count) continue;
    chosen.splice(at, 0, candidate);
    if (chosen.length > count) chosen.pop();
  }
  return chosen;
}

function aged(ranked: PodWithRank, nowUs: number): PodWithRank {
  const { readyAt, createdAt } = ranked;
  ranked.readyBucket = readyAt === NEVER_READY ? -2 : logarithmicBucket(nowUs - readyAt);
  ranked.createdBucket = logarithmicBucket(nowUs - createdAt);
  return ranked;
}

function readPod(pod: Pod, instantOf: InstantOf): PodWithRank {
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
    rank: 0,
    readyBucket: 0,
    createdBucket: 0,
    group: '',
  };
}

/** The annotation's integer, 0 if absent or malformed (validation refuses malformed ones). */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST];
  if (text === undefined || !/^-?(0|[1-9][0-9]*)$/.test(text)) return 0;
  return Number(text);
}

function groupByReadyInstant(candidates: readonly PodWithRank[]): void {
  const smallest = new Map<number, string>();
  for (const { readyAt, pod } of candidates) {
    const { uid } = pod.metadata;
    const least = smallest.get(readyAt);
    if (least === undefined || uid < least) smallest.set(readyAt, uid);
  }
  for (const ranked of candidates) ranked.group = smallest.get(ranked.readyAt)!;
}

/**
 * Upstream compares two pods whose Ready times differ within one bucket by UID and skips the later rules, which is not
 * transitive; taking the smallest UID per Ready instant gives the same choice wherever upstream's is well defined.
 */
const compare = (a: PodWithRank, b: PodWithRank): number =>
  Number(a.assigned) - Number(b.assigned) ||
  a.phase - b.phase ||
  Number(a.ready) - Number(b.ready) ||
  a.cost - b.cost ||
  b.rank - a.rank ||
  a.readyBucket - b.readyBucket ||
  compareTexts(a.group, b.group) ||
  b.restarts - a.restarts ||
  b.sidecarRestarts - a.sidecarRestarts ||
  a.createdBucket - b.createdBucket ||
  compareTexts(a.pod.metadata.uid, b.pod.metadata.uid);
