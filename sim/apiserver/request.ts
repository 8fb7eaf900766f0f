/** What clients ask of the API server and what it answers: plain data, one union each. */
import type { DraftMeta, KubernetesObject, ResourceName, ResourceTypes } from '../api/index.ts';

export type PatchType = 'merge' | 'json' | 'strategic';
export type PropagationPolicy = 'Orphan' | 'Background' | 'Foreground';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: PropagationPolicy | undefined;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
}

/** Empty namespace for cluster-scoped resources. */
export interface ObjectReference {
  readonly resource: ResourceName;
  readonly namespace: string;
  readonly name: string;
}

/** An object as a client sends it: the API server completes its metadata. Any kind is assignable. */
export interface SubmittedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: DraftMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

export type ApiRequest =
  | {
      readonly verb: 'create';
      readonly resource: ResourceName;
      readonly namespace: string;
      readonly object: SubmittedObject;
    }
  | ({ readonly verb: 'get' } & ObjectReference)
  | {
      readonly verb: 'list';
      readonly resource: ResourceName;
      /** Absent: all namespaces. */
      readonly namespace?: string | undefined;
      readonly labelSelector?: string | undefined;
      readonly fieldSelector?: string | undefined;
    }
  /** Optimistic concurrency: a metadata.resourceVersion that is not current is a 409; absent or empty means unconditional. */
  | {
      readonly verb: 'update';
      readonly resource: ResourceName;
      readonly object: SubmittedObject;
      readonly subresource?: 'status' | 'finalize' | undefined;
    }
  | ({
      readonly verb: 'patch';
      readonly patchType: PatchType;
      readonly patch: unknown;
      readonly subresource?: 'status' | 'scale' | undefined;
    } & ObjectReference)
  | ({ readonly verb: 'delete'; readonly options?: DeleteOptions | undefined } & ObjectReference)
  /** The pods/binding subresource: 409 if the pod is bound already or is being deleted. */
  | {
      readonly verb: 'bind';
      readonly namespace: string;
      readonly name: string;
      readonly uid?: string | undefined;
      readonly node: string;
      /** Annotations of the Binding object: added to the pod's. */
      readonly annotations?: Readonly<Record<string, string>> | undefined;
    }
  /** The pods/eviction subresource: 429 with cause DisruptionBudget if a PodDisruptionBudget forbids it. */
  | {
      readonly verb: 'evict';
      readonly namespace: string;
      readonly name: string;
      readonly options?: DeleteOptions | undefined;
    }
  /** The scale subresource of a ReplicationController, ReplicaSet, Deployment or StatefulSet. */
  | ({ readonly verb: 'scale'; readonly replicas: number } & ObjectReference);

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A metav1.Status of status Failure. */
export interface ApiError {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes?: readonly StatusCause[] | undefined;
}

/** A modelled failure is a value that the caller has to look at. The answer to a list is an ObjectList. */
export type ApiResult<T = KubernetesObject> =
  | {
      readonly ok: true;
      readonly code: 200 | 201;
      readonly object: T;
      readonly warnings?: readonly string[] | undefined;
    }
  | { readonly ok: false; readonly error: ApiError };

/** PodList, NodeList…; of the metadata only resourceVersion means something. Items are in key order. */
export interface ObjectList<T = KubernetesObject> extends KubernetesObject {
  readonly items: readonly T[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** What a watch covers. Selectors that the fan-out indexes: `spec.nodeName=N` on pods, `metadata.name=N` on anything. */
export interface WatchScope<R extends ResourceName = ResourceName> {
  readonly resource: R;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** A change as one watch sees it. Objects are shared and immutable. */
export interface WatchEvent<T = ResourceTypes[ResourceName]> {
  readonly type: WatchEventType;
  /** Its last state for DELETED. */
  readonly object: T;
  /** The object before the change; undefined for ADDED. */
  readonly previous: T | undefined;
  /** As keyOf(object). */
  readonly key: string;
  /**
   * A small integer that the object has to itself as long as it exists, for use as an array index; negative when a watch that
   * resumes is told of an object that is gone by now.
   */
  readonly slot: number;
  /** The revision of the change, which is the object's resourceVersion. */
  readonly n: number;
}

/** Called in Phase.delivery, in resourceVersion order per scope. */
export interface WatchSink<R extends ResourceName = ResourceName> {
  /** The initial list, once, before any event. `slots` as in WatchEvent, one per item. */
  onList(items: readonly ResourceTypes[R][], resourceVersion: number, slots: readonly number[]): void;
  onEvent(event: WatchEvent<ResourceTypes[R]>): void;
  /** 410 Gone: the watch cannot go on from its revision; relist. */
  onExpired?(): void;
}

export interface WatchHandle {
  stop(): void;
}
