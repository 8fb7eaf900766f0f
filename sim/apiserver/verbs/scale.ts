/** The scale subresource: ScaleREST under pkg/registry/apps, Kubernetes v1.36. */
import type { RequestContext } from '../context.ts';
import { invalid, methodNotAllowed, notFound } from '../errors.ts';
import type { ApiResult, ObjectReference } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import { withGeneration } from './update.ts';
import { writeChange } from './write.ts';

export function scale(
  context: RequestContext,
  table: ResourceTable,
  { namespace, name }: Pick<ObjectReference, 'namespace' | 'name'>,
  replicas: number,
): ApiResult {
  if (!table.definition.subresources.includes('scale')) return methodNotAllowed();
  const entry = table.find(namespace, name);
  if (entry === undefined) return notFound(table.definition, name);
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    return invalid({ kind: 'Scale', group: 'autoscaling' }, name, [
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message },
    ]);
  }
  const current = entry.object;
  const next = { ...current, spec: { ...(current.spec as object), replicas } };
  return writeChange(context, table, entry, withGeneration(table, next, current));
}
