/** What one sync sees of a Job and its pods before it acts. Kubernetes v1.36.3, pkg/controller/job/job_controller.go (syncJob). */
import { type Condition, type Job, type Pod, type WallClock, withFields } from '../../api/index.ts';
import { conditionOf, isPodActive, isPodReady, isPodTerminating } from '../pod-state.ts';
import { afterFinished, type BackoffRecord, NO_FAILURES } from './backoff.ts';
import { isTrue, jobCondition } from './conditions.ts';
import { IndexSet } from './index-set.ts';
import {
  allIndexFailures,
  completionIndex,
  hasBackoffPerIndex,
  indexFailures,
  isIndexed,
  isPodFailed,
  isTracked,
  NO_INDEX,
  totalRestarts,
} from './job-pods.ts';
import { failJobMessage, matchFailurePolicy } from './pod-failure-policy.ts';
import { successPolicyMet } from './success-policy.ts';

/** What the controller remembers of a Job between syncs. */
export interface JobMemory {
  backoff: BackoffRecord;
  /** UIDs of pods whose tracking finalizer was removed, until the informer shows it. */
  readonly untracked: Set<string>;
}

export const newMemory = (): JobMemory => ({ backoff: NO_FAILURES, untracked: new Set() });

export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly backoff: BackoffRecord;
  /** Why the Job ends: FailureTarget or SuccessCriteriaMet, with status True. */
  readonly ending: Condition | undefined;
  /** Of an Indexed Job: as its status has them, and with what the pods show. */
  readonly knownIndexes: IndexSet;
  readonly succeededIndexes: IndexSet;
  /** Only with backoffLimitPerIndex. */
  readonly failedIndexes: IndexSet | undefined;
  /** Of each index to be tried again: its last failed pod, kept because it carries the failure count. */
  readonly lastFailed: ReadonlyMap<number, Pod>;
}

export function viewJob(
  job: Job,
  pods: readonly Pod[],
  memory: JobMemory,
  clock: WallClock,
  nowUs: number,
  now: string,
): JobView {
  const { completions = 0 } = job.spec;
  const active = pods.filter(isPodActive);
  const uncounted = job.status?.uncountedTerminatedPods;
  const fresh = pods.filter((pod) => isFresh(pod, job, memory));
  const newSucceeded = fresh.filter(
    (pod) => pod.status?.phase === 'Succeeded' && !includes(uncounted?.succeeded, pod),
  );
  const newFailed = fresh.filter((pod) => isPodFailed(pod, job) && !includes(uncounted?.failed, pod));
  const counted = newFailed.filter(
    (pod) => job.spec.podFailurePolicy === undefined || matchFailurePolicy(job, pod).counts,
  );
  const knownIndexes = IndexSet.parse(job.status?.completedIndexes, completions);
  const succeededIndexes = isIndexed(job)
    ? knownIndexes.with(indexesOf(pods, job, 'Succeeded'))
    : knownIndexes;
  const failedIndexes = hasBackoffPerIndex(job) ? failedIndexesOf(job, pods) : undefined;
  const view = {
    job,
    pods,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: isIndexed(job)
      ? succeededIndexes.total
      : (job.status?.succeeded ?? 0) + newSucceeded.length + (uncounted?.succeeded?.length ?? 0),
    failed: (job.status?.failed ?? 0) + counted.length + (uncounted?.failed?.length ?? 0),
    backoff: afterFinished(memory.backoff, newSucceeded, newFailed, clock),
    knownIndexes,
    succeededIndexes,
    failedIndexes,
    lastFailed: lastFailedPods(job, pods, active, succeededIndexes, failedIndexes),
  };
  return withFields(view, { ending: endingOf(view, clock, nowUs, now) });
}

/** Its end has not been counted yet. */
function isFresh(pod: Pod, job: Job, memory: JobMemory): boolean {
  if (!isTracked(pod) || memory.untracked.has(pod.metadata.uid)) return false;
  return !isIndexed(job) || isValidIndex(pod, job);
}

export const isValidIndex = (pod: Pod, job: Job): boolean =>
  completionIndex(pod) !== NO_INDEX && completionIndex(pod) < (job.spec.completions ?? 0);

