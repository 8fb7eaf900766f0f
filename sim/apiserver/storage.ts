/**
 * HOT PATH: the API server's view of etcd: one table per resource (the watch cache of k8s.io/apiserver v1.36), every write
 * of which goes to the store under `/registry/<resource>/<key>`. Objects are immutable once stored.
 */
import {
  type KubernetesObject,
  type ResourceDefinition,
  type ResourceName,
  resourceNames,
  resources,
} from '../api/index.ts';
import type { Store } from '../store/store.ts';
import type { WatchEventType } from './request.ts';
import { WatchIndex } from './watch-index.ts';

/** Any stored kind, seen through the fields that the request path handles. */
export interface StoredObject extends KubernetesObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** One committed write. `object` is the last state on deletion. */
export interface Change {
  readonly resource: ResourceName;
  readonly type: WatchEventType;
  readonly key: string;
  readonly revision: number;
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
}

export interface Entry {
  readonly key: string;
  readonly storeKey: string;
  object: StoredObject;
  revision: number;
}

export class ResourceTable {
  readonly name: ResourceName;
  readonly definition: ResourceDefinition;
  readonly entries = new Map<string, Entry>();
  readonly watches = new WatchIndex();
  /** How many objects of a namespace and generateName were created: the counter of their generated names. */
  readonly #generated = new Map<string, Map<string, number>>();

  constructor(name: ResourceName) {
    this.name = name;
    this.definition = resources[name];
  }

  /** Counts 0, 1, 2… per (namespace, generateName). */
  nextGenerated(namespace: string, generateName: string): number {
    let counts = this.#generated.get(namespace);
    if (counts === undefined) this.#generated.set(namespace, (counts = new Map()));
    const n = counts.get(generateName) ?? 0;
    counts.set(generateName, n + 1);
    return n;
  }
}

/** Told of every write, at the commit. */
export interface ChangeListener {
  committed(table: ResourceTable, change: Change): void;
}

export class Storage {
  readonly tables: Readonly<Record<ResourceName, ResourceTable>>;
  readonly #store: Store<StoredObject>;
  readonly #listener: ChangeListener;

  constructor(store: Store<StoredObject>, listener: ChangeListener) {
    this.#store = store;
    this.#listener = listener;
    this.tables = Object.fromEntries(resourceNames.map((name) => [name, new ResourceTable(name)])) as Record<
      ResourceName,
      ResourceTable
    >;
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
    const prefix =
      namespace === undefined ? `/registry/${table.name}/` : `/registry/${table.name}/${namespace}/`;
    return this.#store.list(prefix).map((kv) => kv.value);
  }

  insert(table: ResourceTable, key: string, object: StoredObject): void {
    const storeKey = `/registry/${table.name}/${key}`;
    const revision = this.#store.put(storeKey, object).modRevision;
    table.entries.set(key, { key, storeKey, object, revision });
    this.#listener.committed(table, {
      resource: table.name,
      type: 'ADDED',
      key,
      revision,
      object,
      previous: undefined,
    });
  }

  replace(table: ResourceTable, entry: Entry, object: StoredObject): void {
    const previous = entry.object;
    const revision = this.#store.put(entry.storeKey, object).modRevision;
    entry.object = object;
    entry.revision = revision;
    this.#listener.committed(table, {
      resource: table.name,
      type: 'MODIFIED',
      key: entry.key,
      revision,
      object,
      previous,
    });
  }

  /** `last` is the object's last state with the resourceVersion of the deletion. */
  remove(table: ResourceTable, entry: Entry, last: StoredObject): void {
    const previous = entry.object;
    this.#store.delete(entry.storeKey);
    const revision = this.#store.revision;
    table.entries.delete(entry.key);
    this.#listener.committed(table, {
      resource: table.name,
      type: 'DELETED',
      key: entry.key,
      revision,
      object: last,
      previous,
    });
  }
}
