/** How long a Job waits before it replaces failed pods. Kubernetes v1.36.3, pkg/controller/job/backoff_utils.go. */
import type { Pod, WallClock } from '../../api/index.ts';
import { allIndexFailures, finishedAt } from './job-pods.ts';

/** Documented: DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const FIRST_BACKOFF_US = 10e6;
const MAX_BACKOFF_US = 600e6;

export interface BackoffRecord {
  /** Since the last success. */
  readonly failures: number;
  /** µs on the simulation clock. */
  readonly lastFailureUs: number;
}

export const NO_FAILURES: BackoffRecord = { failures: 0, lastFailureUs: 0 };

/** A success forgets the failures that ended before it. */
export function afterFinished(
  record: BackoffRecord,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
  clock: WallClock,
): BackoffRecord {
  const lastSuccess = succeeded.reduce(
    (last, pod) => Math.max(last, finishedAt(pod, clock)),
    Number.NEGATIVE_INFINITY,
  );
  const later = failed.map((pod) => finishedAt(pod, clock)).filter((at) => at > lastSuccess);
  const before = succeeded.length > 0 ? NO_FAILURES : record;
  if (later.length === 0) return before;
  const lastFailureUs = later.reduce(
    (last, at) => Math.max(last, at),
    before.failures === 0 ? later[0]! : before.lastFailureUs,
  );
  return { failures: before.failures + later.length, lastFailureUs };
}

/** µs still to wait, 0 if none: 10 s after the first failure, twice as long after each further one, at most 10 min. */
export function remainingBackoff({ failures, lastFailureUs }: BackoffRecord, nowUs: number): number {
  if (failures === 0) return 0;
  const backoff =
    failures > 6 ? MAX_BACKOFF_US : Math.min(MAX_BACKOFF_US, FIRST_BACKOFF_US * 2 ** (failures - 1));
  return Math.max(0, lastFailureUs + backoff - nowUs);
}

/** The same for one index of a Job with backoffLimitPerIndex, from its last failed pod. */
export function remainingIndexBackoff(lastFailed: Pod | undefined, nowUs: number, clock: WallClock): number {
  if (lastFailed === undefined) return 0;
  return remainingBackoff(
    { failures: allIndexFailures(lastFailed) + 1, lastFailureUs: finishedAt(lastFailed, clock) },
    nowUs,
  );
}
