/** Job and CronJob: batch/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  listBy,
  oneOf,
  ptr,
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
    containerName: ptr(str),
    operator: req(oneOf('In', 'NotIn')),
    values: req(list(int32)),
  }),
  onPodConditions: list(
    struct('v1.PodFailurePolicyOnPodConditionsPattern', { type: req(str), status: req(str) }),
  ),
});
export interface PodFailurePolicyRule extends Of<typeof podFailurePolicyRule> {}

const successPolicyRule = struct('v1.SuccessPolicyRule', {
  succeededIndexes: ptr(str),
  succeededCount: ptr(int32),
});

export const successPolicy = struct('v1.SuccessPolicy', { rules: req(list(successPolicyRule)) });

export const jobSpec = struct('v1.JobSpec', {
  parallelism: ptr(int32),
  completions: ptr(int32),
  activeDeadlineSeconds: ptr(int64),
  podFailurePolicy: struct('v1.PodFailurePolicy', { rules: req(list(podFailurePolicyRule)) }),
  successPolicy,
  backoffLimit: ptr(int32),
  backoffLimitPerIndex: ptr(int32),
  maxFailedIndexes: ptr(int32),
  selector: labelSelector,
  manualSelector: ptr(bool),
  template: req(podTemplateSpec),
  ttlSecondsAfterFinished: ptr(int32),
  completionMode: ptr(oneOf('NonIndexed', 'Indexed')),
  suspend: ptr(bool),
  podReplacementPolicy: ptr(oneOf('TerminatingOrFailed', 'Failed')),
  managedBy: ptr(str),
});
export interface JobSpec extends Of<typeof jobSpec> {}

export const jobStatus = struct('v1.JobStatus', {
  conditions: listBy('type', condition),
  startTime: time,
  completionTime: time,
  active: int32,
  succeeded: int32,
  failed: int32,
  terminating: ptr(int32),
  completedIndexes: str,
  failedIndexes: ptr(str),
  uncountedTerminatedPods: struct('v1.UncountedTerminatedPods', { succeeded: set(str), failed: set(str) }),
  ready: ptr(int32),
});
export interface JobStatus extends Of<typeof jobStatus> {}

export const job = kind('batch/v1', 'Job', { spec: req(jobSpec), status: jobStatus });
export interface Job extends Of<typeof job> {}

export const jobTemplateSpec = struct('v1.JobTemplateSpec', { metadata: draftMeta, spec: req(jobSpec) });
export interface JobTemplateSpec extends Of<typeof jobTemplateSpec> {}

const cronJobSpec = struct('v1.CronJobSpec', {
  schedule: req(str),
  timeZone: ptr(str),
  startingDeadlineSeconds: ptr(int64),
  concurrencyPolicy: oneOf('Allow', 'Forbid', 'Replace'),
  suspend: ptr(bool),
  jobTemplate: req(jobTemplateSpec),
  successfulJobsHistoryLimit: ptr(int32),
  failedJobsHistoryLimit: ptr(int32),
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
