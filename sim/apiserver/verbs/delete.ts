/**
 * DELETE: graceful deletion, finalizers and propagation: rest/delete.go, registry/store.go, pkg/registry/core/pod/strategy.go
 * (Kubernetes v1.36). A deletion without grace and without finalizers of a gracefully deleted kind is two writes, as upstream.
 */
import type { Namespace, ObjectMeta, Pod } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { conflict, forbidden, notFound } from '../errors.ts';
import type { ApiResult, DeleteOptions, ObjectReference } from '../request.ts';
import type { Entry, ResourceTable, StoredObject } from '../storage.ts';
import { strategyOf } from '../strategy.ts';
import { withVersion, writeChange } from './write.ts';

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';
/** pkg/controlplane: the API server makes them and refuses to delete them. */
const immortalNamespaces = ['default', 'kube-system', 'kube-public'];
const noOptions: DeleteOptions = {};

export function deleteObject(
  context: RequestContext,
  table: ResourceTable,
  reference: Pick<ObjectReference, 'namespace' | 'name'>,
  options: DeleteOptions = noOptions,
): ApiResult {
  const { namespace, name } = reference;
  const entry = table.entries.get(namespace === '' ? name : `${namespace}/${name}`);
  if (entry === undefined) return notFound(table.definition, name);
  if (table.name === 'namespaces' && immortalNamespaces.includes(name)) {
    return forbidden(table.definition, name, 'this namespace may not be deleted');
  }
  const refusal = checkPreconditions(table, entry.object.metadata, options);
  if (refusal !== undefined) return refusal;
  if (table.name === 'pods') return deletePod(context, table, entry, options);
  if (table.name === 'namespaces') return deleteNamespace(context, table, entry);
  return deleteNow(context, table, entry, markedFinalizers(table, entry.object.metadata, options));
}

