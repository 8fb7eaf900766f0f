/**
 * The Job controller: runs pods to completion. Kubernetes v1.36.3, pkg/controller/job/job_controller.go.
 * Pod changes are batched: a Job is looked at a second after the first of them.
 */
import {
  type Condition,
  controllerOf,
  type Job,
  keyOf,
  matchesSelector,
  type OwnerReference,
  type Pod,
} from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import { microseconds, type SimTime, seconds } from '../../engine/index.ts';
import { AdoptionCandidates } from '../adoption-candidates.ts';
import { claim } from '../claims.ts';
import {
  type Controller,
  DONE,
  type EventDraft,
  type Plan,
  RETRY,
  type WorkSink,
  withEvents,
} from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { isPodActive } from '../pod-state.ts';
import { ensureCondition, isJobFinished, jobCondition } from './conditions.ts';
import { isSuspended, isTracked } from './job-pods.ts';
import { deadlineUs, type JobMemory, type JobView, newMemory, viewJob } from './job-view.ts';
import { dropFinalizer, type Managed, managePods, removeActive } from './manage-pods.ts';
import { type Tracking, track } from './tracking.ts';

/** Documented: SyncJobBatchPeriod. */
const BATCH_PERIOD = seconds(1);

/** Keys of pods whose Job is gone or finished and that only have to lose their finalizer. */
const ORPHAN_PREFIX = 'orphan ';

