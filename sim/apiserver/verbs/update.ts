/** PUT on an object, its status or a namespace's finalizers: rest/update.go and the strategies, Kubernetes v1.36. */
import type { DraftMeta, PodStatus } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { conflict, invalid, methodNotAllowed, notFound, qualifiedResource, staleVersion } from '../errors.ts';
import { objectOfParts, userMetadata, withMetadata } from '../object-meta.ts';
import type { ApiResult, SubmittedObject } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { Entry, StoredObject } from '../stored-object.ts';
import { bumpsGeneration } from '../strategy.ts';
import { create } from './create.ts';
import { afterMainChange, afterStatusChange } from './strategy-rules.ts';
import { writeChange, writePodStatus } from './write.ts';

export type UpdateSubresource = 'status' | 'finalize' | undefined;

export function update(
  context: RequestContext,
  table: ResourceTable,
  object: SubmittedObject,
  subresource: UpdateSubresource,
): ApiResult {
  const name = object.metadata.name ?? '';
  if (subresource !== undefined && !table.definition.subresources.includes(subresource))
    return methodNotAllowed();
  const entry = table.find(object.metadata.namespace ?? '', name);
  const { strategy } = table;
  if (entry === undefined) {
    if (subresource !== undefined || !strategy.createOnUpdate) return notFound(table.definition, name);
    return create(context, table, object.metadata.namespace ?? '', object);
  }
  const refusal = checkPreconditions(table, entry, object.metadata, strategy.unconditionalUpdate);
  if (refusal !== undefined) return refusal;
  if (subresource === 'status') return updateStatus(context, table, entry, object);
  if (subresource === 'finalize') return updateFinalizers(context, table, entry, object);
  return updateMain(context, table, entry, object);
}

function checkPreconditions(
  table: ResourceTable,
  entry: Entry,
  submitted: DraftMeta,
  unconditional: boolean,
): ApiResult | undefined {
  const { uid, resourceVersion } = submitted;
  const { metadata } = entry.object;
  const name = metadata.name;
  if (uid !== undefined && uid !== '' && uid !== metadata.uid) {
    const key = `/registry/${table.name}/${entry.key}`;
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
    const error = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
    return conflict(qualifiedResource(table.definition), name, error);
  }
  if (resourceVersion === undefined || resourceVersion === '') {
    if (unconditional) return undefined;
    const cause = {
      reason: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0: must be specified for an update',
    };
    return invalid(table.definition, name, [cause]);
  }
  return resourceVersion === metadata.resourceVersion ? undefined : staleVersion(table.definition, name);
}

/** Everything but the status, which is kept, and the system fields. */
function updateMain(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  submitted: SubmittedObject,
): ApiResult {
  const current = entry.object;
  const metadata = userMetadata(current.metadata, submitted.metadata);
  const wanted: StoredObject = table.keepsStatus
    ? objectOfParts(submitted, metadata, submitted.spec, current.status)
    : { ...submitted, metadata };
  const proposed = afterMainChange(table.name, wanted, current, context.clock.timestamp(context.now));
  const admitted = context.admission.update(table, proposed, current);
  if (!admitted.ok) return admitted;
  return writeChange(context, table, entry, withGeneration(table, admitted.object, current));
}

/** The status, and of the metadata what the resource's status strategy lets through. */
function updateStatus(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  submitted: SubmittedObject,
): ApiResult {
  const current = entry.object;
  const metadata = userMetadata(current.metadata, submitted.metadata, keepsLabels(table));
  const { status } = submitted;
  if (table.name === 'pods')
    return writePodStatus(context, table, entry, metadata, status as PodStatus | undefined);
  const next = objectOfParts(current, metadata, current.spec, status);
  const now = context.clock.timestamp(context.now);
  return writeChange(context, table, entry, afterStatusChange(table.name, next, current, now));
}

/**
 * A Deployment's status strategy resets its labels, and only those: its controller writes the revision annotation together with
 * the status (pkg/registry/apps/deployment/strategy.go, v1.36).
 */
const keepsLabels = (table: ResourceTable): boolean => table.name === 'deployments';

function updateFinalizers(
  context: RequestContext,
  table: ResourceTable,
  entry: Entry,
  submitted: SubmittedObject,
): ApiResult {
  const current = entry.object;
  return writeChange(context, table, entry, { ...current, spec: submitted.spec });
}

export function withGeneration(
  table: ResourceTable,
  next: StoredObject,
  current: StoredObject,
): StoredObject {
  if (!bumpsGeneration(table.strategy.generation, next, current)) return next;
  const generation = (current.metadata.generation ?? 0) + 1;
  return withMetadata(next, { ...next.metadata, generation });
}
