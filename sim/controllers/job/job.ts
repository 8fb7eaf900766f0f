/**
 * The Job controller: runs pods to completion. Kubernetes v1.36.3, pkg/controller/job/job_controller.go.
 * Pod changes are batched: a Job is looked at a second after the first of them.
 */
import {
  controllerOf,
  type Job,
  keyOf,
  matchesSelector,
  type OwnerReference,
  type Pod,
} from '../../api/index.ts';
import { ExponentialFailureRateLimiter, type Informer } from '../../client/index.ts';
import { type SimTime, seconds } from '../../engine/index.ts';
import { AdoptionCandidates } from '../adoption-candidates.ts';
import { claim } from '../claims.ts';
import { ConsistencyStore } from '../consistency-store.ts';
import { type Controller, DONE, type Plan, type WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { isPodActive } from '../pod-state.ts';
import { isJobFinished } from './conditions.ts';
import { isTracked } from './job-pods.ts';
import { syncJob } from './job-sync.ts';
import { type JobMemory, newMemory } from './job-view.ts';
import { dropFinalizer } from './manage-pods.ts';

/** Documented: SyncJobBatchPeriod. */
const BATCH_PERIOD = seconds(1);

/** Keys of pods whose Job is gone or finished and that only have to lose their finalizer. */
const ORPHAN_PREFIX = 'orphan ';

export class JobController implements Controller {
  readonly name = 'job-controller';
  readonly workers = 5;
  /** Slower than other controllers': documented, DefaultJobApiBackOff and MaxJobApiBackOff. */
  readonly rateLimiter = new ExponentialFailureRateLimiter(seconds(1), seconds(60));
  readonly ownWrites: ConsistencyStore;
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
    this.ownWrites = new ConsistencyStore(this.#jobs, this.#pods);
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
    const owned = this.#environment.podsOf(job.metadata.uid);
    const matches = (pod: Pod): boolean => matchesSelector(job.spec.selector, pod.metadata.labels);
    const claims = {
      release: owned.filter((pod) => !matches(pod)),
      adopt:
        job.metadata.deletionTimestamp === undefined ? this.#orphans.adoptable(key, job.spec.selector) : [],
    };
    return claim(job, 'jobs', 'pods', claims, (adopted) => {
      const pods = [...owned.filter(matches), ...adopted];
      return syncJob({ job, pods, memory: known, clock: this.#environment.clock }, now, settled);
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
}
