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
import type { SimEvent } from '../engine/index.ts';
import type { Store } from '../store/store.ts';
import { changesSince } from './history.ts';
import type { WatchEventType } from './request.ts';
import { type Strategy, strategyOf } from './strategy.ts';
import { WatchIndex } from './watch-index.ts';

/** Any stored kind, seen through the fields that the request path handles. */
export interface StoredObject extends KubernetesObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** One committed write, and the event that carries it to the watches. */
export interface Change extends SimEvent {
  readonly kind: 'deliver';
  /** The revision. */
  readonly n: number;
  readonly resource: ResourceName;
  readonly type: WatchEventType;
  /** The object's slot in its table, negative in history of an object that is gone. */
  readonly slot: number;
  /** The last state on deletion. */
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
}

export interface Entry {
  /** As keyOf(object). */
  readonly key: string;
  readonly storeKey: string;
  /** A small integer of its own as long as the object exists: what caches can use as an array index. */
  readonly slot: number;
  object: StoredObject;
  /** Of the last write. */
  revision: number;
}

/** Found by namespace and then name, which are at hand as strings already hashed: no key is built to look one up. */
export class ResourceTable {
  readonly name: ResourceName;
  readonly definition: ResourceDefinition;
  readonly strategy: Strategy;
  readonly keepsStatus: boolean;
  readonly watches = new WatchIndex();
  readonly storePrefix: string;
  readonly #namespaces = new Map<string, Map<string, Entry>>();
  /** How many objects of a namespace and generateName were created: the counter of their generated names. */
  readonly #generated = new Map<string, Map<string, number>>();
  readonly #freeSlots: number[] = [];
  #size = 0;

  constructor(name: ResourceName) {
    this.name = name;
    this.definition = resources[name];
    this.strategy = strategyOf(name);
    this.keepsStatus = this.definition.subresources.includes('status');
    this.storePrefix = `/registry/${name}/`;
  }

  get size(): number {
    return this.#size;
  }

  /** Empty namespace for cluster-scoped resources. O(1). */
  find(namespace: string, name: string): Entry | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** Objects of one namespace, in order of creation. */
  inNamespace(namespace: string): Iterable<Entry> {
    return this.#namespaces.get(namespace)?.values() ?? [];
  }

  /** A slot that no stored object has. */
  nextSlot(): number {
    return this.#freeSlots.pop() ?? this.#size;
  }

  add(namespace: string, name: string, entry: Entry): void {
    const names = this.#namespaces.get(namespace);
    if (names === undefined) this.#namespaces.set(namespace, new Map([[name, entry]]));
    else names.set(name, entry);
    this.#size++;
  }

  drop(namespace: string, name: string, { slot }: Entry): void {
    const names = this.#namespaces.get(namespace);
    if (names?.delete(name) !== true) return;
    this.#size--;
    this.#freeSlots.push(slot);
    if (names.size === 0) this.#namespaces.delete(namespace);
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
    const storeKey = table.storePrefix + key;
    const revision = this.#store.put(storeKey, object).modRevision;
    const slot = table.nextSlot();
    table.add(namespace, object.metadata.name, { key, storeKey, slot, object, revision });
    this.#tell(table, 'ADDED', key, slot, revision, object, undefined);
  }

  replace(table: ResourceTable, entry: Entry, object: StoredObject): void {
    if (this.#dry) return;
    const previous = entry.object;
    const revision = this.#store.put(entry.storeKey, object).modRevision;
    entry.object = object;
    entry.revision = revision;
    this.#tell(table, 'MODIFIED', entry.key, entry.slot, revision, object, previous);
  }

  /** `last` is the object's last state with the resourceVersion of the deletion. */
  remove(table: ResourceTable, entry: Entry, last: StoredObject): void {
    if (this.#dry) return;
    const previous = entry.object;
    this.#store.delete(entry.storeKey);
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
