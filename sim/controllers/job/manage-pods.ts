/** How many pods a Job should have, and the writes that get it there. Kubernetes v1.36.3, pkg/controller/job/job_controller.go (manageJob). */
import type { Job, Pod, PodTemplateSpec, WallClock } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/index.ts';
import { type EventDraft, isFailure, type Plan, withEvents } from '../controller.ts';
import { creationEvent } from '../creation-event.ts';
import { createPod } from '../pod-template.ts';
import { remainingBackoff, remainingIndexBackoff } from './backoff.ts';
import {
  COMPLETION_INDEX,
  completionIndex,
  hasBackoffPerIndex,
  INDEX_FAILURES,
  INDEX_IGNORED_FAILURES,
  ignoredIndexFailures,
  indexFailures,
  isIndexed,
  isSuspended,
  isTracked,
  removalOrder,
  replacesOnlyFailed,
  TRACKING_FINALIZER,
} from './job-pods.ts';
import { isValidIndex, type JobView } from './job-view.ts';
import { matchFailurePolicy } from './pod-failure-policy.ts';

/** Pods created or deleted in one sync at most. */
const MOST_PER_SYNC = 500;

/** What managing the pods came to. */
export interface Managed {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly failed: boolean;
  /** µs until a replacement is due. */
  readonly waitUs: number | undefined;
}

type Then = (managed: Managed) => Plan;

export function managePods(view: JobView, clock: WallClock, nowUs: number, then: Then): Plan {
  const { job, active } = view;
  const wanted = isSuspended(job) ? 0 : wantedActive(view);
  const surplus = surplusPods(view, Math.max(0, active.length - wanted), clock).slice(0, MOST_PER_SYNC);
  if (surplus.length > 0) return removePods(view, surplus, then);
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? view.terminating : 0);
  if (isSuspended(job) || missing <= 0) return then(unchanged(view));
  return addPods(view, Math.min(missing, MOST_PER_SYNC), clock, nowUs, then);
}

const unchanged = ({ active, ready, terminating }: JobView, waitUs?: number): Managed => ({
  active: active.length,
  ready,
  terminating,
  failed: false,
  waitUs,
});

function wantedActive({ job, active, succeeded }: JobView): number {
  const { completions, parallelism = 1 } = job.spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Pods without a place first (no valid index, or one that an older pod has), then as many more as there are too many. */
function surplusPods({ job, active }: JobView, atLeast: number, clock: WallClock): readonly Pod[] {
  const order = removalOrder(clock);
  if (!isIndexed(job)) return [...active].sort(order).slice(0, atLeast);
  const kept = new Map<number, Pod>();
  const removed: Pod[] = [];
  for (const pod of [...active].sort((a, b) => order(b, a))) {
    const index = completionIndex(pod);
    if (!isValidIndex(pod, job) || kept.has(index)) removed.push(pod);
    else kept.set(index, pod);
  }
  const more = Math.max(0, atLeast - removed.length);
  return [...removed, ...[...kept.values()].sort(order).slice(0, more)];
}

/** These must not count as failures: they are let go of before they are deleted. */
function removePods(view: JobView, pods: readonly Pod[], then: Then): Plan {
  const release = pods.filter(isTracked).map(dropFinalizer);
  const remove = (): Plan => deletePods(view, pods, 'deletions', then);
  return release.length === 0 ? remove() : { writes: release, resume: remove };
}

/** The Job ends: all active pods go, and count. */
export const removeActive = (view: JobView, then: Then): Plan =>
  view.active.length === 0 ? then(unchanged(view)) : deletePods(view, view.active, undefined, then);

function deletePods(view: JobView, pods: readonly Pod[], expect: 'deletions' | undefined, then: Then): Plan {
  return {
    writes: pods.map(({ metadata }) => ({
      verb: 'delete',
      resource: 'pods',
      namespace: metadata.namespace ?? '',
      name: metadata.name,
    })),
    expect,
    resume: (results) => {
      const gone = pods.filter((_, i) => !isFailure(results[i]!));
      const ready = gone.filter((pod) =>
        pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'),
      ).length;
      const managed = {
        active: view.active.length - gone.length,
        ready: view.ready - ready,
        terminating: view.terminating + results.filter((result) => result.ok).length,
        failed: gone.length < pods.length,
        waitUs: undefined,
      };
      return withEvents(
        then(managed),
        pods.flatMap((pod, i) => deletionEvent(view.job, pod, results[i]!)),
      );
    },
  };
}

function deletionEvent(object: Job, { metadata }: Pod, result: ApiResult): readonly EventDraft[] {
  if (result.ok)
    return [{ object, type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}` }];
  if (!isFailure(result)) return [];
  return [
    { object, type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${result.error.message}` },
  ];
}

