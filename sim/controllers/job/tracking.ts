/**
 * Counting ended pods exactly once: a pod's UID is written to the status as uncounted, then its finalizer is removed, then it moves
 * into the counters. Kubernetes v1.36.3, pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers).
 */
import type { Condition, Job, JobStatus, Pod } from '../../api/index.ts';
import type { SimTime } from '../../engine/index.ts';
import { type EventDraft, isFailure, type Plan, RETRY, withEvents, write } from '../controller.ts';
import { ensureCondition, finalCondition, isTrue } from './conditions.ts';
import { completionIndex, hasBackoffPerIndex, isIndexed, isPodFailed, isTracked } from './job-pods.ts';
import { isValidIndex, type JobMemory, type JobView } from './job-view.ts';
import { dropFinalizer } from './manage-pods.ts';
import { matchFailurePolicy } from './pod-failure-policy.ts';

/** Pods counted in one sync at most: keeps the status small. */
const MOST_UNCOUNTED = 500;

export interface Tracking {
  readonly view: JobView;
  readonly memory: JobMemory;
  /** The Job with the status as this sync has it. */
  job: Job;
  /** Why the Job ends, interim or final; undefined if it goes on. */
  ending: Condition | undefined;
  /** The status differs from the one stored. */
  dirty: boolean;
  timestamp: (now: SimTime) => string;
}

interface Found {
  /** Pods whose finalizer can go. */
  readonly release: readonly Pod[];
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
  readonly succeededIndexes: readonly number[];
  readonly more: boolean;
}

/** Counts, writes the status, removes finalizers, and ends the Job once nothing of it is left. */
export function track(tracking: Tracking, now: SimTime, last: Plan): Plan {
  countWithoutFinalizer(tracking, new Set());
  const found = findEnded(tracking);
  recordUncounted(tracking, found);
  recordInterim(tracking, tracking.timestamp(now));
  return flush(tracking, (later) => release(tracking, found, later, last), now);
}

function findEnded(tracking: Tracking): Found {
  const { view, memory, job } = tracking;
  const uncounted = job.status?.uncountedTerminatedPods;
  const release: Pod[] = [];
  const [succeeded, failed, succeededIndexes]: [string[], string[], number[]] = [[], [], []];
  for (const pod of view.pods) {
    const { uid } = pod.metadata;
    if (!isTracked(pod) || memory.untracked.has(uid) || !mayRelease(tracking, pod)) continue;
    release.push(pod);
    if (pod.status?.phase === 'Succeeded' && uncounted?.failed?.includes(uid) !== true) {
      if (!isIndexed(job)) addNew(succeeded, uncounted?.succeeded, uid);
      else if (isValidIndex(pod, job) && !view.knownIndexes.has(completionIndex(pod)))
        succeededIndexes.push(completionIndex(pod));
    } else if (countsAsFailed(tracking, pod)) addNew(failed, uncounted?.failed, uid);
    const size = succeeded.length + failed.length + succeededIndexes.length;
    if (size + (uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) >= MOST_UNCOUNTED) {
      return { release, succeeded, failed, succeededIndexes, more: true };
    }
  }
  return { release, succeeded, failed, succeededIndexes, more: false };
}

function addNew(list: string[], known: readonly string[] | undefined, uid: string): void {
  if (known?.includes(uid) !== true) list.push(uid);
}

function mayRelease({ view, ending }: Tracking, pod: Pod): boolean {
  const { job, lastFailed } = view;
  if (
    job.metadata.deletionTimestamp !== undefined ||
    ending !== undefined ||
    pod.status?.phase === 'Succeeded'
  )
    return true;
  if (!isPodFailed(pod, job)) return false;
  // The last failed pod of an index to be tried again carries the failure count.
  return !hasBackoffPerIndex(job) || lastFailed.get(completionIndex(pod)) !== pod;
}

/** When a Job fails, pods that have not ended count as failed. */
function countsAsFailed({ view, ending }: Tracking, pod: Pod): boolean {
  const { job } = view;
  const fails = isPodFailed(pod, job) || (ending !== undefined && ending.type !== 'SuccessCriteriaMet');
  if (!fails || (isIndexed(job) && !isValidIndex(pod, job))) return false;
  return job.spec.podFailurePolicy === undefined || matchFailurePolicy(job, pod).counts;
}

