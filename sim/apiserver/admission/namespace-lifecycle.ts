/** Nothing is created in a namespace that does not exist or is being deleted: plugin/namespace/lifecycle, Kubernetes v1.36. */
import { type Failure, forbidden, notFound } from '../errors.ts';
import type { Attributes } from './plugin.ts';

/** The refusal, if any. Asked for every object, also for pods whose spec is known. */
export function checkNamespace({ storage, table, namespace, name }: Attributes): Failure | undefined {
  if (!table.definition.namespaced) return undefined;
  const namespaces = storage.tables.namespaces;
  const entry = namespaces.find('', namespace);
  if (entry === undefined) return notFound(namespaces.definition, namespace);
  if (entry.object.metadata.deletionTimestamp === undefined) return undefined;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return forbidden(table.definition, name, why, [cause]);
}
