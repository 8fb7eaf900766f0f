/** POST pods/binding: pkg/registry/core/pod/storage/storage.go (assignPod), Kubernetes v1.36. */
import { type Condition, type Labels, type Pod, withFields } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { conflict, notFound } from '../errors.ts';
import { objectOfParts, podStatusOf, versioned } from '../object-meta.ts';
import type { ApiRequest, ApiResult } from '../request.ts';

type BindRequest = Extract<ApiRequest, { verb: 'bind' }>;

export function bind(context: RequestContext, request: BindRequest): ApiResult {
  const { storage } = context;
  const table = storage.tables.pods;
  const entry = table.find(request.namespace, request.name);
  if (entry === undefined) return notFound(table.definition, request.name);
  const pod = entry.object as Pod;
  const refusal = whyNot(pod, request);
  if (refusal !== undefined) return conflict('pods/binding', request.name, refusal);
  const metadata = versioned(
    pod.metadata,
    storage.nextResourceVersion(),
    context.admission.bindingLabels(pod, request.node),
    withAnnotations(pod.metadata.annotations, request.annotations),
  );
  const spec = { ...pod.spec, nodeName: request.node };
  const status = podStatusOf(pod.status, scheduled(pod, context.clock.timestamp(context.now)));
  const bound = objectOfParts(pod, metadata, spec, status);
  storage.replace(table, entry, bound);
  return { ok: true, code: 201, object: bound };
}

const withAnnotations = (annotations: Labels | undefined, added: Labels | undefined): Labels | undefined =>
  added === undefined ? annotations : withFields(annotations, added);

function whyNot(pod: Pod, request: BindRequest): string | undefined {
  const { name, uid } = pod.metadata;
  if (request.uid !== undefined && request.uid !== uid) {
    return `Precondition failed: UID in precondition: ${request.uid}, UID in object meta: ${uid}`;
  }
  if (pod.metadata.deletionTimestamp !== undefined)
    return `pod ${name} is being deleted, cannot be assigned to a host`;
  const node = pod.spec.nodeName ?? '';
  if (node !== '') return `pod ${name} is already assigned to node "${node}"`;
  if ((pod.spec.schedulingGates?.length ?? 0) > 0) return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}

/** The conditions with PodScheduled true, in its place if it is there. */
function scheduled(pod: Pod, now: string): readonly Condition[] {
  // With the fields of the kubelet's conditions, in their order: most conditions of pods then have one shape.
  const condition: Condition = {
    type: 'PodScheduled',
    observedGeneration: undefined,
    status: 'True',
    lastTransitionTime: now,
    reason: undefined,
    message: undefined,
  };
  const conditions = pod.status?.conditions;
  if (conditions === undefined || conditions.length === 0) return [condition];
  const at = conditions.findIndex((c) => c.type === 'PodScheduled');
  return at < 0 ? [...conditions, condition] : conditions.with(at, condition);
}
