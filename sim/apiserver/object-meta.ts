/**
 * The metadata of stored objects, and stored objects that have a spec and a status. All have the same fields in the same order,
 * absent ones undefined, and are made by literals: every reader then sees one shape, and spreading objects of many shapes costs microseconds.
 */
import {
  type DraftMeta,
  equalJson,
  type ObjectMeta,
  type PodStatus,
  resourceNames,
  resources,
  withFields,
} from '../api/index.ts';
import type { StoredObject } from './stored-object.ts';

/** What the server gives a new object. */
export interface SystemFields {
  readonly name: string;
  /** Empty for cluster-scoped resources. */
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  readonly creationTimestamp: string;
}

/** The submitted metadata with the system's fields in place of whatever the client put there. */
export function newMetadata(draft: DraftMeta, system: SystemFields): ObjectMeta {
  // Calls inside the literal would make every store after them need a write barrier.
  const labels = filled(draft.labels);
  const annotations = filled(draft.annotations);
  const ownerReferences = filled(draft.ownerReferences);
  const finalizers = filled(draft.finalizers);
  return {
    name: system.name,
    generateName: draft.generateName,
    namespace: system.namespace === '' ? undefined : system.namespace,
    uid: system.uid,
    resourceVersion: system.resourceVersion,
    generation: system.generation,
    creationTimestamp: system.creationTimestamp,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    labels,
    annotations,
    ownerReferences,
    finalizers,
  };
}

/** The metadata as the next write stores it. */
export const versioned = (
  metadata: ObjectMeta,
  resourceVersion: string,
  labels = metadata.labels,
  annotations = metadata.annotations,
): ObjectMeta => ({
  name: metadata.name,
  generateName: metadata.generateName,
  namespace: metadata.namespace,
  uid: metadata.uid,
  resourceVersion,
  generation: metadata.generation,
  creationTimestamp: metadata.creationTimestamp,
  deletionTimestamp: metadata.deletionTimestamp,
  deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
  labels,
  annotations,
  ownerReferences: metadata.ownerReferences,
  finalizers: metadata.finalizers,
});

/** The current metadata with what a user may change taken from the submitted, but for the labels if they are kept. `current` itself if those are the same. */
export function userMetadata(current: ObjectMeta, submitted: DraftMeta, keepsLabels = false): ObjectMeta {
  if (submitted === current) return current;
  const labels = keepsLabels ? current.labels : changed(current.labels, submitted.labels);
  const annotations = changed(current.annotations, submitted.annotations);
  const ownerReferences = changed(current.ownerReferences, submitted.ownerReferences);
  const finalizers = changed(current.finalizers, submitted.finalizers);
  if (
    labels === current.labels &&
    annotations === current.annotations &&
    ownerReferences === current.ownerReferences &&
    finalizers === current.finalizers
  ) {
    return current;
  }
  return { ...current, labels, annotations, ownerReferences, finalizers };
}

/** What is stored is filled already. */
const changed = <T extends object>(stored: T | undefined, submitted: T | undefined | null): T | undefined =>
  submitted === stored ? stored : filled(submitted);

/** Metadata of an object whose deletion has begun. */
export const deleting = (
  metadata: ObjectMeta,
  resourceVersion: string,
  generation: number | undefined,
  deletionTimestamp: string,
  deletionGracePeriodSeconds: number,
): ObjectMeta => ({
  name: metadata.name,
  generateName: metadata.generateName,
  namespace: metadata.namespace,
  uid: metadata.uid,
  resourceVersion,
  generation,
  creationTimestamp: metadata.creationTimestamp,
  deletionTimestamp,
  deletionGracePeriodSeconds,
  labels: metadata.labels,
  annotations: metadata.annotations,
  ownerReferences: metadata.ownerReferences,
  finalizers: metadata.finalizers,
});

/** Equal but for resourceVersion, of two states of one object. */
export const sameMetadata = (a: ObjectMeta, b: ObjectMeta): boolean =>
  a === b ||
  (a.generation === b.generation &&
    a.deletionTimestamp === b.deletionTimestamp &&
    a.deletionGracePeriodSeconds === b.deletionGracePeriodSeconds &&
    equalJson(a.labels, b.labels) &&
    equalJson(a.annotations, b.annotations) &&
    equalJson(a.ownerReferences, b.ownerReferences) &&
    equalJson(a.finalizers, b.finalizers));

/** Empty maps and lists are not stored. */
function filled<T extends object>(value: T | undefined | null): T | undefined {
  if (value === undefined || value === null) return undefined;
  for (const _ in value) return value;
  return undefined;
}

const kindsOfParts = new Set(
  resourceNames
    .filter((name) => resources[name].subresources.includes('status'))
    .map((name) => resources[name].kind),
);

/** Does it consist of metadata, spec and status, as every kind that has a status does? */
export const hasParts = ({ kind }: StoredObject): boolean => kind === 'Pod' || kindsOfParts.has(kind);

/** An object of the same kind, which has parts. */
export const objectOfParts = (
  { apiVersion, kind }: Pick<StoredObject, 'apiVersion' | 'kind'>,
  metadata: ObjectMeta,
  spec: unknown,
  status: unknown,
): StoredObject => ({ apiVersion, kind, metadata, spec, status });

export const withMetadata = (object: StoredObject, metadata: ObjectMeta): StoredObject =>
  hasParts(object)
    ? objectOfParts(object, metadata, object.spec, object.status)
    : withFields(object, { metadata });

/** The object as the write of that version stores it. */
export const withVersion = (object: StoredObject, resourceVersion: string): StoredObject =>
  withMetadata(object, versioned(object.metadata, resourceVersion));

/** Set for few pods: a status with one of them has a shape of its own. */
const RARE = ['ephemeralContainerStatuses', 'resize', 'allocatedResources', 'resources'] as const;
/** A field that is added to PodStatus has to be added here or above. */
type UsualStatus = {
  [Field in Exclude<keyof PodStatus, (typeof RARE)[number]>]-?: PodStatus[Field] | undefined;
};

/** The status with these conditions, in the order of the kubelet's fields. */
export function podStatusOf(status: PodStatus | undefined, conditions: PodStatus['conditions']): PodStatus {
  const usual: UsualStatus = {
    observedGeneration: status?.observedGeneration,
    phase: status?.phase,
    conditions,
    message: status?.message,
    reason: status?.reason,
    nominatedNodeName: status?.nominatedNodeName,
    hostIP: status?.hostIP,
    hostIPs: status?.hostIPs,
    podIP: status?.podIP,
    podIPs: status?.podIPs,
    startTime: status?.startTime,
    initContainerStatuses: status?.initContainerStatuses,
    containerStatuses: status?.containerStatuses,
    qosClass: status?.qosClass,
  };
  for (const field of RARE) if (status?.[field] !== undefined) return { ...usual, ...status, conditions };
  return usual;
}
