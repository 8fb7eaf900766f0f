/**
 * What a controller wrote for each of its keys and has not read back yet: until the informers show it, a decision would be taken
 * from an older view. Kubernetes v1.36.3, pkg/controller/util/consistency/consistency.go; ReplicaSets have it by default (feature
 * gate StaleControllerConsistencyReplicaSet, beta in 1.36).
 */
import type { KubernetesObject } from '../api/index.ts';

/** The side of an informer that tells how far it has come. */
interface Reader {
  /** Of the newest change it shows. */
  readonly resourceVersion: number;
}

interface Written {
  readonly reader: Reader;
  /** The newest of the versions written. */
  version: number;
}

export class ConsistencyStore {
  readonly #written = new Map<string, Written[]>();

  /** `object`, as the API server answered, was created or changed for `key`; `reader` will show it. */
  wrote(key: string, reader: Reader, { metadata }: KubernetesObject): void {
    const version = Number(metadata.resourceVersion);
    if (version <= reader.resourceVersion) return;
    const writes = this.#written.get(key);
    const known = writes?.find((written) => written.reader === reader);
    if (known !== undefined) known.version = Math.max(known.version, version);
    else if (writes !== undefined) writes.push({ reader, version });
    else this.#written.set(key, [{ reader, version }]);
  }

  /** All that was written for `key` can be read. */
  ready(key: string): boolean {
    const writes = this.#written.get(key);
    if (writes === undefined) return true;
    if (writes.some(({ reader, version }) => reader.resourceVersion < version)) return false;
    this.#written.delete(key);
    return true;
  }

  forget(key: string): void {
    this.#written.delete(key);
  }
}