export class JobController implements Controller {
  readonly name = 'job-controller';
  readonly workers = 5;
  readonly #environment: ControllerEnvironment;
  readonly #jobs: Informer<Job>;
  readonly #pods: Informer<Pod>;
  readonly #memories = new Map<string, JobMemory>();
  readonly #orphans: AdoptionCandidates<Pod>;
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#jobs = environment.informers.informer('jobs');
    this.#pods = environment.informers.informer('pods');
    this.#orphans = new AdoptionCandidates(
      this.#pods,
      (namespace) => environment.orphanPods(namespace),
      isPodActive,
    );
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#jobs.addHandler({
      onAdd: (job, key) => {
        this.#file(job, key);
        work.add(key);
      },
      onUpdate: (job, previous, key) => this.#updated(job, previous, key),
      onDelete: (job, key) => {
        this.#orphans.ownerDeleted(key);
        this.#memories.delete(key);
        work.forget(key);
        this.#releasePods(job);
      },
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#podAdded(pod),
      onUpdate: (pod, previous) => this.#podUpdated(pod, previous),
      onDelete: (pod) => this.#podGone(pod, true),
    });
  }

  #file(job: Job, key: string): void {
    if (job.spec.selector !== undefined)
      this.#orphans.ownerSeen(key, job.metadata.namespace ?? '', job.spec.selector);
  }

  #updated(job: Job, previous: Job, key: string): void {
    this.#file(job, key);
    if (job.metadata.generation === previous.metadata.generation) this.#work.addAfter(key, BATCH_PERIOD);
    else this.#work.add(key);
    if (isJobFinished(job) && !isJobFinished(previous)) this.#releasePods(job);
  }

  /** No sync will count these pods any more. */
  #releasePods(job: Job): void {
    for (const pod of this.#environment.podsOf(job.metadata.uid))
      if (isTracked(pod)) this.#work.add(ORPHAN_PREFIX + keyOf(pod));
  }

  #podAdded(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#podGone(pod, false);
      return;
    }
    const reference = controllerOf(pod);
    if (reference === undefined) {
      for (const key of this.#orphans.orphanSeen(pod)) this.#batch(key);
      return;
    }
    const key = this.#keyOf(reference, pod);
    if (key === undefined) return;
    this.#work.creationObserved(key);
    this.#batch(key);
  }

  #podUpdated(pod: Pod, previous: Pod): void {
    const before = controllerOf(previous);
    const reference = controllerOf(pod);
    if (before?.kind === 'Job' && isTracked(previous) && !isTracked(pod))
      this.#untrackedSeen(before, previous);
    if (before !== undefined && before.uid !== reference?.uid) {
      const key = this.#keyOf(before, previous);
      if (key !== undefined) this.#batch(key);
    }
    if (pod.metadata.deletionTimestamp !== undefined) this.#podGone(pod, false);
    else if (reference === undefined) {
      if (pod.metadata.labels !== previous.metadata.labels || before !== undefined) this.#podAdded(pod);
    } else {
      const key = this.#keyOf(reference, pod);
      if (key !== undefined) this.#batch(key);
    }
  }

  #podGone(pod: Pod, final: boolean): void {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'Job') return;
    if (final) this.#untrackedSeen(reference, pod);
    const key = this.#keyOf(reference, pod);
    if (key === undefined) {
      if (!final && isTracked(pod)) this.#work.add(ORPHAN_PREFIX + keyOf(pod));
      return;
    }
    this.#work.deletionObserved(key, keyOf(pod));
    this.#batch(key);
  }

  #untrackedSeen(reference: OwnerReference, pod: Pod): void {
    const memory = this.#memories.get(`${pod.metadata.namespace ?? ''}/${reference.name}`);
    memory?.untracked.delete(pod.metadata.uid);
  }

  #batch(key: string): void {
    this.#work.addAfter(key, BATCH_PERIOD);
  }

  #keyOf(reference: OwnerReference, pod: Pod): string | undefined {
    if (reference.kind !== 'Job') return undefined;
    const key = `${pod.metadata.namespace ?? ''}/${reference.name}`;
    return this.#jobs.get(key)?.metadata.uid === reference.uid ? key : undefined;
  }

  reconcile(key: string, now: SimTime, settled: boolean): Plan {
    if (key.startsWith(ORPHAN_PREFIX)) return this.#releaseOrphan(key.slice(ORPHAN_PREFIX.length));
    const job = this.#jobs.get(key);
    if (job === undefined || isJobFinished(job)) return DONE;
    let memory = this.#memories.get(key);
    if (memory === undefined) this.#memories.set(key, (memory = newMemory()));
    const known = memory;
    const owned = [...this.#environment.podsOf(job.metadata.uid)];
    const matches = (pod: Pod): boolean => matchesSelector(job.spec.selector, pod.metadata.labels);
    const claims = {
      release: owned.filter((pod) => !matches(pod)),
      adopt:
        job.metadata.deletionTimestamp === undefined ? this.#orphans.adoptable(key, job.spec.selector) : [],
    };
    return claim(job, 'jobs', 'pods', claims, (adopted) => {
      const pods = [...owned.filter(matches), ...adopted];
      return this.#sync(job, pods, known, now, settled);
    });
  }

  #releaseOrphan(key: string): Plan {
    const pod = this.#pods.get(key);
    if (pod === undefined || !isTracked(pod)) return DONE;
    const reference = controllerOf(pod);
    const owner = reference === undefined ? undefined : this.#keyOf(reference, pod);
    const job = owner === undefined ? undefined : this.#jobs.get(owner);
    if (job !== undefined && !isJobFinished(job)) return DONE;
    return { writes: [dropFinalizer(pod)] };
  }

  #sync(job: Job, pods: readonly Pod[], memory: JobMemory, now: SimTime, settled: boolean): Plan {
    const { clock } = this.#environment;
    const started = this.#started(job, now);
    const view = viewJob(started, pods, memory, clock, now, clock.timestamp(now));
    const goOn = (managed: Managed, called: boolean): Plan =>
      this.#conclude(job, view, memory, managed, called, now);
    if (view.ending !== undefined) return removeActive(view, (managed) => goOn(managed, false));
    if (settled && job.metadata.deletionTimestamp === undefined) {
      return managePods(view, clock, now, (managed) => goOn(managed, true));
    }
    const { active, ready, terminating } = view;
    return goOn({ active: active.length, ready, terminating, failed: false, waitUs: undefined }, false);
  }

  /** The Job's clock starts with its first sync unless it is suspended. */
  #started(job: Job, now: SimTime): Job {
    if (job.status?.startTime !== undefined || isSuspended(job)) return job;
    return { ...job, status: { ...job.status, startTime: this.#environment.clock.timestamp(now) } };
  }

  #conclude(
    stored: Job,
    view: JobView,
    memory: JobMemory,
    managed: Managed,
    called: boolean,
    now: SimTime,
  ): Plan {
    const timestamp = this.#environment.clock.timestamp(now);
    const ending = view.ending ?? completion(view, managed, timestamp);
    const { active, ready, terminating } = managed;
    const before = stored.status;
    let job: Job = { ...view.job, status: { ...view.job.status, active, ready, terminating } };
    let dirty =
      active !== (before?.active ?? 0) || ready !== before?.ready || terminating !== before?.terminating;
    const events: EventDraft[] = [];
    if (ending === undefined && called) {
      const changed = withSuspension(job, timestamp);
      if (changed !== undefined) {
        job = changed.job;
        events.push(...changed.events);
        dirty = true;
      }
    }
    const tracking: Tracking = {
      view,
      memory,
      job,
      ending,
      dirty,
      timestamp: (at) => this.#environment.clock.timestamp(at),
    };
    return withEvents(track(tracking, now, managed.failed ? RETRY : this.#last(job, managed, now)), events);
  }

  /** Looks again when the next pod is due or the deadline passes. */
  #last(job: Job, { waitUs = Number.POSITIVE_INFINITY }: Managed, now: SimTime): Plan {
    const left = Math.min(waitUs, deadlineUs(job, this.#environment.clock) - now);
    return left === Number.POSITIVE_INFINITY
      ? DONE
      : { writes: [], requeueAfter: microseconds(Math.max(0, left)) };
  }
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
