/** The end of every change to a stored object: no-op detection, generation, finalizers, commit (registry/store.go, v1.36). */
import { equalJson, type Namespace, type ObjectMeta, type Pod, type PodStatus } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { hasParts, objectOfParts, sameMetadata, versioned, withVersion } from '../object-meta.ts';
import type { ApiResult } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { Entry, StoredObject } from '../stored-object.ts';

/**
 * As `writeChange` with these parts: the path that every pod takes again and again makes each object once. Whoever writes the
 * status neither touches the owners nor changes the QoS class (pkg/registry/core/pod/strategy.go, podStatusStrategy).
 */
export function writePodStatus(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  submitted: ObjectMeta,
  newStatus: PodStatus | undefined,
): ApiResult {
  const pod = entry.object as Pod;
  const { ownerReferences } = pod.metadata;
  const metadata =
    submitted.ownerReferences === ownerReferences ? submitted : { ...submitted, ownerReferences };
  const qosClass = pod.status?.qosClass;
  const status = newStatus?.qosClass === qosClass ? newStatus : { ...newStatus, qosClass };
  if (equalJson(status, pod.status) && sameMetadata(metadata, pod.metadata)) return stored(pod);
  const next = versioned(metadata, context.storage.nextResourceVersion());
  return commit(context, table, entry, objectOfParts(pod, next, pod.spec, status));
}

/** `next` carries the metadata it is to have, except resourceVersion. Nothing is written if nothing differs. */
export function writeChange(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  next: StoredObject,
): ApiResult {
  const current = entry.object;
  if (sameObject(next, current)) return stored(current);
  return commit(context, table, entry, withVersion(next, context.storage.nextResourceVersion()));
}

const stored = (object: StoredObject): ApiResult => ({ ok: true, code: 200, object });

function commit(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  object: StoredObject,
): ApiResult {
  if (deletedByUpdate(table, object)) context.storage.remove(table, entry, object);
  else context.storage.replace(table, entry, object);
  return stored(object);
}

/** Equal but for resourceVersion. */
function sameObject(a: StoredObject, b: StoredObject): boolean {
  if (a === b) return true;
  if (!equalJson(a.status, b.status) || !equalJson(a.spec, b.spec) || !sameMetadata(a.metadata, b.metadata))
    return false;
  if (hasParts(a)) return a.apiVersion === b.apiVersion && a.kind === b.kind;
  return equalJson(a, { ...b, metadata: a.metadata });
}

/** The update that takes the last finalizer off an object whose deletion has begun deletes it. */
function deletedByUpdate(table: ResourceTable, object: StoredObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers !== undefined && finalizers.length > 0)) return false;
  if (table.name === 'namespaces') return ((object as Namespace).spec?.finalizers ?? []).length === 0;
  return deletionGracePeriodSeconds === undefined || deletionGracePeriodSeconds === 0;
}
