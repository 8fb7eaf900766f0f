/** The slices of a Service that held all its endpoints when it was last looked at: from there on, changes are enough. */
import type { EndpointPort, EndpointSlice, Service } from '../../api/index.ts';
import type { ApiRequest, ApiResult } from '../../apiserver/index.ts';
import { portsKey } from './pod-endpoint.ts';

export class SettledSlices {
  readonly ports: readonly EndpointPort[];
  readonly #service: Service;
  readonly #nodeChanges: number;
  /** Slice name → resource version. */
  readonly #versions: Map<string, string | undefined>;

  constructor(
    service: Service,
    nodeChanges: number,
    ports: readonly EndpointPort[],
    slices: readonly EndpointSlice[],
  ) {
    this.ports = ports;
    this.#service = service;
    this.#nodeChanges = nodeChanges;
    this.#versions = new Map(slices.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
  }

  /** Follows a write; false if it was refused. */
  wrote(request: ApiRequest, result: ApiResult): boolean {
    if (!result.ok) return false;
    const { name, resourceVersion } = result.object.metadata;
    if (request.verb === 'delete') this.#versions.delete(name);
    else this.#versions.set(name, resourceVersion);
    return true;
  }

  /** True if nothing but members can have changed since. A placeholder has other ports. */
  holds(service: Service, nodeChanges: number, slices: readonly EndpointSlice[]): boolean {
    return (
      service === this.#service &&
      nodeChanges === this.#nodeChanges &&
      slices.length === this.#versions.size &&
      slices.every(
        ({ metadata, ports }) =>
          this.#versions.get(metadata.name) === metadata.resourceVersion &&
          portsKey(ports) === portsKey(this.ports),
      )
    );
  }
}
