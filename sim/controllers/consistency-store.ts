/**
 * What a controller wrote for each of its objects and has not read back yet: until the informers show it, a decision would be taken
 * from an older view. Kubernetes v1.36.3, pkg/controller/util/consistency/consistency.go; ReplicaSets and Jobs have it by default
 * (feature gates StaleControllerConsistencyReplicaSet and StaleControllerConsistencyJob, beta in 1.36), ReplicationControllers not.
 */
import { controllerOf, type KubernetesObject } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/index.ts';
import type { Informer } from '../client/index.ts';

type Owners = Pick<Informer<unknown>, 'get' | 'resourceVersion'>;
type Dependents = Pick<Informer<unknown>, 'resourceVersion'>;

/** The newest versions written, 0 if none. */
interface Written {
  owner: number;
  pods: number;
}

export class ConsistencyStore {
  readonly #owners: Owners;
  readonly #pods: Dependents;
  readonly #written = new Map<string, Written>();

  constructor(owners: Owners, pods: Dependents) {
    this.#owners = owners;
    this.#pods = pods;
  }

  /** `object` is what the API server answered to `request`. Reads, deletions, pods let go and owners that are gone are not waited for. */
  wrote(key: string, { verb }: ApiRequest, object: KubernetesObject): void {
    if (verb !== 'create' && verb !== 'update' && verb !== 'patch') return;
    const isPod = object.kind === 'Pod';
    const version = Number(object.metadata.resourceVersion);
    if (version <= (isPod ? this.#pods : this.#owners).resourceVersion) return;
    if (this.#owners.get(key) === undefined || (isPod && controllerOf(object) === undefined)) return;
    let written = this.#written.get(key);
    if (written === undefined) this.#written.set(key, (written = { owner: 0, pods: 0 }));
    if (isPod) written.pods = Math.max(written.pods, version);
    else written.owner = Math.max(written.owner, version);
  }

  /** All that was written for `key` can be read. */
  ready(key: string): boolean {
    const written = this.#written.get(key);
    if (written === undefined) return true;
    if (written.owner > this.#owners.resourceVersion || written.pods > this.#pods.resourceVersion)
      return false;
    this.#written.delete(key);
    return true;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
