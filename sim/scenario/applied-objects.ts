/** What `kubectl apply` keeps of each object: what was applied last, and which actions wait for their turn. */
import { type Draft, type KubernetesObject, resourceOf, resources } from '../api/index.ts';
import type { ApiRequest, ApiResult, ObjectReference } from '../apiserver/index.ts';
import { applyPatch } from './apply-patch.ts';

/**
 * Actions go by number. Files may hold an object twice. DEVIATION: kubectl apply takes one document after the other; here only
 * those of one object wait for each other, all others are applied at once.
 */
export class AppliedObjects {
  /**
   * What the API accepted last, by uid. DEVIATION: what was applied last is kept beside the API, not in an annotation of the
   * object (kubectl.kubernetes.io/last-applied-configuration).
   */
  readonly #last = new Map<string, Draft<KubernetesObject>>();
  /** Those that come next, by object that is being applied. */
  readonly #waiting = new Map<string, number[]>();

  /** False if the object is being applied already: `ends` tells when it is the turn of action `n`. */
  starts(object: Draft<KubernetesObject>, n: number): boolean {
    const key = identityOf(object);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, []);
    else waiting.push(n);
    return waiting === undefined;
  }

  /** Creates what is missing, patches what exists. */
  request(object: Draft<KubernetesObject>, current: KubernetesObject | undefined): ApiRequest {
    const target = referenceTo(object);
    const { resource, namespace } = target;
    if (current === undefined) return { verb: 'create', resource, namespace, object };
    const last = this.#last.get(uidOf(current));
    const patch = applyPatch(resources[resource].schema.wire, { last, current, modified: object });
    return { verb: 'patch', patchType: 'strategic', patch, ...target };
  }

  /** The action that is to apply the object next. */
  ends(object: Draft<KubernetesObject>, result: ApiResult): number | undefined {
    if (result.ok) this.#last.set(uidOf(result.object), object);
    const key = identityOf(object);
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    return next;
  }
}

const uidOf = ({ metadata }: KubernetesObject): string => metadata.uid ?? '';

function identityOf(object: Draft<KubernetesObject>): string {
  const { resource, namespace, name } = referenceTo(object);
  return `${resource}/${namespace}/${name}`;
}

/** Throws RangeError for a kind that the API does not serve; loaders have checked that. */
export function referenceTo(object: Draft<KubernetesObject>): ObjectReference {
  const resource = resourceOf(object);
  if (resource === undefined) throw new RangeError(`no resource for kind ${object.kind}`);
  const { namespace, name = '' } = object.metadata;
  return { resource, namespace: resources[resource].namespaced ? (namespace ?? 'default') : '', name };
}