export const dropFinalizer = ({ metadata }: Pod): ApiRequest => ({
  verb: 'patch',
  resource: 'pods',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  patchType: 'strategic',
  patch: { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } },
});

function addPods(view: JobView, missing: number, clock: WallClock, nowUs: number, then: Then): Plan {
  const { job } = view;
  if (!hasBackoffPerIndex(job)) {
    const waitUs = remainingBackoff(view.backoff, nowUs);
    if (waitUs > 0) return then(unchanged(view, waitUs));
  }
  if (!isIndexed(job)) return create(view, new Array<ApiRequest>(missing).fill(createJobPod(job)), then);
  const pending = pendingIndexes(view, hasBackoffPerIndex(job) ? Number.POSITIVE_INFINITY : missing);
  if (!hasBackoffPerIndex(job))
    return create(
      view,
      pending.map((index) => createIndexPod(view, index)),
      then,
    );
  const waits = pending.map((index) => remainingIndexBackoff(view.lastFailed.get(index), nowUs, clock));
  const due = pending.filter((_, i) => waits[i] === 0).slice(0, missing);
  if (due.length === 0) return then(unchanged(view, waits.length > 0 ? Math.min(...waits) : undefined));
  return create(
    view,
    due.map((index) => createIndexPod(view, index)),
    then,
  );
}

/** The first indexes that have neither ended nor an active pod. */
function pendingIndexes(view: JobView, most: number): readonly number[] {
  const { job, pods, active, succeededIndexes, failedIndexes } = view;
  const busy = new Set(active.map(completionIndex));
  if (replacesOnlyFailed(job)) {
    for (const pod of pods)
      if (pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Failed')
        busy.add(completionIndex(pod));
  }
  const pending: number[] = [];
  const { completions = 0 } = job.spec;
  for (let index = 0; index < completions && pending.length < most; index++) {
    if (!busy.has(index) && !succeededIndexes.has(index) && failedIndexes?.has(index) !== true)
      pending.push(index);
  }
  return pending;
}

function create(view: JobView, writes: readonly ApiRequest[], then: Then): Plan {
  return {
    writes,
    pace: 'slow-start',
    expect: 'creations',
    resume: (results) => {
      const created = results.filter((result) => result.ok).length;
      const failed = results.some(isFailure);
      const managed = { ...unchanged(view), active: view.active.length + created, failed };
      return withEvents(
        then(managed),
        results.flatMap((result) => creationEvent(view.job, result)),
      );
    },
  };
}

const createJobPod = (job: Job): ApiRequest =>
  createPod(job, job.spec.template, { finalizers: [TRACKING_FINALIZER] });

function createIndexPod({ job, lastFailed }: JobView, index: number): ApiRequest {
  const { name } = job.metadata;
  const template = indexedTemplate(job.spec.template);
  return createPod(job, template, {
    generateName: `${name}-${index}-`,
    labels: { [COMPLETION_INDEX]: String(index) },
    annotations: {
      [COMPLETION_INDEX]: String(index),
      ...(hasBackoffPerIndex(job) ? failureCounts(job, lastFailed.get(index)) : {}),
    },
    finalizers: [TRACKING_FINALIZER],
    spec: { ...template.spec, hostname: template.spec.hostname ?? `${name}-${index}` },
  });
}

/** The next pod of an index carries how often the index has failed before. */
function failureCounts(job: Job, last: Pod | undefined): Readonly<Record<string, string>> {
  if (last === undefined) return { [INDEX_FAILURES]: '0' };
  const ignored = matchFailurePolicy(job, last).action === 'Ignore';
  const failures = indexFailures(last) + (ignored ? 0 : 1);
  const ignoredFailures = ignoredIndexFailures(last) + (ignored ? 1 : 0);
  const counts = { [INDEX_FAILURES]: String(failures) };
  return ignoredFailures > 0 ? { ...counts, [INDEX_IGNORED_FAILURES]: String(ignoredFailures) } : counts;
}

const indexed = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/** The template with the index in every container's environment; the same object for the same template. */
function indexedTemplate(template: PodTemplateSpec): PodTemplateSpec {
  let known = indexed.get(template);
  if (known === undefined) {
    const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
    const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } };
    const { containers, initContainers } = template.spec;
    const spec = {
      ...template.spec,
      containers: containers.map((c) => ({ ...c, env: [...(c.env ?? []), variable] })),
      ...(initContainers === undefined
        ? {}
        : { initContainers: initContainers.map((c) => ({ ...c, env: [...(c.env ?? []), variable] })) }),
    };
    known = { ...template, spec };
    indexed.set(template, known);
  }
  return known;
}
