/** Volumes and claims as the API has them, but for what this scheduler has decided about them: `assume_cache.go`. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../sim/api/index.ts';
import type { Handle, Listers, Memory } from '../../sim/scheduler/contract.ts';
import { bindTo, keyOfClaim, type PodVolumes, selectNode } from './pod-volumes.ts';

/** Objects this scheduler has decided to change, until the API says something newer than `base`. */
interface Assumed<T> {
  readonly base: string;
  readonly object: T;
}

interface Assumptions {
  readonly volumes: ReadonlyMap<string, Assumed<PersistentVolume>>;
  readonly claims: ReadonlyMap<string, Assumed<PersistentVolumeClaim>>;
}

export class AssumeCache {
  readonly #listers: Listers;
  readonly #assumptions: Memory<Assumptions>;

  constructor(handle: Handle) {
    this.#listers = handle.listers;
    this.#assumptions = handle.memory<Assumptions>({ volumes: new Map(), claims: new Map() });
  }

  claim(key: string): PersistentVolumeClaim | undefined {
    const live = this.#listers.persistentVolumeClaims.get(key);
    return newest(live, this.#assumptions.value.claims.get(key));
  }

  volume(name: string): PersistentVolume | undefined {
    return newest(this.#listers.persistentVolumes.get(name), this.#assumptions.value.volumes.get(name));
  }

  *volumes(): Iterable<PersistentVolume> {
    const { volumes } = this.#assumptions.value;
    for (const live of this.#listers.persistentVolumes.values())
      yield newest(live, volumes.get(live.metadata.name)) ?? live;
  }

  /** From now on this scheduler counts the volumes as the pod's. */
  assume({ bindings, provisions }: PodVolumes, node: string): void {
    const volumes = new Map(this.#assumptions.value.volumes);
    const claims = new Map(this.#assumptions.value.claims);
    for (const { volume, claim } of bindings)
      volumes.set(volume.metadata.name, {
        base: volume.metadata.resourceVersion,
        object: bindTo(volume, claim),
      });
    for (const claim of provisions)
      claims.set(keyOfClaim(claim), {
        base: claim.metadata.resourceVersion,
        object: selectNode(claim, node),
      });
    this.#assumptions.set({ volumes, claims });
  }

  revert({ bindings, provisions }: PodVolumes): void {
    const volumes = new Map(this.#assumptions.value.volumes);
    const claims = new Map(this.#assumptions.value.claims);
    for (const { volume } of bindings) volumes.delete(volume.metadata.name);
    for (const claim of provisions) claims.delete(keyOfClaim(claim));
    this.#assumptions.set({ volumes, claims });
  }
}

/** What was assumed, unless the API has something newer. */
function newest<T extends { readonly metadata: { readonly resourceVersion: string } }>(
  live: T | undefined,
  assumed: Assumed<T> | undefined,
): T | undefined {
  return assumed !== undefined && live?.metadata.resourceVersion === assumed.base ? assumed.object : live;
}
