/** What a Job reads off its pods. Kubernetes v1.36.3, pkg/controller/job/{job_controller,indexed_job_utils,backoff_utils}.go. */
import type { Job, Pod, WallClock } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import { conditionOf, mostRestarts } from '../pod-state.ts';

/** Keeps a finished pod until the Job's status has counted it. */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** No valid completion index. */
export const NO_INDEX = -1;

export const isTracked = (pod: Pod): boolean =>
  pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed';
export const isSuspended = (job: Job): boolean => job.spec.suspend === true;
export const hasBackoffPerIndex = (job: Job): boolean => job.spec.backoffLimitPerIndex !== undefined;

/** Terminating pods are replaced only when they have failed. */
export const replacesOnlyFailed = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed';

/** Failed, or being deleted: such a pod may never get to report its failure. */
export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

const count = (pod: Pod, annotation: string): number => {
  const value = Number(pod.metadata.annotations?.[annotation] ?? '0');
  return Number.isInteger(value) && value >= 0 ? value : 0;
};

export function completionIndex(pod: Pod): number {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : NO_INDEX;
}

/** Failures of this pod's index before it that count, and those that a policy ignored. */
export const indexFailures = (pod: Pod): number => count(pod, INDEX_FAILURES);
export const ignoredIndexFailures = (pod: Pod): number => count(pod, INDEX_IGNORED_FAILURES);
export const allIndexFailures = (pod: Pod): number => indexFailures(pod) + ignoredIndexFailures(pod);

/** When the pod ended, as well as it can be told: µs on the simulation clock, of whole API seconds. */
export function finishedAt(pod: Pod, clock: WallClock): number {
  const ended = lastContainerEnd(pod, clock);
  if (ended !== undefined) return ended;
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined)
    return clock.microsecondsOf(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined)
    return clock.microsecondsOf(deletionTimestamp) - deletionGracePeriodSeconds * 1e6;
  return clock.microsecondsOf(creationTimestamp);
}

function lastContainerEnd(pod: Pod, clock: WallClock): number | undefined {
  let last: number | undefined;
  for (const { state } of pod.status?.containerStatuses ?? []) {
    if (state?.terminated?.finishedAt === undefined) return undefined;
    last = Math.max(last ?? Number.NEGATIVE_INFINITY, clock.microsecondsOf(state.terminated.finishedAt));
  }
  return last;
}

/** All restarts of containers that may restart; they count against the back-off limit under restartPolicy OnFailure. */
export function totalRestarts(pods: readonly Pod[]): number {
  let total = 0;
  for (const pod of pods) {
    const phase = pod.status?.phase;
    if (phase !== 'Running' && phase !== 'Pending') continue;
    for (const { restartCount = 0 } of pod.status?.initContainerStatuses ?? []) total += restartCount;
    for (const { restartCount = 0 } of pod.status?.containerStatuses ?? []) total += restartCount;
  }
  return total;
}

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Which active pods go first when there are too many: pkg/controller/controller_utils.go, ActivePods. */
export function removalOrder(clock: WallClock): (a: Pod, b: Pod) => number {
  return (a, b) => {
    const [readyA, readyB] = [
      conditionOf(a.status?.conditions, 'Ready'),
      conditionOf(b.status?.conditions, 'Ready'),
    ];
    const since = (c: typeof readyA): number =>
      c?.lastTransitionTime === undefined ? 0 : clock.microsecondsOf(c.lastTransitionTime);
    const bothReady = readyA?.status === 'True' && readyB?.status === 'True';
    return (
      Number((a.spec.nodeName ?? '') !== '') - Number((b.spec.nodeName ?? '') !== '') ||
      (PHASE_ORDER[a.status?.phase ?? 'Pending'] ?? 0) - (PHASE_ORDER[b.status?.phase ?? 'Pending'] ?? 0) ||
      Number(readyA?.status === 'True') - Number(readyB?.status === 'True') ||
      (bothReady ? since(readyB) - since(readyA) : 0) ||
      mostRestarts(b).regular - mostRestarts(a).regular ||
      compareTexts(b.metadata.creationTimestamp, a.metadata.creationTimestamp) ||
      compareTexts(a.metadata.name, b.metadata.name)
    );
  };
}
