/**
 * Which of our own writes of EndpointSlices the informer has not shown yet. Kubernetes v1.36.3,
 * pkg/controller/util/endpointslice/endpointslice_tracker.go.
 */
import type { EndpointSlice } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/index.ts';
import type { Informer } from '../../client/index.ts';
import { serviceOf } from './slice-requests.ts';

/** A slice that was deleted: no generation shows it. */
const DELETED = Number.POSITIVE_INFINITY;

export class SliceTracker {
  readonly #slices: Informer<EndpointSlice>;
  /** Service → slice name → the generation that our last write gave it. */
  readonly #written = new Map<string, Map<string, number>>();
  /** Services that come back because their slices were stale. */
  readonly #waiting = new Set<string>();

  constructor(slices: Informer<EndpointSlice>) {
    this.#slices = slices;
  }

  /**
   * `new`: stale, and nobody comes back for it yet. One retry stands for all that comes meanwhile: a sync takes no time here,
   * upstream's takes long enough to see few of the changes.
   */
  stale(service: string): 'no' | 'new' | 'known' {
    if ((this.#written.get(service)?.size ?? 0) === 0) {
      this.#waiting.delete(service);
      return 'no';
    }
    if (this.#waiting.has(service)) return 'known';
    this.#waiting.add(service);
    return 'new';
  }

  /** Until the informer shows this write, nothing more is decided for the Service. */
  wrote(service: string, request: ApiRequest, result: ApiResult): void {
    if (!result.ok) return;
    const { namespace = '', name, generation = 0 } = result.object.metadata;
    const known = this.#slices.get(`${namespace}/${name}`);
    const deleted = request.verb === 'delete';
    if (deleted ? known === undefined : (known?.metadata.generation ?? -1) >= generation) return;
    let writes = this.#written.get(service);
    if (writes === undefined) this.#written.set(service, (writes = new Map()));
    writes.set(name, deleted ? DELETED : generation);
  }

  /** True if the slice is what our last write made of it. */
  isOwnWrite(slice: EndpointSlice): boolean {
    const { name, generation = 0 } = slice.metadata;
    const writes = this.#written.get(serviceOf(slice) ?? '');
    const expected = writes?.get(name);
    if (writes === undefined || expected === undefined || generation < expected) return false;
    return writes.delete(name);
  }

  isOwnDeletion(slice: EndpointSlice): boolean {
    return this.#written.get(serviceOf(slice) ?? '')?.delete(slice.metadata.name) === true;
  }

  forget(service: string): void {
    this.#written.delete(service);
    this.#waiting.delete(service);
  }
}