const includes = (uids: readonly string[] | undefined, pod: Pod): boolean =>
  uids?.includes(pod.metadata.uid) === true;

function indexesOf(pods: readonly Pod[], job: Job, phase: string): number[] {
  return pods.filter((pod) => pod.status?.phase === phase && isValidIndex(pod, job)).map(completionIndex);
}

function failedIndexesOf(job: Job, pods: readonly Pod[]): IndexSet {
  const failed = pods.filter((pod) => isTracked(pod) && isValidIndex(pod, job) && failsIndex(job, pod));
  return IndexSet.parse(job.status?.failedIndexes, job.spec.completions ?? 0).with(
    failed.map(completionIndex),
  );
}

function failsIndex(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { action, counts } = matchFailurePolicy(job, pod);
  if (action === 'FailIndex') return true;
  return counts && indexFailures(pod) >= job.spec.backoffLimitPerIndex!;
}

function lastFailedPods(
  job: Job,
  pods: readonly Pod[],
  active: readonly Pod[],
  succeeded: IndexSet,
  failed: IndexSet | undefined,
): ReadonlyMap<number, Pod> {
  const last = new Map<number, Pod>();
  if (failed === undefined) return last;
  const busy = new Set(active.map(completionIndex));
  for (const pod of pods) {
    if (!isTracked(pod) || !isPodFailed(pod, job) || !isValidIndex(pod, job)) continue;
    const index = completionIndex(pod);
    if (busy.has(index) || succeeded.has(index) || failed.has(index)) continue;
    const known = last.get(index);
    if (known === undefined || allIndexFailures(pod) > allIndexFailures(known)) last.set(index, pod);
  }
  return last;
}

function endingOf(
  view: Omit<JobView, 'ending'>,
  clock: WallClock,
  nowUs: number,
  now: string,
): Condition | undefined {
  const { job, pods, succeededIndexes } = view;
  const known =
    conditionOf(job.status?.conditions, 'SuccessCriteriaMet') ??
    conditionOf(job.status?.conditions, 'FailureTarget');
  if (known !== undefined && isTrue(job.status?.conditions, known.type)) return known;
  const failing = (reason: string, message: string): Condition =>
    jobCondition('FailureTarget', reason, message, now);
  const fatal = failJobMessage(job, pods);
  if (fatal !== undefined) return failing('PodFailurePolicy', fatal);
  if (isPastBackoffLimit(view))
    return failing('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (deadlineUs(job, clock) <= nowUs)
    return failing('DeadlineExceeded', 'Job was active longer than specified deadline');
  const indexes = isIndexed(job) ? failedIndexEnding(view) : undefined;
  if (indexes !== undefined) return failing(...indexes);
  const met = isIndexed(job) ? successPolicyMet(job, succeededIndexes) : undefined;
  return met === undefined ? undefined : jobCondition('SuccessCriteriaMet', 'SuccessPolicy', met, now);
}

function isPastBackoffLimit({ job, pods, failed }: Omit<JobView, 'ending'>): boolean {
  const { backoffLimit = 6, template } = job.spec;
  if (failed > backoffLimit) return true;
  if (template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = totalRestarts(pods);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

/** µs on the simulation clock at which the Job's time is up; Infinity without a deadline, before the start and while suspended. */
export function deadlineUs({ spec, status }: Job, clock: WallClock): number {
  if (spec.activeDeadlineSeconds === undefined || status?.startTime === undefined || spec.suspend === true) {
    return Number.POSITIVE_INFINITY;
  }
  return clock.microsecondsOf(status.startTime) + spec.activeDeadlineSeconds * 1e6;
}

function failedIndexEnding({
  job,
  failedIndexes,
  succeededIndexes,
}: Omit<JobView, 'ending'>): [string, string] | undefined {
  const failed = failedIndexes?.total ?? 0;
  const { maxFailedIndexes, completions = 0 } = job.spec;
  if (failedIndexes === undefined) return undefined;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return ['MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes'];
  }
  return failed > 0 && failed + succeededIndexes.total >= completions
    ? ['FailedIndexes', 'Job has failed indexes']
    : undefined;
}
