/** Object and type metadata, label selectors, Status: `k8s.io/apimachinery/pkg/apis/meta/v1`, Kubernetes v1.36. */
import type { Descriptor, Of, Struct, StructOf } from '../schema/descriptor.ts';
import {
  any,
  bool,
  int64,
  list,
  listBy,
  map,
  oneOf,
  ptr,
  req,
  set,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';

export type Labels = Readonly<Record<string, string>>;
/** Canonical `resource.Quantity` text. */
export type Quantity = string;
/** Resource name → quantity, e.g. `{ cpu: '500m', memory: '1Gi' }`. */
export type ResourceList = Readonly<Record<string, Quantity>>;
/** `metav1.Time`: RFC 3339, UTC, whole seconds. */
export type Time = string;

export const ownerReference = struct('v1.OwnerReference', {
  apiVersion: req(str),
  kind: req(str),
  name: req(str),
  uid: req(str),
  controller: ptr(bool),
  blockOwnerDeletion: ptr(bool),
});
export interface OwnerReference extends Of<typeof ownerReference> {}

const metaFields = {
  generateName: str,
  namespace: str,
  selfLink: str,
  generation: int64,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: ptr(int64),
  labels: map(str),
  annotations: map(str),
  ownerReferences: listBy('uid', ownerReference),
  finalizers: set(str),
  managedFields: list(any),
};

/** Metadata of a stored object: what the API server always fills is required. */
export const objectMeta = struct('v1.ObjectMeta', {
  name: req(ptr(str)),
  ...metaFields,
  uid: req(ptr(str)),
  /** Decimal text of the store revision; compare only for equality, as clients must. */
  resourceVersion: req(ptr(str)),
  creationTimestamp: req(ptr(time)),
});
export interface ObjectMeta extends Of<typeof objectMeta> {}

/** Metadata of a template or of an object about to be created. */
export const draftMeta = struct('v1.ObjectMeta', {
  name: str,
  ...metaFields,
  uid: str,
  resourceVersion: str,
  creationTimestamp: time,
});
export interface DraftMeta extends Of<typeof draftMeta> {}

/** Any API object. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object as a client sends it to be created: the API server completes the metadata. */
export type Draft<T extends KubernetesObject> = T extends KubernetesObject
  ? { readonly [K in keyof T]: K extends 'metadata' ? DraftMeta : T[K] }
  : never;

type Fields = Readonly<Record<string, Descriptor<unknown>>>;
export interface TypeMeta<V extends string, K extends string> {
  readonly apiVersion: V;
  readonly kind: K;
  readonly metadata: ObjectMeta;
}
/** Descriptor of a whole kind; `apiVersion` and `kindName` are what its objects carry. */
export interface Kind<T> extends Struct<T> {
  readonly apiVersion: string;
  readonly kindName: string;
}

/** Describes a kind: its own fields plus apiVersion, kind and metadata. */
export const kind = <const V extends string, const K extends string, S extends Fields>(
  apiVersion: V,
  kindName: K,
  fields: S,
): Kind<TypeMeta<V, K> & StructOf<S>> => {
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  const { wire } = struct(`${version}.${kindName}`, {
    kind: str,
    apiVersion: str,
    metadata: objectMeta,
    ...fields,
  });
  return { wire, apiVersion, kindName };
};

export const labelSelectorRequirement = struct('v1.LabelSelectorRequirement', {
  key: req(str),
  operator: req(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')),
  values: list(str),
});
export interface LabelSelectorRequirement extends Of<typeof labelSelectorRequirement> {}

export const labelSelector = struct('v1.LabelSelector', {
  matchLabels: map(str),
  matchExpressions: list(labelSelectorRequirement),
});
export interface LabelSelector extends Of<typeof labelSelector> {}

/** `metav1.Condition`, and the older per-kind conditions, which all share these fields. */
export const condition = struct('v1.Condition', {
  type: req(str),
  status: req(oneOf('True', 'False', 'Unknown')),
  observedGeneration: int64,
  lastTransitionTime: time,
  lastUpdateTime: time,
  lastProbeTime: time,
  lastHeartbeatTime: time,
  reason: str,
  message: str,
});
export interface Condition extends Of<typeof condition> {}

/** `metav1.Status`: the body of a failed request. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string | undefined;
  readonly reason?: StatusReason | undefined;
  readonly details?: StatusDetails | undefined;
  readonly code: number;
}

export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable';

export interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

export interface StatusCause {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly field?: string | undefined;
}

/** `metav1.DeleteOptions`. */
export const deleteOptions = struct('v1.DeleteOptions', {
  apiVersion: str,
  kind: str,
  gracePeriodSeconds: ptr(int64),
  preconditions: struct('v1.Preconditions', { uid: ptr(str), resourceVersion: ptr(str) }),
  orphanDependents: ptr(bool),
  propagationPolicy: ptr(oneOf('Orphan', 'Background', 'Foreground')),
  dryRun: list(str),
});
export interface DeleteOptions extends Of<typeof deleteOptions> {}

export const localObjectReference = struct('v1.LocalObjectReference', { name: str });

export const objectReference = struct('v1.ObjectReference', {
  kind: str,
  namespace: str,
  name: str,
  uid: str,
  apiVersion: str,
  resourceVersion: str,
  fieldPath: str,
});
export interface ObjectReference extends Of<typeof objectReference> {}
