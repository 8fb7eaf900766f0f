/** Conditions of a Deployment. Kubernetes v1.36.3, pkg/controller/deployment/util/deployment_util.go (SetDeploymentCondition). */
import type { Condition, Deployment } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';

export type Reason =
  | 'DeploymentPaused'
  | 'DeploymentResumed'
  | 'FoundNewReplicaSet'
  | 'NewReplicaSetCreated'
  | 'NewReplicaSetAvailable'
  | 'ReplicaSetUpdated'
  | 'ReplicaSetCreateError'
  | 'ProgressDeadlineExceeded'
  | 'MinimumReplicasAvailable'
  | 'MinimumReplicasUnavailable';

export type Conditions = readonly Condition[];

export const conditionAt = (
  type: 'Progressing' | 'Available',
  status: Condition['status'],
  reason: Reason,
  message: string,
  now: string,
): Condition => ({ type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message });

/** Whether the condition of this type says so already. */
export function has(
  conditions: Conditions,
  type: string,
  status: Condition['status'],
  reason: string | undefined,
): boolean {
  const known = conditionOf(conditions, type);
  return known !== undefined && known.status === status && known.reason === reason;
}

/** Replaces the condition of this type, at the end of the list; nothing changes if status and reason are the same. */
export function setCondition(conditions: Conditions, next: Condition): Conditions {
  if (has(conditions, next.type, next.status, next.reason)) return conditions;
  const known = conditionOf(conditions, next.type);
  const kept =
    known?.status === next.status ? { ...next, lastTransitionTime: known.lastTransitionTime } : next;
  return [...removeCondition(conditions, next.type), kept];
}

export const removeCondition = (conditions: Conditions, type: string): Conditions =>
  conditionOf(conditions, type) === undefined ? conditions : conditions.filter((c) => c.type !== type);

export const progressing = (deployment: Deployment): Condition | undefined =>
  conditionOf(deployment.status?.conditions, 'Progressing');

const NO_LIMIT = 2147483647;

export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_LIMIT;
export const hasHistoryLimit = ({ spec }: Deployment): boolean =>
  spec.revisionHistoryLimit !== undefined && spec.revisionHistoryLimit !== NO_LIMIT;