function checkPreconditions(
  table: ResourceTable,
  metadata: ObjectMeta,
  options: DeleteOptions,
): ApiResult | undefined {
  const wanted = options.preconditions;
  if (wanted === undefined) return undefined;
  if (wanted.uid !== undefined && wanted.uid !== metadata.uid) {
    const why = `the UID in the precondition (${wanted.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    return conflict(table.definition.kind, metadata.name, why);
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    return conflict(table.definition.kind, metadata.name, why);
  }
  return undefined;
}

/** What deletePod decides of the grace period, s: pending means that a deletion at least as quick is under way. */
function deletePod(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  options: DeleteOptions,
): ApiResult {
  const pod = entry.object as Pod;
  const { metadata } = pod;
  const grace = gracePeriod(pod, options);
  const pending = metadata.deletionTimestamp !== undefined;
  if (pending && metadata.deletionGracePeriodSeconds !== undefined) {
    if (options.gracePeriodSeconds === undefined && !goesAtOnce(pod))
      return { ok: true, code: 200, object: pod };
    if (grace >= metadata.deletionGracePeriodSeconds) return pendingDeletion(context, table, entry);
  }
  const finalizers = pending ? metadata.finalizers : markedFinalizers(table, metadata, options);
  const marked = withVersion(
    {
      ...pod,
      metadata: withFinalizers(
        pending ? shortened(context, metadata, grace) : begun(context, metadata, grace),
        finalizers,
      ),
    },
    context.storage.nextResourceVersion(),
  );
  context.storage.replace(table, entry, marked);
  if (grace > 0 || (finalizers !== undefined && finalizers.length > 0))
    return { ok: true, code: 200, object: marked };
  return remove(context, table, entry);
}

/** Nothing to shorten: the object goes if nothing holds it any more. */
function pendingDeletion(context: RequestContext, table: ResourceTable, entry: Entry): ApiResult {
  const { metadata } = entry.object;
  const held = (metadata.finalizers?.length ?? 0) > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0;
  return held ? { ok: true, code: 200, object: entry.object } : remove(context, table, entry);
}

/** Pods that no kubelet has, or that have ended, need no grace. */
const goesAtOnce = (pod: Pod): boolean =>
  (pod.spec.nodeName ?? '') === '' || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

function gracePeriod(pod: Pod, options: DeleteOptions): number {
  if (goesAtOnce(pod)) return 0;
  const grace = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

function begun(context: RequestContext, metadata: ObjectMeta, grace: number): ObjectMeta {
  return {
    ...metadata,
    ...nextGeneration(metadata),
    deletionTimestamp: context.clock.timestampAfter(context.now, grace),
    deletionGracePeriodSeconds: grace,
  };
}

function shortened(context: RequestContext, metadata: ObjectMeta, grace: number): ObjectMeta {
  const before = metadata.deletionGracePeriodSeconds ?? 0;
  const deadline = context.clock.timestampMoved(metadata.deletionTimestamp!, grace - before);
  return { ...metadata, deletionTimestamp: deadline, deletionGracePeriodSeconds: grace };
}

const nextGeneration = (metadata: ObjectMeta): { readonly generation?: number } =>
  metadata.generation === undefined ? {} : { generation: metadata.generation + 1 };

function deleteNamespace(context: RequestContext, table: ResourceTable, entry: Entry): ApiResult {
  const current = entry.object as Namespace;
  if (current.metadata.deletionTimestamp !== undefined) return { ok: true, code: 200, object: current };
  const held = (current.spec?.finalizers?.length ?? 0) > 0 || (current.metadata.finalizers?.length ?? 0) > 0;
  if (!held) return remove(context, table, entry);
  const metadata = { ...current.metadata, deletionTimestamp: context.clock.timestamp(context.now) };
  const next: Namespace = { ...current, metadata, status: { ...current.status, phase: 'Terminating' } };
  return writeChange(context, table, entry, next);
}

/** Kinds without graceful deletion: gone at once, or marked if finalizers hold them. */
function deleteNow(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  finalizers: readonly string[] | undefined,
): ApiResult {
  const current = entry.object;
  if (finalizers === undefined || finalizers.length === 0) return remove(context, table, entry);
  const { metadata } = current;
  const marked =
    metadata.deletionTimestamp === undefined
      ? {
          ...metadata,
          ...nextGeneration(metadata),
          deletionTimestamp: context.clock.timestamp(context.now),
          deletionGracePeriodSeconds: 0,
        }
      : metadata;
  return writeChange(context, table, entry, { ...current, metadata: withFinalizers(marked, finalizers) });
}

function remove(context: RequestContext, table: ResourceTable, entry: Entry): ApiResult {
  const object: StoredObject = withVersion(entry.object, context.storage.nextResourceVersion());
  context.storage.remove(table, entry, object);
  return { ok: true, code: 200, object };
}

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[] | undefined): ObjectMeta {
  if (finalizers === metadata.finalizers) return metadata;
  const { finalizers: _, ...rest } = metadata;
  return finalizers === undefined || finalizers.length === 0 ? rest : { ...rest, finalizers };
}

/** The finalizers after the garbage collector's two are put on or taken off as the options and defaults say. */
function markedFinalizers(
  table: ResourceTable,
  metadata: ObjectMeta,
  options: DeleteOptions,
): readonly string[] | undefined {
  const present = metadata.finalizers ?? [];
  const orphan = wantsOrphan(table, present, options);
  const foreground = wantsForeground(present, options);
  if (orphan === present.includes(orphanFinalizer) && foreground === present.includes(foregroundFinalizer))
    return metadata.finalizers;
  const others = present.filter((f) => f !== orphanFinalizer && f !== foregroundFinalizer);
  return [...others, ...(orphan ? [orphanFinalizer] : []), ...(foreground ? [foregroundFinalizer] : [])];
}

function wantsOrphan(table: ResourceTable, present: readonly string[], options: DeleteOptions): boolean {
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan';
  if (present.includes(orphanFinalizer)) return true;
  if (present.includes(foregroundFinalizer)) return false;
  return strategyOf(table.name).defaultPropagation === 'Orphan';
}

function wantsForeground(present: readonly string[], options: DeleteOptions): boolean {
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground';
  return present.includes(foregroundFinalizer);
}
