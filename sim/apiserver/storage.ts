/**
 * The API server's view of etcd: one table per resource, every write of which goes to the store under
 * `/registry/<resource>/<key>`. Objects are immutable once stored.
 */
import { type ResourceName, resourceNames } from '../api/index.ts';
import type { Store } from '../store/store.ts';
import { changesSince } from './history.ts';
import type { WatchEventType } from './request.ts';
import { ResourceTable } from './resource-table.ts';
import type { Change, Entry, StoredObject } from './stored-object.ts';

/** Told of every write, at the commit. */
export interface ChangeListener {
  committed(table: ResourceTable, change: Change): void;
}

export class Storage {
  readonly tables: Readonly<Record<ResourceName, ResourceTable>>;
  readonly #store: Store<StoredObject>;
  readonly #listener: ChangeListener;
  #dry = false;

  constructor(store: Store<StoredObject>, listener: ChangeListener) {
    this.#store = store;
    this.#listener = listener;
    const rows = resourceNames.map((name) => [name, new ResourceTable(name)] as const);
    this.tables = Object.fromEntries(rows) as Record<ResourceName, ResourceTable>;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** The resourceVersion that the next write gets: to be put into its object. */
  nextResourceVersion(): string {
    return String(this.#store.revision + 1);
  }

  /** In key order. O(found) and sorting of what is new since the last list. */
  list(table: ResourceTable, namespace?: string): StoredObject[] {
    const prefix = namespace === undefined ? table.storePrefix : `${table.storePrefix}${namespace}/`;
    return this.#store.list(prefix).map((kv) => kv.value);
  }

  /** In revision order; undefined if that part of the history is compacted. */
  changesSince(table: ResourceTable, revision: number): readonly Change[] | undefined {
    return changesSince(this.#store, table, revision);
  }

  /** In a dry run: nothing may be taken for good. */
  get dry(): boolean {
    return this.#dry;
  }

  /** Runs `body` without writing anything: what it inserts, replaces or removes stays as it is. */
  dryRun<T>(body: () => T): T {
    this.#dry = true;
    try {
      return body();
    } finally {
      this.#dry = false;
    }
  }

  insert(table: ResourceTable, namespace: string, key: string, object: StoredObject): void {
    if (this.#dry) return;
    const handle = this.#store.insert(table.storePrefix + key, object);
    const { revision } = this.#store;
    const slot = table.nextSlot();
    table.add(namespace, object.metadata.name, { key, handle, slot, object, revision });
    this.#tell(table, 'ADDED', key, slot, revision, object, undefined);
  }

  replace(table: ResourceTable, entry: Entry, object: StoredObject): void {
    if (this.#dry) return;
    const previous = entry.object;
    const revision = this.#store.putTo(entry.handle, object).modRevision;
    entry.object = object;
    entry.revision = revision;
    this.#tell(table, 'MODIFIED', entry.key, entry.slot, revision, object, previous);
  }

  /** `last` is the object's last state with the resourceVersion of the deletion. */
  remove(table: ResourceTable, entry: Entry, last: StoredObject): void {
    if (this.#dry) return;
    const previous = entry.object;
    this.#store.deleteFrom(entry.handle);
    table.drop(last.metadata.namespace ?? '', last.metadata.name, entry);
    this.#tell(table, 'DELETED', entry.key, entry.slot, this.#store.revision, last, previous);
  }

  #tell(
    table: ResourceTable,
    type: WatchEventType,
    key: string,
    slot: number,
    n: number,
    object: StoredObject,
    previous: StoredObject | undefined,
  ): void {
    const { name: resource } = table;
    this.#listener.committed(table, { kind: 'deliver', key, n, resource, type, slot, object, previous });
  }
}
