/**
 * DELETE: graceful deletion, finalizers and propagation: rest/delete.go, registry/store.go, pkg/registry/core/pod/strategy.go
 * (Kubernetes v1.36). A pod that goes at once takes two writes, as upstream: marked, then removed.
 */
import type { Namespace, ObjectMeta, Pod } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { conflict, forbidden, notFound } from '../errors.ts';
import { deleting, withMetadata, withVersion } from '../object-meta.ts';
import type { ApiResult, DeleteOptions, ObjectReference } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { Entry, StoredObject } from '../stored-object.ts';
import { writeChange } from './write.ts';

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';
/** The API server makes them and refuses to delete them (plugin/namespace/lifecycle). */
const immortalNamespaces = ['default', 'kube-system', 'kube-public'];
const noOptions: DeleteOptions = {};
const noFinalizers: readonly string[] = [];

export function deleteObject(
  context: RequestContext,
  table: ResourceTable,
  { namespace, name }: Pick<ObjectReference, 'namespace' | 'name'>,
  options: DeleteOptions = noOptions,
): ApiResult {
  const entry = table.find(namespace, name);
  if (table.name === 'namespaces' && immortalNamespaces.includes(name)) {
    return forbidden(table.definition, name, 'this namespace may not be deleted');
  }
  if (entry === undefined) return notFound(table.definition, name);
  const refusal = checkPreconditions(table, entry.object.metadata, options);
  if (refusal !== undefined) return refusal;
  if (table.name === 'pods') return deletePod(context, table, entry, options);
  if (table.name === 'namespaces') return deleteNamespace(context, table, entry);
  return deleteAtOnce(context, table, entry, options);
}

function checkPreconditions(
  table: ResourceTable,
  metadata: ObjectMeta,
  { preconditions }: DeleteOptions,
): ApiResult | undefined {
  if (preconditions === undefined) return undefined;
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid) {
    return differs(table, metadata, 'UID', uid, metadata.uid, 'deleted and then recreated');
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return differs(table, metadata, 'ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
  }
  return undefined;
}

function differs(
  { definition }: ResourceTable,
  { name }: ObjectMeta,
  what: string,
  wanted: string,
  found: string,
  happened: string,
): ApiResult {
  const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}).`;
  return conflict(definition.kind, name, `${why} The object might have been ${happened}`);
}

function deletePod(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  options: DeleteOptions,
): ApiResult {
  const pod = entry.object as Pod;
  const { deletionTimestamp, deletionGracePeriodSeconds: before } = pod.metadata;
  if (deletionTimestamp === undefined)
    return markPod(context, table, entry, options, gracePeriod(pod, options));
  if (before === undefined || before === 0) return deleteAtOnce(context, table, entry, options);
  const { gracePeriodSeconds } = options;
  if (gracePeriodSeconds === undefined || gracePeriodSeconds >= before) return found(pod);
  return markPod(context, table, entry, options, gracePeriodSeconds);
}

/** Marks the pod as being deleted, or shortens the grace period of a deletion under way; removes it if nothing holds it. */
function markPod(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  options: DeleteOptions,
  grace: number,
): ApiResult {
  const { metadata } = entry.object;
  const finalizers = markedFinalizers(table, metadata, options);
  const marked = deleting(
    metadata,
    context.storage.nextResourceVersion(),
    (metadata.generation ?? 0) + (metadata.deletionTimestamp === undefined ? 1 : 0),
    deadline(context, metadata, grace),
    grace,
  );
  const object = withMetadata(entry.object, withFinalizers(marked, finalizers));
  context.storage.replace(table, entry, object);
  return grace > 0 || held(finalizers) ? found(object) : remove(context, table, entry);
}

function deadline({ clock, now }: RequestContext, metadata: ObjectMeta, grace: number): string {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (deletionTimestamp !== undefined) {
    return clock.timestampMoved(deletionTimestamp, grace - deletionGracePeriodSeconds);
  }
  return grace === 0 ? clock.timestamp(now) : clock.timestampAfter(now, grace);
}

/** Seconds a pod is given whose deletion begins: none if no kubelet has it or it has ended. */
function gracePeriod(pod: Pod, options: DeleteOptions): number {
  const phase = pod.status?.phase;
  if ((pod.spec.nodeName ?? '') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const grace = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return grace < 0 ? 1 : grace;
}

function deleteNamespace(context: RequestContext, table: ResourceTable, entry: Entry): ApiResult {
  const current = entry.object as Namespace;
  if (current.metadata.deletionTimestamp !== undefined) return found(current);
  if (!held(current.spec?.finalizers) && !held(current.metadata.finalizers))
    return remove(context, table, entry);
  const metadata = { ...current.metadata, deletionTimestamp: context.clock.timestamp(context.now) };
  const next: Namespace = { ...current, metadata, status: { ...current.status, phase: 'Terminating' } };
  return writeChange(context, table, entry, next);
}

/** Without grace: gone, or marked if finalizers hold it. */
function deleteAtOnce(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  options: DeleteOptions,
): ApiResult {
  const { metadata } = entry.object;
  const finalizers = markedFinalizers(table, metadata, options);
  if (!held(finalizers)) return remove(context, table, entry);
  const marked = metadata.deletionTimestamp === undefined ? begun(context, metadata) : metadata;
  return writeChange(context, table, entry, withMetadata(entry.object, withFinalizers(marked, finalizers)));
}

const begun = ({ clock, now }: RequestContext, metadata: ObjectMeta): ObjectMeta =>
  deleting(
    metadata,
    metadata.resourceVersion,
    metadata.generation === undefined ? undefined : metadata.generation + 1,
    clock.timestamp(now),
    0,
  );

function remove(context: RequestContext, table: ResourceTable, entry: Entry): ApiResult {
  const object = withVersion(entry.object, context.storage.nextResourceVersion());
  context.storage.remove(table, entry, object);
  return found(object);
}

const found = (object: StoredObject): ApiResult => ({ ok: true, code: 200, object });
const held = (finalizers: readonly string[] | undefined): boolean =>
  finalizers !== undefined && finalizers.length > 0;

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[] | undefined): ObjectMeta {
  if (finalizers === metadata.finalizers) return metadata;
  return { ...metadata, finalizers: held(finalizers) ? finalizers : undefined };
}

/** The finalizers after the garbage collector's two are put on or taken off as the options and defaults say. */
function markedFinalizers(
  table: ResourceTable,
  metadata: ObjectMeta,
  { propagationPolicy }: DeleteOptions,
): readonly string[] | undefined {
  const present = metadata.finalizers ?? noFinalizers;
  const policy = propagationPolicy ?? presentPolicy(present) ?? table.strategy.defaultPropagation;
  const orphan = policy === 'Orphan';
  const foreground = policy === 'Foreground';
  if (orphan === present.includes(orphanFinalizer) && foreground === present.includes(foregroundFinalizer)) {
    return metadata.finalizers;
  }
  const others = present.filter((f) => f !== orphanFinalizer && f !== foregroundFinalizer);
  if (orphan) return [...others, orphanFinalizer];
  return foreground ? [...others, foregroundFinalizer] : others;
}

/** What an earlier delete has asked for. */
function presentPolicy(present: readonly string[]): 'Orphan' | 'Foreground' | undefined {
  if (present.includes(orphanFinalizer)) return 'Orphan';
  return present.includes(foregroundFinalizer) ? 'Foreground' : undefined;
}
