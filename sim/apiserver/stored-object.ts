/** What the storage keeps and tells: objects of any kind, and their changes. */
import type { KubernetesObject, ResourceName } from '../api/index.ts';
import type { SimEvent } from '../engine/index.ts';
import type { KeyHandle } from '../store/store.ts';
import type { WatchEventType } from './request.ts';

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
  /** Where the store keeps it. */
  readonly handle: KeyHandle<StoredObject>;
  /** A small integer of its own as long as the object exists: what caches can use as an array index. */
  readonly slot: number;
  object: StoredObject;
  /** Of the last write. */
  revision: number;
}