function recordUncounted(tracking: Tracking, { succeeded, failed, succeededIndexes }: Found): void {
  const { view, job } = tracking;
  const { status } = job;
  const uncounted = status?.uncountedTerminatedPods;
  let next: JobStatus = { ...status };
  if (succeeded.length + failed.length > 0) {
    const lists = {
      succeeded: [...(uncounted?.succeeded ?? []), ...succeeded],
      failed: [...(uncounted?.failed ?? []), ...failed],
    };
    next = { ...next, uncountedTerminatedPods: lists };
    tracking.dirty = true;
  }
  if (isIndexed(job)) {
    const completed = view.knownIndexes.with(succeededIndexes);
    const failedIndexes = view.failedIndexes?.toString();
    if (completed.toString() !== (status?.completedIndexes ?? '')) tracking.dirty = true;
    if (failedIndexes !== undefined && failedIndexes !== status?.failedIndexes) tracking.dirty = true;
    next = { ...next, succeeded: completed.total, completedIndexes: completed.toString(), failedIndexes };
  }
  tracking.job = { ...job, status: next };
}

/** The interim condition is written before the finalizers go; the final one follows when no pod is left. */
function recordInterim(tracking: Tracking, now: string): void {
  const { ending, job } = tracking;
  if (ending === undefined) return;
  if (!isTrue(job.status?.conditions, ending.type)) {
    tracking.job = {
      ...job,
      status: { ...job.status, conditions: ensureCondition(job.status?.conditions ?? [], ending) },
    };
    tracking.dirty = true;
  }
  tracking.ending = finalCondition(ending, now);
}

/** Uncounted pods that have no finalizer any more move into the counters. */
function countWithoutFinalizer(tracking: Tracking, released: ReadonlySet<string>): void {
  const { job, view, memory } = tracking;
  const { status } = job;
  const uncounted = status?.uncountedTerminatedPods;
  if (uncounted === undefined) return;
  const held = new Set<string>();
  for (const pod of view.pods) {
    const { uid } = pod.metadata;
    if (isTracked(pod) && !memory.untracked.has(uid) && !released.has(uid)) held.add(uid);
  }
  const split = (uids: readonly string[] = []): readonly string[] => uids.filter((uid) => held.has(uid));
  const [succeeded, failed] = [split(uncounted.succeeded), split(uncounted.failed)];
  const newSucceeded = (uncounted.succeeded?.length ?? 0) - succeeded.length;
  const newFailed = (uncounted.failed?.length ?? 0) - failed.length;
  if (newSucceeded + newFailed === 0) return;
  const counted = {
    succeeded: (status?.succeeded ?? 0) + newSucceeded,
    failed: (status?.failed ?? 0) + newFailed,
    uncountedTerminatedPods: { succeeded, failed },
  };
  tracking.job = { ...job, status: { ...status, ...counted } };
  tracking.dirty = true;
}

function flush(tracking: Tracking, then: (now: SimTime) => Plan, now: SimTime): Plan {
  if (!tracking.dirty) return then(now);
  const { job } = tracking;
  return write({ verb: 'update', resource: 'jobs', object: job, subresource: 'status' }, (result, later) => {
    if (!result.ok) return RETRY;
    tracking.job = { ...job, metadata: result.object.metadata };
    tracking.dirty = false;
    tracking.memory.backoff = tracking.view.backoff;
    return then(later);
  });
}

function release(tracking: Tracking, found: Found, now: SimTime, last: Plan): Plan {
  const { memory } = tracking;
  if (found.release.length === 0) return finish(tracking, found, now, last);
  for (const pod of found.release) memory.untracked.add(pod.metadata.uid);
  return {
    writes: found.release.map(dropFinalizer),
    resume: (results, later) => {
      const refused = found.release.filter((_, i) => isFailure(results[i]!));
      for (const pod of refused) memory.untracked.delete(pod.metadata.uid);
      countWithoutFinalizer(tracking, new Set());
      return refused.length > 0 ? flush(tracking, () => RETRY, later) : finish(tracking, found, later, last);
    },
  };
}

function finish(tracking: Tracking, found: Found, now: SimTime, last: Plan): Plan {
  const events = found.more ? [] : end(tracking, tracking.timestamp(now));
  return withEvents(
    flush(tracking, () => (found.more ? { ...last, requeueAfter: undefined, retry: true } : last), now),
    events,
  );
}

/** The final condition, once every ended pod is counted and no pod is terminating. */
function end(tracking: Tracking, now: string): readonly EventDraft[] {
  const { ending, job } = tracking;
  const { status } = job;
  const uncounted = status?.uncountedTerminatedPods;
  if (ending === undefined || (status?.terminating ?? 0) > 0) return [];
  if ((uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0) return [];
  const conditions = ensureCondition(status?.conditions ?? [], { ...ending, lastTransitionTime: now });
  const completionTime = ending.type === 'Complete' ? now : undefined;
  tracking.job = { ...job, status: { ...status, conditions, completionTime } };
  tracking.dirty = true;
  if (ending.type === 'Complete')
    return [{ object: job, type: 'Normal', reason: 'Completed', message: 'Job completed' }];
  return [{ object: job, type: 'Warning', reason: ending.reason ?? '', message: ending.message ?? '' }];
}
