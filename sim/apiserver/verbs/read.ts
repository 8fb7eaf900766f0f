/** GET of one object or a list. */
import type { RequestContext } from '../context.ts';
import { notFound } from '../errors.ts';
import type { ApiResult, ObjectList, ObjectReference, WatchScope } from '../request.ts';
import type { ResourceTable } from '../resource-table.ts';
import { parseSelection, type Selection } from '../selection.ts';
import type { Storage } from '../storage.ts';
import type { StoredObject } from '../stored-object.ts';

export function get(
  table: ResourceTable,
  { namespace, name }: Pick<ObjectReference, 'namespace' | 'name'>,
): ApiResult {
  const entry = table.find(namespace, name);
  if (entry === undefined) return notFound(table.definition, name);
  return { ok: true, code: 200, object: entry.object };
}

export function list(context: RequestContext, scope: WatchScope): ApiResult {
  const parsed = parseSelection(scope);
  if (!parsed.ok) return parsed;
  const { storage } = context;
  const { apiVersion, kind } = storage.tables[scope.resource].definition;
  const metadata = { name: '', uid: '', resourceVersion: String(storage.revision), creationTimestamp: '' };
  const answer: ObjectList = {
    apiVersion,
    kind: `${kind}List`,
    metadata,
    items: select(storage, parsed.selection),
  };
  return { ok: true, code: 200, object: answer };
}

/** The objects that the selection covers, in key order. A pinned name costs O(1). */
export function select(storage: Storage, selection: Selection): readonly StoredObject[] {
  const table = storage.tables[selection.resource];
  const name = selection.fields?.pinned('metadata.name');
  if (name !== undefined && (selection.namespace !== undefined || !table.definition.namespaced)) {
    const entry = table.find(selection.namespace ?? '', name);
    return entry !== undefined && selection.covers(entry.object) ? [entry.object] : [];
  }
  const objects = storage.list(table, selection.namespace);
  return selection.everything ? objects : objects.filter((object) => selection.covers(object));
}
