/** PATCH: apply to the stored object, then store as an update would: endpoints/handlers/patch.go, Kubernetes v1.36. */
import { isRecord } from '../../api/index.ts';
import type { RequestContext } from '../context.ts';
import { badRequest, type Failure, invalid, methodNotAllowed, notFound } from '../errors.ts';
import { applyPatch } from '../patch/apply.ts';
import type { ApiRequest, ApiResult, SubmittedObject } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import type { StoredObject } from '../stored-object.ts';
import { scale } from './scale.ts';
import { update } from './update.ts';

type PatchRequest = Extract<ApiRequest, { verb: 'patch' }>;

export function patch(context: RequestContext, table: ResourceTable, request: PatchRequest): ApiResult {
  const { namespace, name, subresource } = request;
  const entry = table.find(namespace, name);
  if (entry === undefined) return notFound(table.definition, name);
  if (subresource === 'scale') return patchScale(context, table, request, entry.object);
  if (subresource !== undefined && !table.definition.subresources.includes(subresource))
    return methodNotAllowed();
  const patched = applyPatch(request.patchType, table.definition.schema, entry.object, request.patch);
  if (!patched.ok) return patched;
  const object = patched.object as SubmittedObject;
  const refusal = checkIdentity(table, entry.object, object);
  if (refusal !== undefined) return refusal;
  return update(context, table, object, subresource);
}

function checkIdentity(
  table: ResourceTable,
  current: StoredObject,
  patched: SubmittedObject,
): Failure | undefined {
  const { name, namespace, uid } = current.metadata;
  const meta = patched.metadata;
  if (meta?.name !== name) {
    return badRequest(
      `the name of the object (${meta?.name ?? ''}) does not match the name on the URL (${name})`,
    );
  }
  if (meta.namespace !== namespace) {
    return badRequest(
      `the namespace of the object (${meta.namespace ?? ''}) does not match the namespace on the URL (${namespace ?? ''})`,
    );
  }
  if (meta.uid === uid) return undefined;
  const cause = {
    reason: 'FieldValueInvalid',
    field: 'metadata.uid',
    message: `Invalid value: ${JSON.stringify(meta.uid ?? '')}: field is immutable`,
  };
  return invalid(table.definition, name, [cause, cause]);
}

function patchScale(
  context: RequestContext,
  table: ResourceTable,
  request: PatchRequest,
  current: StoredObject,
): ApiResult {
  const { namespace, name, patchType } = request;
  const replicas = isRecord(current.spec) ? current.spec['replicas'] : undefined;
  const before = { metadata: { name }, spec: { replicas } };
  const patched = applyPatch(patchType, undefined, before, request.patch);
  if (!patched.ok) return patched;
  const after = patched.object;
  const wanted = isRecord(after) && isRecord(after['spec']) ? after['spec']['replicas'] : undefined;
  return scale(context, table, { namespace, name }, typeof wanted === 'number' ? wanted : 0);
}
