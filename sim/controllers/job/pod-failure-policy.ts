/** What a Job's podFailurePolicy says of a failed pod. Kubernetes v1.36.3, pkg/controller/job/pod_failure_policy.go. */
import type { Job, Pod, PodFailurePolicyRule } from '../../api/index.ts';
import { hasBackoffPerIndex, isPodFailed } from './job-pods.ts';

export interface PolicyMatch {
  readonly action: PodFailurePolicyRule['action'] | undefined;
  /** Counts against the back-off limit. */
  readonly counts: boolean;
  /** Why the whole Job fails. */
  readonly message: string | undefined;
}

const UNMATCHED: PolicyMatch = { action: undefined, counts: true, message: undefined };

/** The first rule that matches decides; a failure that no rule matches counts. */
export function matchFailurePolicy(job: Job, pod: Pod): PolicyMatch {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    if (rule.action === 'FailIndex' && !hasBackoffPerIndex(job)) continue;
    const message = matches(rule, index, pod);
    if (message === undefined) continue;
    const { action } = rule;
    return { action, counts: action !== 'Ignore', message: action === 'FailJob' ? message : undefined };
  }
  return UNMATCHED;
}

/** The message of the first pod whose failure fails the Job. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    const message = isPodFailed(pod, job) ? matchFailurePolicy(job, pod).message : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

function matches(rule: PodFailurePolicyRule, index: number, pod: Pod): string | undefined {
  const where = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const by = `matching ${rule.action} rule at index ${index}`;
  if (rule.onExitCodes !== undefined) {
    const found = failedContainer(rule.onExitCodes, pod);
    return found && `Container ${found.name} for pod ${where} failed with exit code ${found.exitCode} ${by}`;
  }
  for (const { type, status } of rule.onPodConditions ?? []) {
    const met = pod.status?.conditions?.some(
      (condition) => condition.type === type && condition.status === status,
    );
    if (met === true) return `Pod ${where} has condition ${type} ${by}`;
  }
  return undefined;
}

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;

function failedContainer(
  { containerName, operator, values }: ExitCodes,
  pod: Pod,
): { name: string; exitCode: number } | undefined {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const exitCode = state?.terminated?.exitCode;
    if (exitCode === undefined || exitCode === 0) continue;
    if (containerName !== undefined && containerName !== '' && containerName !== name) continue;
    if (values.includes(exitCode) === (operator === 'In')) return { name, exitCode };
  }
  return undefined;
}
