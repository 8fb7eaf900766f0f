/** Deletes finished Jobs when their time to live has passed. Kubernetes v1.36.3, pkg/controller/ttlafterfinished. */
import type { Job } from '../api/index.ts';
import type { Informer } from '../client/index.ts';
import { microseconds, type SimTime } from '../engine/index.ts';
import { type Controller, DONE, type Plan, RETRY, type WorkSink, write } from './controller.ts';
import type { ControllerEnvironment } from './environment.ts';
import { isJobFinished } from './job/conditions.ts';

export class TtlAfterFinishedController implements Controller {
  readonly name = 'ttl-after-finished-controller';
  readonly workers = 5;
  readonly #environment: ControllerEnvironment;
  readonly #jobs: Informer<Job>;

  constructor(environment: ControllerEnvironment) {
    this.#environment = environment;
    this.#jobs = environment.informers.informer('jobs');
  }

  start(work: WorkSink): void {
    const seen = (job: Job, key: string): void => {
      if (needsCleanup(job)) work.add(key);
    };
    this.#jobs.addHandler({ onAdd: seen, onUpdate: (job, _, key) => seen(job, key) });
  }

  reconcile(key: string, now: SimTime): Plan {
    const job = this.#jobs.get(key);
    const left = job === undefined ? undefined : this.#left(job, now);
    if (job === undefined || left === undefined) return DONE;
    if (left > 0) return { writes: [], requeueAfter: microseconds(left) };
    const { namespace = '', name, uid } = job.metadata;
    // The informer may be late: what counts is the Job as it is now.
    return write({ verb: 'get', resource: 'jobs', namespace, name }, (fresh, later) => {
      if (!fresh.ok) return fresh.error.code === 404 ? DONE : RETRY;
      const newest = this.#jobs.get(key);
      const remaining = newest === undefined ? undefined : this.#left(newest, later);
      if (remaining === undefined || fresh.object.metadata.uid !== uid) return DONE;
      if (remaining > 0) return { writes: [], requeueAfter: microseconds(remaining) };
      const options = { propagationPolicy: 'Foreground', preconditions: { uid } } as const;
      return { writes: [{ verb: 'delete', resource: 'jobs', namespace, name, options }] };
    });
  }

  /** µs until the Job expires; undefined if it does not. */
  #left(job: Job, now: SimTime): number | undefined {
    if (!needsCleanup(job)) return undefined;
    const finished = job.status?.conditions?.find(
      (c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True',
    );
    const at = this.#environment.clock.microsecondsOf(finished?.lastTransitionTime ?? '');
    return at + job.spec.ttlSecondsAfterFinished! * 1e6 - now;
  }
}

const needsCleanup = (job: Job): boolean =>
  job.spec.ttlSecondsAfterFinished !== undefined &&
  job.metadata.deletionTimestamp === undefined &&
  isJobFinished(job);
