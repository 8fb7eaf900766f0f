/** Job and CronJob: batch/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  listBy,
  oneOf,
  req,
  set,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import { condition, draftMeta, kind, labelSelector, objectReference } from './meta.ts';
import { podTemplateSpec } from './pod.ts';

const podFailurePolicyRule = struct('v1.PodFailurePolicyRule', {
  action: req(oneOf('FailJob', 'FailIndex', 'Ignore', 'Count')),
  onExitCodes: struct('v1.PodFailurePolicyOnExitCodesRequirement', {
    containerName: str,
    operator: req(oneOf('In', 'NotIn')),
    values: req(list(int32)),
  }),
  onPodConditions: list(
    struct('v1.PodFailurePolicyOnPodConditionsPattern', { type: req(str), status: req(str) }),
  ),
});
export interface PodFailurePolicyRule extends Of<typeof podFailurePolicyRule> {}

const successPolicyRule = struct('v1.SuccessPolicyRule', { succeededIndexes: str, succeededCount: int32 });

export const jobSpec = struct('v1.JobSpec', {
  parallelism: int32,
  completions: int32,
  activeDeadlineSeconds: int64,
  podFailurePolicy: struct('v1.PodFailurePolicy', { rules: req(list(podFailurePolicyRule)) }),
  successPolicy: struct('v1.SuccessPolicy', { rules: req(list(successPolicyRule)) }),
  backoffLimit: int32,
  backoffLimitPerIndex: int32,
  maxFailedIndexes: int32,
  selector: labelSelector,
  manualSelector: bool,
  template: req(podTemplateSpec),
  ttlSecondsAfterFinished: int32,
  completionMode: oneOf('NonIndexed', 'Indexed'),
  suspend: bool,
  podReplacementPolicy: oneOf('TerminatingOrFailed', 'Failed'),
  managedBy: str,
});
export interface JobSpec extends Of<typeof jobSpec> {}

export const jobStatus = struct('v1.JobStatus', {
  conditions: listBy('type', condition),
  startTime: time,
  completionTime: time,
  active: int32,
  succeeded: int32,
  failed: int32,
  terminating: int32,
  completedIndexes: str,
  failedIndexes: str,
  uncountedTerminatedPods: struct('v1.UncountedTerminatedPods', { succeeded: set(str), failed: set(str) }),
  ready: int32,
});
export interface JobStatus extends Of<typeof jobStatus> {}

export const job = kind('batch/v1', 'Job', { spec: req(jobSpec), status: jobStatus });
export interface Job extends Of<typeof job> {}

export const jobTemplateSpec = struct('v1.JobTemplateSpec', { metadata: draftMeta, spec: req(jobSpec) });
export interface JobTemplateSpec extends Of<typeof jobTemplateSpec> {}

const cronJobSpec = struct('v1.CronJobSpec', {
  schedule: req(str),
  timeZone: str,
  startingDeadlineSeconds: int64,
  concurrencyPolicy: oneOf('Allow', 'Forbid', 'Replace'),
  suspend: bool,
  jobTemplate: req(jobTemplateSpec),
  successfulJobsHistoryLimit: int32,
  failedJobsHistoryLimit: int32,
});
export interface CronJobSpec extends Of<typeof cronJobSpec> {}

const cronJobStatus = struct('v1.CronJobStatus', {
  active: list(objectReference),
  lastScheduleTime: time,
  lastSuccessfulTime: time,
});
export interface CronJobStatus extends Of<typeof cronJobStatus> {}

export const cronJob = kind('batch/v1', 'CronJob', { spec: req(cronJobSpec), status: cronJobStatus });
export interface CronJob extends Of<typeof cronJob> {}
