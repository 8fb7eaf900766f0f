/** One sync of a Job: decide whether it ends, set the number of its pods, count. Kubernetes v1.36.3, pkg/controller/job/job_controller.go (syncJob). */
import type { Condition, Job, Pod, WallClock } from '../../api/index.ts';
import { microseconds, type SimTime } from '../../engine/index.ts';
import { DONE, type EventDraft, type Plan, RETRY, withEvents } from '../controller.ts';
import { ensureCondition, jobCondition } from './conditions.ts';
import { isSuspended } from './job-pods.ts';
import { deadlineUs, type JobMemory, type JobView, viewJob } from './job-view.ts';
import { type Managed, managePods, removeActive } from './manage-pods.ts';
import { track } from './tracking.ts';

export interface JobSync {
  readonly job: Job;
  /** Its own, those just adopted included. */
  readonly pods: readonly Pod[];
  readonly memory: JobMemory;
  readonly clock: WallClock;
}

/** `settled`: all pods it created or deleted earlier are seen. */
export function syncJob(sync: JobSync, now: SimTime, settled: boolean): Plan {
  const { job, pods, memory, clock } = sync;
  const view = viewJob(started(job, clock.timestamp(now)), pods, memory, clock, now, clock.timestamp(now));
  if (view.ending !== undefined)
    return removeActive(view, (managed) => conclude(sync, view, managed, false, now));
  if (settled && job.metadata.deletionTimestamp === undefined) {
    return managePods(view, clock, now, (managed) => conclude(sync, view, managed, true, now));
  }
  const { active, ready, terminating } = view;
  return conclude(
    sync,
    view,
    { active: active.length, ready, terminating, failed: false, waitUs: undefined },
    false,
    now,
  );
}

/** The Job's clock starts with its first sync unless it is suspended. */
function started(job: Job, startTime: string): Job {
  if (job.status?.startTime !== undefined || isSuspended(job)) return job;
  return { ...job, status: { ...job.status, startTime } };
}

/** `called`: the number of pods was looked after in this sync. */
function conclude(sync: JobSync, view: JobView, managed: Managed, called: boolean, now: SimTime): Plan {
  const { clock, memory } = sync;
  const timestamp = clock.timestamp(now);
  const ending = view.ending ?? completion(view, managed, timestamp);
  const { active, ready, terminating } = managed;
  const before = sync.job.status;
  const counted: Job = { ...view.job, status: { ...view.job.status, active, ready, terminating } };
  const changed =
    active !== (before?.active ?? 0) || ready !== before?.ready || terminating !== before?.terminating;
  const suspension = ending === undefined && called ? withSuspension(counted, timestamp) : undefined;
  const job = suspension?.job ?? counted;
  const dirty = changed || suspension !== undefined;
  const tracking = { view, memory, job, ending, dirty, timestamp: (at: SimTime) => clock.timestamp(at) };
  const last = managed.failed ? RETRY : lookAgain(job, managed, clock, now);
  return withEvents(track(tracking, now, last), suspension?.events ?? []);
}

/** When the next pod is due or the deadline passes. */
function lookAgain(
  job: Job,
  { waitUs = Number.POSITIVE_INFINITY }: Managed,
  clock: WallClock,
  now: SimTime,
): Plan {
  const left = Math.min(waitUs, deadlineUs(job, clock) - now);
  return left === Number.POSITIVE_INFINITY
    ? DONE
    : { writes: [], requeueAfter: microseconds(Math.max(0, left)) };
}

function completion({ job, succeeded }: JobView, { active }: Managed, now: string): Condition | undefined {
  const { completions } = job.spec;
  const complete = active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
  return complete
    ? jobCondition(
        'SuccessCriteriaMet',
        'CompletionsReached',
        'Reached expected number of succeeded pods',
        now,
      )
    : undefined;
}

/** The Suspended condition and, with it, the start time; undefined if nothing changes. */
function withSuspension(
  job: Job,
  now: string,
): { readonly job: Job; readonly events: readonly EventDraft[] } | undefined {
  const suspended = isSuspended(job);
  const condition: Condition = suspended
    ? jobCondition('Suspended', 'JobSuspended', 'Job suspended', now)
    : { ...jobCondition('Suspended', 'JobResumed', 'Job resumed', now), status: 'False' };
  const before = job.status?.conditions ?? [];
  const conditions = ensureCondition(before, condition);
  if (conditions === before) return undefined;
  const startTime = suspended ? undefined : now;
  const reason = suspended ? 'Suspended' : 'Resumed';
  const events: EventDraft[] = [{ object: job, type: 'Normal', reason, message: condition.message ?? '' }];
  return { job: { ...job, status: { ...job.status, conditions, startTime } }, events };
}
