/** Which ReplicaSets of a Deployment are new, old and active, and their orders. Kubernetes v1.36.3, pkg/controller/deployment/util and controller_utils.go. */
import type { Deployment, ReplicaSet } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import { sameTemplate } from '../template-hash.ts';
import { REVISION } from './annotations.ts';

const size = (rs: ReplicaSet): number => rs.spec.replicas ?? 1;

/** Oldest first, then by name. */
export const byCreation = (a: ReplicaSet, b: ReplicaSet): number =>
  compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
  compareTexts(a.metadata.name, b.metadata.name);
/** Largest first; of equal ones the newer. */
export const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number => size(b) - size(a) || byCreation(b, a);
/** Largest first; of equal ones the older. */
export const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number => size(b) - size(a) || byCreation(a, b);
/** Lowest revision first. */
export const byRevision = (a: ReplicaSet, b: ReplicaSet): number =>
  revisionOf(a) - revisionOf(b) || byCreation(a, b);

export const isActive = (rs: ReplicaSet): boolean => size(rs) > 0;

/** The revision annotation, 0 if absent or not a number. */
export function revisionOf(object: Deployment | ReplicaSet): number {
  const revision = Number(object.metadata.annotations?.[REVISION] ?? '0');
  return Number.isSafeInteger(revision) ? revision : 0;
}

export function maxRevision(all: readonly ReplicaSet[]): number {
  let max = 0;
  for (const rs of all) max = Math.max(max, revisionOf(rs));
  return max;
}

/** The oldest ReplicaSet whose template is the Deployment's. */
export function findNew(deployment: Deployment, all: readonly ReplicaSet[]): ReplicaSet | undefined {
  let found: ReplicaSet | undefined;
  for (const rs of all) {
    if (!sameTemplate(rs.spec.template, deployment.spec.template)) continue;
    if (found === undefined || byCreation(rs, found) < 0) found = rs;
  }
  return found;
}

/** The only one with replicas, or the newest if none has any; undefined if several have. */
export function activeOrLatest(
  newRs: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const all = newRs === undefined ? old : [...old, newRs];
  const active = all.filter(isActive);
  if (active.length > 1) return undefined;
  if (active.length === 1) return active[0];
  return newRs ?? [...old].sort((a, b) => byCreation(b, a))[0];
}

/** The new ReplicaSet alone has all the pods, and they are available. */
export function isSaturated(
  deployment: Deployment,
  rs: ReplicaSet | undefined,
  desiredOf: (rs: ReplicaSet) => number | undefined,
): boolean {
  if (rs === undefined) return false;
  const desired = deployment.spec.replicas ?? 1;
  return size(rs) === desired && desiredOf(rs) === desired && (rs.status?.availableReplicas ?? 0) === desired;
}
