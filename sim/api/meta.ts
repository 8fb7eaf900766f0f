/** Small readings of object metadata that every component needs. */
import type { DraftMeta, KubernetesObject, OwnerReference } from './types/meta.ts';

interface WithMeta {
  readonly metadata: DraftMeta;
}

/** `namespace/name`, or the bare name of a cluster-scoped object: the key work queues and listers use. */
export function keyOf(object: WithMeta): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? (name ?? '') : `${namespace}/${name}`;
}

/** The inverse of {@link keyOf}. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: '', name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner with `controller: true`, if any. */
export function controllerOf(object: WithMeta): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners !== undefined) for (const owner of owners) if (owner.controller === true) return owner;
  return undefined;
}

/** The reference a controller puts on an object it creates. */
export const controllerReference = (owner: KubernetesObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const isTerminating = (object: WithMeta): boolean => object.metadata.deletionTimestamp !== undefined;
