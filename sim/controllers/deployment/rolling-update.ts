/**
 * The arithmetic of a Deployment's rollout: how many replicas each ReplicaSet gets.
 * Kubernetes v1.36.3, pkg/controller/deployment/{rolling,sync}.go and util/deployment_util.go.
 */
import type { Deployment, ReplicaSet } from '../../api/index.ts';
import { byCreation, bySizeNewer, bySizeOlder } from './replica-sets.ts';

/** One ReplicaSet gets a new size. */
export interface Resize {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

/** maxSurge and maxUnavailable as pod counts. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

type Count = number | string | undefined;

/** A count, or a percentage of `total` (surge rounds up, unavailable down). */
export function scaledValue(value: Count, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value, 10);
  const share = (total * percent) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}

/** Both zero would never make progress: then one may be unavailable. */
export function fenceposts(maxSurge: Count, maxUnavailable: Count, desired: number): Fenceposts {
  const surge = scaledValue(maxSurge, desired, true);
  const unavailable = scaledValue(maxUnavailable, desired, false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export const desiredReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1;
export const isRollingUpdate = (deployment: Deployment): boolean =>
  deployment.spec.strategy?.type !== 'Recreate';

/** Pods a Deployment may have above its replicas; 0 unless it rolls. */
export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? fencepostsOf(deployment).surge : 0;

/** Pods that may be missing; 0 unless it rolls; never more than the replicas. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fencepostsOf(deployment).unavailable, replicas);
}

function fencepostsOf(deployment: Deployment): Fenceposts {
  const rolling = deployment.spec.strategy?.rollingUpdate;
  return fenceposts(rolling?.maxSurge, rolling?.maxUnavailable, desiredReplicas(deployment));
}

export const specReplicas = (rs: ReplicaSet): number => rs.spec.replicas ?? 1;
export function sumSpec(all: readonly ReplicaSet[]): number {
  let sum = 0;
  for (const rs of all) sum += specReplicas(rs);
  return sum;
}

/** The size of the new ReplicaSet: it grows as far as the surge allows over what all of them ask for now. */
export function newReplicaSetSize(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: number,
): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const room = desired + maxSurge(deployment) - sumSpec(all);
  if (room <= 0) return current;
  return current + Math.min(room, desired - current);
}

/** Sizes in the order of the writes; a ReplicaSet may occur twice. */
export interface Shrinkage {
  readonly resizes: readonly Resize[];
  /** A status lags so far behind that it reports more available pods than the spec asks for: try again later. */
  readonly inconsistent: boolean;
}

const NOTHING: Shrinkage = { resizes: [], inconsistent: false };

/**
 * Old ReplicaSets of a rolling update shrink: first what is not available anyway, then as far as minimum availability allows.
 */
export function shrinkOld(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
): Shrinkage {
  const oldPods = sumSpec(old);
  if (oldPods === 0) return NOTHING;
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newPods = newRs === undefined ? 0 : specReplicas(newRs);
  const newAvailable = newRs === undefined ? 0 : available(newRs);
  const maxScaledDown = oldPods + newPods - minAvailable - (newPods - newAvailable);
  if (maxScaledDown <= 0) return NOTHING;
  const oldest = old.length < 2 ? old : [...old].sort(byCreation);
  const unhealthy = dropUnavailable(oldest, maxScaledDown);
  if (unhealthy.inconsistent) return unhealthy;
  const sizes = new Map(unhealthy.resizes.map((resize) => [resize.replicaSet, resize.replicas]));
  const surplus = old.reduce((sum, rs) => sum + available(rs), newAvailable) - minAvailable;
  return { resizes: [...unhealthy.resizes, ...dropAvailable(oldest, sizes, surplus)], inconsistent: false };
}

/** `old`: the oldest first. */
function dropUnavailable(old: readonly ReplicaSet[], most: number): Shrinkage {
  const resizes: Resize[] = [];
  let dropped = 0;
  for (const replicaSet of old) {
    if (dropped >= most) break;
    const size = specReplicas(replicaSet);
    const count = Math.min(most - dropped, size - available(replicaSet));
    if (size === 0 || count === 0) continue;
    if (count < 0) return { resizes, inconsistent: true };
    dropped += count;
    resizes.push({ replicaSet, replicas: size - count });
  }
  return { resizes, inconsistent: false };
}

function dropAvailable(
  old: readonly ReplicaSet[],
  sizes: ReadonlyMap<ReplicaSet, number>,
  most: number,
): readonly Resize[] {
  const resizes: Resize[] = [];
  let dropped = 0;
  for (const replicaSet of old) {
    if (dropped >= most) break;
    const size = sizes.get(replicaSet) ?? specReplicas(replicaSet);
    if (size === 0) continue;
    const count = Math.min(size, most - dropped);
    dropped += count;
    resizes.push({ replicaSet, replicas: size - count });
  }
  return resizes;
}

const available = (rs: ReplicaSet): number => rs.status?.availableReplicas ?? 0;

/**
 * A scaling in the middle of a rollout is spread over the active ReplicaSets in proportion to their sizes;
 * the largest one takes the rounding.
 */
export function proportionalSizes(
  deployment: Deployment,
  active: readonly ReplicaSet[],
  maxReplicasOf: (rs: ReplicaSet) => number | undefined,
): readonly Resize[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - sumSpec(active);
  const ordered = [...active].sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  let added = 0;
  const sizes = ordered.map((rs) => {
    const share = toAdd === 0 ? 0 : proportion(rs, deployment, toAdd, added, maxReplicasOf(rs));
    added += share;
    return specReplicas(rs) + share;
  });
  if (toAdd !== 0 && sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return ordered.map((replicaSet, i) => ({ replicaSet, replicas: sizes[i]! }));
}

function proportion(
  rs: ReplicaSet,
  deployment: Deployment,
  toAdd: number,
  added: number,
  maxReplicas: number | undefined,
): number {
  if (specReplicas(rs) === 0 || toAdd === added) return 0;
  const fraction = sizeChange(rs, deployment, maxReplicas);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

function sizeChange(rs: ReplicaSet, deployment: Deployment, maxReplicas: number | undefined): number {
  const size = specReplicas(rs);
  const desired = desiredReplicas(deployment);
  if (desired === 0) return -size;
  const before = maxReplicas ?? deployment.status?.replicas ?? 0;
  if (before === 0) return 0;
  return roundHalfAway((size * (desired + maxSurge(deployment))) / before) - size;
}

const roundHalfAway = (x: number): number => (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5));
