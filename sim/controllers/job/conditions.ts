/** Conditions of a Job. Kubernetes v1.36.3, pkg/controller/job/job_controller.go (ensureJobConditionStatus and callers). */
import type { Condition, Job } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';

export type Conditions = readonly Condition[];

export const jobCondition = (type: string, reason: string, message: string, now: string): Condition => ({
  type,
  status: 'True',
  lastProbeTime: now,
  lastTransitionTime: now,
  reason,
  message,
});

/** Sets status, reason and message in place, or adds the condition; a condition that is false and absent stays absent. */
export function ensureCondition(conditions: Conditions, next: Condition): Conditions {
  const known = conditionOf(conditions, next.type);
  if (known === undefined) return next.status === 'False' ? conditions : [...conditions, next];
  if (known.status === next.status && known.reason === next.reason && known.message === next.message)
    return conditions;
  return conditions.map((condition) => (condition === known ? next : condition));
}

export const isTrue = (conditions: Conditions | undefined, type: string): boolean =>
  conditionOf(conditions, type)?.status === 'True';

/** The Job has ended, well or not: nothing is done for it any more. */
export const isJobFinished = ({ status }: Job): boolean =>
  isTrue(status?.conditions, 'Complete') || isTrue(status?.conditions, 'Failed');

/** What the interim condition turns into when the last pod is gone. */
export function finalCondition(interim: Condition, now: string): Condition {
  const type = interim.type === 'FailureTarget' ? 'Failed' : 'Complete';
  return jobCondition(type, interim.reason ?? '', interim.message ?? '', now);
}
