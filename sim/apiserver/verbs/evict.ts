/** POST pods/eviction: pkg/registry/core/pod/storage/eviction.go, Kubernetes v1.36. */
import { compileSelector, type Pod, type PodDisruptionBudget } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { internalError, notFound, tooManyRequests } from '../errors.ts';
import type { ApiRequest, ApiResult } from '../request.ts';
import type { Entry } from '../stored-object.ts';
import { deleteObject } from './delete.ts';
import { writeChange } from './write.ts';

type EvictRequest = Extract<ApiRequest, { verb: 'evict' }>;

export function evict(context: RequestContext, request: EvictRequest): ApiResult {
  const table = context.storage.tables.pods;
  const entry = table.find(request.namespace, request.name);
  if (entry === undefined) return notFound(table.definition, request.name);
  const pod = entry.object as Pod;
  if (!ignoresBudgets(pod)) {
    const refusal = spendBudget(context, pod);
    if (refusal !== undefined) return refusal;
  }
  return deleteObject(context, table, request, request.options);
}

/** Pods that have ended, are not bound or are on their way out disrupt nobody. */
function ignoresBudgets(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return (
    phase === 'Succeeded' ||
    phase === 'Failed' ||
    phase === 'Pending' ||
    pod.metadata.deletionTimestamp !== undefined
  );
}

/** Takes one disruption from the pod's budget; the refusal if there is none to take. */
function spendBudget(context: RequestContext, pod: Pod): ApiResult | undefined {
  const entries = budgetsOf(context, pod);
  if (entries.length > 1) {
    return internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const entry = entries[0];
  if (entry === undefined) return undefined;
  const budget = entry.object as PodDisruptionBudget;
  if (!isReady(pod) && allowsUnready(budget)) return undefined;
  return spend(context, entry, budget, pod);
}

function budgetsOf(context: RequestContext, pod: Pod): Entry[] {
  const found: Entry[] = [];
  const table = context.storage.tables.poddisruptionbudgets;
  for (const entry of table.inNamespace(pod.metadata.namespace ?? '')) {
    const budget = entry.object as PodDisruptionBudget;
    const selector = compileSelector(budget.spec?.selector);
    if (selector.matches(pod.metadata.labels)) found.push(entry);
  }
  return found;
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** unhealthyPodEvictionPolicy: AlwaysAllow, or IfHealthyBudget (the default) with enough healthy pods. */
function allowsUnready(budget: PodDisruptionBudget): boolean {
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function spend(
  context: RequestContext,
  entry: Entry,
  budget: PodDisruptionBudget,
  pod: Pod,
): ApiResult | undefined {
  const { name, generation = 0 } = budget.metadata;
  const status = budget.status;
  if ((status?.observedGeneration ?? 0) < generation) {
    return blocked(`The disruption budget ${name} is still being processed by the server.`);
  }
  const allowed = status?.disruptionsAllowed ?? 0;
  if (allowed <= 0) {
    const why = `The disruption budget ${name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
    return blocked(why);
  }
  const disruptedPods = {
    ...status?.disruptedPods,
    [pod.metadata.name]: context.clock.timestamp(context.now),
  };
  const next: PodDisruptionBudget = {
    ...budget,
    status: { ...status!, disruptionsAllowed: allowed - 1, disruptedPods },
  };
  const result = writeChange(context, context.storage.tables.poddisruptionbudgets, entry, next);
  return result.ok ? undefined : result;
}

const blocked = (why: string): ApiResult =>
  tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", [
    { reason: 'DisruptionBudget', message: why, field: '' },
  ]);
