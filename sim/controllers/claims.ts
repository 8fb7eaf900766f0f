/**
 * Adoption and release of pods by label selector. Kubernetes v1.36.3, pkg/controller/controller_ref_manager.go:
 * an orphan that matches gets a controller reference (after a fresh look whether the owner is being deleted),
 * an owned pod that no longer matches loses it.
 */
import { controllerReference, type KubernetesObject, type ResourceName } from '../api/index.ts';
import type { ApiRequest, ApiResult } from '../apiserver/index.ts';
import { type Plan, RETRY, write } from './controller.ts';

export interface Claims<T extends KubernetesObject> {
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}

/** Carries out the claims, then goes on with the objects that were adopted; retries if a claim failed. */
export function claim<T extends KubernetesObject>(
  owner: KubernetesObject,
  ownerResource: ResourceName,
  resource: ResourceName,
  claims: Claims<T>,
  then: (adopted: readonly T[]) => Plan,
): Plan {
  if (claims.adopt.length === 0 && claims.release.length === 0) return then([]);
  const patches = (adopt: readonly T[]): Plan => ({
    writes: [
      ...claims.release.map((object) => releasePatch(resource, object, owner)),
      ...adopt.map((object) => adoptPatch(resource, object, owner)),
    ],
    resume: (results) => settle(results, claims.release.length, adopt, then),
  });
  if (claims.adopt.length === 0) return patches([]);
  const { namespace = '', name } = owner.metadata;
  return write({ verb: 'get', resource: ownerResource, namespace, name }, (fresh) =>
    mayAdopt(fresh, owner) ? patches(claims.adopt) : RETRY,
  );
}

const mayAdopt = (fresh: ApiResult, owner: KubernetesObject): boolean =>
  fresh.ok &&
  fresh.object.metadata.uid === owner.metadata.uid &&
  fresh.object.metadata.deletionTimestamp === undefined;

function settle<T extends KubernetesObject>(
  results: readonly ApiResult[],
  releases: number,
  adopt: readonly T[],
  then: (adopted: readonly T[]) => Plan,
): Plan {
  const adopted: T[] = [];
  for (const [i, result] of results.entries()) {
    if (result.ok && i >= releases) adopted.push(adopt[i - releases]!);
    if (!result.ok && result.error.code !== 404 && result.error.code !== 422) return RETRY;
  }
  return then(adopted);
}

function adoptPatch(resource: ResourceName, object: KubernetesObject, owner: KubernetesObject): ApiRequest {
  const patch = { metadata: { ownerReferences: [controllerReference(owner)], uid: object.metadata.uid } };
  return patchOf(resource, object, patch);
}

function releasePatch(resource: ResourceName, object: KubernetesObject, owner: KubernetesObject): ApiRequest {
  const patch = {
    metadata: { ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }], uid: object.metadata.uid },
  };
  return patchOf(resource, object, patch);
}

const patchOf = (resource: ResourceName, { metadata }: KubernetesObject, patch: unknown): ApiRequest => ({
  verb: 'patch',
  resource,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  patchType: 'strategic',
  patch,
});
