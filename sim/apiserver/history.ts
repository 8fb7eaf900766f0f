/** The changes of one resource since a revision, read back from the store: what a watch that resumes has missed. */
import type { ObjectMeta } from '../api/index.ts';
import type { Store } from '../store/store.ts';
import type { WatchEvent } from '../store/types.ts';
import type { ResourceTable } from './resource-table.ts';
import type { Change, StoredObject } from './stored-object.ts';

/** In revision order; undefined if that part of the history is compacted. O(changes since). */
export function changesSince(
  store: Store<StoredObject>,
  table: ResourceTable,
  revision: number,
): readonly Change[] | undefined {
  if (revision < store.compactRevision) return undefined;
  const changes: Change[] = [];
  let compacted = false;
  const stream = store.watchStream({
    receive(_watchId, response) {
      if (response.compactRevision !== 0) compacted = true;
      for (const event of response.events) changes.push(changeOf(table, event));
    },
  });
  const { storePrefix } = table;
  const rangeEnd = `${storePrefix.slice(0, -1)}0`;
  const { watchId } = stream.create({
    key: storePrefix,
    rangeEnd,
    startRevision: revision + 1,
    prevKv: true,
  });
  while (store.catchUp()) {
    // Each call serves one batch.
  }
  stream.cancel(watchId);
  return compacted ? undefined : changes;
}

function changeOf(table: ResourceTable, { type, kv, prevKv }: WatchEvent<StoredObject>): Change {
  const common = {
    kind: 'deliver',
    key: kv.key.slice(table.storePrefix.length),
    n: kv.modRevision,
    resource: table.name,
  } as const;
  const previous = prevKv?.value;
  const slot = slotOf(table, (type === 'PUT' ? kv.value : previous)?.metadata);
  if (type === 'PUT')
    return {
      ...common,
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      slot,
      object: kv.value,
      previous,
    };
  const metadata = { ...previous!.metadata, resourceVersion: String(kv.modRevision) };
  return { ...common, type: 'DELETED', slot, object: { ...previous!, metadata }, previous };
}

/** Of the object if it is still stored; -1 if it is gone, or another one has its name. */
function slotOf(table: ResourceTable, metadata: ObjectMeta | undefined): number {
  if (metadata === undefined) return -1;
  const entry = table.find(metadata.namespace ?? '', metadata.name);
  return entry?.object.metadata.uid === metadata.uid ? entry.slot : -1;
}
