/** The status of a Deployment from its ReplicaSets. Kubernetes v1.36.3, pkg/controller/deployment/{sync,progress}.go. */
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';
import {
  type Conditions,
  conditionAt,
  has,
  hasProgressDeadline,
  progressing,
  type Reason,
  removeCondition,
  setCondition,
} from './conditions.ts';
import { desiredReplicas, maxUnavailable, sumSpec } from './rolling-update.ts';

/** The moment of a sync, as API time and as µs of the simulation clock. */
export interface Moment {
  readonly timestamp: string;
  readonly us: number;
  readonly instantOf: (time: string) => number;
}

/** Counts and the Available condition. */
export function countStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  moment: Moment,
): DeploymentStatus {
  let [replicas, ready, available] = [0, 0, 0];
  /** Unknown as long as one ReplicaSet does not say. */
  let terminating: number | undefined = 0;
  for (const { status } of all) {
    replicas += status?.replicas ?? 0;
    ready += status?.readyReplicas ?? 0;
    available += status?.availableReplicas ?? 0;
    const more = status?.terminatingReplicas;
    terminating = terminating === undefined || more === undefined ? undefined : terminating + more;
  }
  return {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: newRs?.status?.replicas ?? 0,
    readyReplicas: ready,
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sumSpec(all) - available),
    terminatingReplicas: terminating,
    collisionCount: deployment.status?.collisionCount,
    conditions: withAvailability(deployment, available, moment),
  };
}

function withAvailability(deployment: Deployment, available: number, { timestamp }: Moment): Conditions {
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const status = enough ? 'True' : 'False';
  const reason = enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable';
  const conditions = deployment.status?.conditions ?? [];
  if (has(conditions, 'Available', status, reason)) return conditions;
  const what = enough ? 'has' : 'does not have';
  const message = `Deployment ${what} minimum availability.`;
  return setCondition(conditions, conditionAt('Available', status, reason, message, timestamp));
}

/** Counts plus the progress and failure of a rollout. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newRs: ReplicaSet | undefined,
  moment: Moment,
): DeploymentStatus {
  const counted = countStatus(deployment, all, newRs, moment);
  let conditions = progressConditions(deployment, counted, newRs, moment);
  const failure = failureOf(all, newRs);
  conditions =
    failure === undefined ? removeCondition(conditions, 'ReplicaFailure') : setCondition(conditions, failure);
  return { ...counted, conditions };
}

function progressConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  newRs: ReplicaSet | undefined,
  moment: Moment,
): Conditions {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return removeCondition(conditions, 'Progressing');
  const current = progressing(deployment);
  if (status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable')
    return conditions;
  const next = (value: Condition['status'], reason: Reason, what: string): Condition =>
    conditionAt('Progressing', value, reason, `${subject(deployment, newRs)} ${what}.`, moment.timestamp);
  if (isComplete(deployment, status)) {
    return setCondition(conditions, next('True', 'NewReplicaSetAvailable', 'has successfully progressed'));
  }
  if (hasProgressed(deployment.status, status)) {
    const fresh = next('True', 'ReplicaSetUpdated', 'is progressing');
    const since = current?.status === 'True' ? current.lastTransitionTime : fresh.lastTransitionTime;
    return [...removeCondition(conditions, 'Progressing'), { ...fresh, lastTransitionTime: since }];
  }
  if (isTimedOut(deployment, moment)) {
    return setCondition(conditions, next('False', 'ProgressDeadlineExceeded', 'has timed out progressing'));
  }
  return conditions;
}

const subject = (deployment: Deployment, newRs: ReplicaSet | undefined): string =>
  newRs === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newRs.metadata.name}"`;

/** All replicas are of the newest template and available, and the last spec was seen. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus | undefined, now: DeploymentStatus): boolean {
  const oldOnes = (status: DeploymentStatus | undefined): number =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    oldOnes(now) < oldOnes(before) ||
    (now.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, { us, instantOf }: Moment): boolean {
  const current = progressing(deployment);
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  if (current.reason === 'ProgressDeadlineExceeded') return true;
  return progressDeadlineUs(deployment, current, instantOf) < us;
}

export const progressDeadlineUs = (
  deployment: Deployment,
  current: Condition,
  instantOf: Moment['instantOf'],
): number => instantOf(current.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds! * 1e6;

/** The new ReplicaSet's failure, else that of an old one. */
function failureOf(all: readonly ReplicaSet[], newRs: ReplicaSet | undefined): Condition | undefined {
  let failed = conditionOf(newRs?.status?.conditions, 'ReplicaFailure');
  for (const { status } of all) failed ??= conditionOf(status?.conditions, 'ReplicaFailure');
  return failed && { ...failed, lastUpdateTime: failed.lastTransitionTime };
}

export function sameStatus(a: DeploymentStatus | undefined, b: DeploymentStatus): boolean {
  return (
    a !== undefined &&
    (a.observedGeneration ?? 0) === (b.observedGeneration ?? 0) &&
    (a.replicas ?? 0) === (b.replicas ?? 0) &&
    (a.updatedReplicas ?? 0) === (b.updatedReplicas ?? 0) &&
    (a.readyReplicas ?? 0) === (b.readyReplicas ?? 0) &&
    (a.availableReplicas ?? 0) === (b.availableReplicas ?? 0) &&
    (a.unavailableReplicas ?? 0) === (b.unavailableReplicas ?? 0) &&
    a.terminatingReplicas === b.terminatingReplicas &&
    a.collisionCount === b.collisionCount &&
    sameConditions(a.conditions ?? [], b.conditions ?? [])
  );
}

const sameConditions = (a: Conditions, b: Conditions): boolean =>
  a.length === b.length && a.every((condition, i) => condition === b[i] || sameFields(condition, b[i]!));

const sameFields = (a: Condition, b: Condition): boolean =>
  a.type === b.type &&
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.lastUpdateTime === b.lastUpdateTime &&
  a.lastTransitionTime === b.lastTransitionTime;
