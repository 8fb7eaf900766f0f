/**
 * What a proxier's informers have seen since its last sync. A change that no proxier would notice (labels, annotations,
 * a Service whose ports stay as they are) leaves no trace.
 * Source: service and endpoint change trackers of Kubernetes v1.36.3 pkg/proxy (`golden/proxy/README.md`, "When a sync runs").
 */
import { type EndpointSlice, keyOf, type Service } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import { endpointsOf, sameSlice } from './endpoints.ts';
import type { PortState } from './port-rules.ts';
import type { ChangedService } from './proxy.ts';
import { isOurs, type ServicePort, samePorts, servicePorts } from './service-ports.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const NO_PORTS: readonly ServicePort[] = [];
const NO_SLICES: ReadonlyMap<string, EndpointSlice> = new Map();

export interface Changes {
  readonly services: readonly ChangedService[];
  /** When the oldest of them was triggered; undefined if none says. */
  readonly oldestTrigger: SimTime | undefined;
  /** Endpoints of a service with a UDP port are among them: stale conntrack entries have to go. */
  readonly udpEndpoints: boolean;
}

export class ChangeTracker {
  /** Services with at least one port that a proxier serves. */
  readonly #ports = new Map<string, readonly ServicePort[]>();
  /** Service to slice to content. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  /** Services changed since the last `take`, in order of their first change. */
  readonly #changed = new Set<string>();
  /** Of these, services whose endpoints changed. */
  readonly #endpointsChanged = new Set<string>();
  /** Services with a UDP endpoint when last looked at. */
  readonly #udp = new Set<string>();
  #oldestTrigger: SimTime | undefined;

  /** True if this calls for a sync. `service` undefined: deleted. O(ports). */
  service(key: string, service: Service | undefined): boolean {
    const before = this.#ports.get(key) ?? NO_PORTS;
    const after = service === undefined ? NO_PORTS : servicePorts(service);
    if (samePorts(before, after)) return false;
    if (after.length === 0) this.#ports.delete(key);
    else this.#ports.set(key, after);
    this.#changed.add(key);
    return true;
  }

  /**
   * The service whose endpoints changed, which calls for a sync; undefined if no proxier would notice.
   * `trigger`: when the change behind it happened. O(endpoints of the slice).
   */
  slice(slice: EndpointSlice, deleted: boolean, trigger?: SimTime): string | undefined {
    const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    if (name === undefined || name === '' || !isOurs(slice)) return undefined;
    const service = `${slice.metadata.namespace ?? ''}/${name}`;
    if (!this.#storeSlice(service, slice, deleted)) return undefined;
    this.#changed.add(service);
    this.#endpointsChanged.add(service);
    if (trigger !== undefined && !(this.#oldestTrigger !== undefined && this.#oldestTrigger <= trigger)) {
      this.#oldestTrigger = trigger;
    }
    return service;
  }

  #storeSlice(service: string, slice: EndpointSlice, deleted: boolean): boolean {
    let slices = this.#slices.get(service);
    const key = keyOf(slice);
    const before = slices?.get(key);
    if (deleted) {
      slices?.delete(key);
      if (slices?.size === 0) this.#slices.delete(service);
      return before !== undefined;
    }
    if (slices === undefined) this.#slices.set(service, (slices = new Map()));
    slices.set(key, slice);
    return before === undefined || !sameSlice(before, slice);
  }

  get pending(): boolean {
    return this.#changed.size > 0;
  }

  /** What changed since the last call. O(endpoints of the changed services). */
  take(): Changes {
    const services = [...this.#changed].map((service) => ({ service, ports: this.portsOf(service) }));
    const oldestTrigger = this.#oldestTrigger;
    const udpEndpoints = this.#udpChanged();
    this.#changed.clear();
    this.#endpointsChanged.clear();
    this.#oldestTrigger = undefined;
    return { services, oldestTrigger, udpEndpoints };
  }

  /** Whether a service whose endpoints changed has UDP endpoints, or had some. */
  #udpChanged(): boolean {
    let changed = false;
    for (const service of this.#endpointsChanged) {
      const had = this.#udp.delete(service);
      const has = hasUdpEndpoints(this.#slices.get(service) ?? NO_SLICES);
      if (has) this.#udp.add(service);
      changed ||= had || has;
    }
    return changed;
  }

  /** The ports of a service, as known now. */
  portsKnown(service: string): readonly ServicePort[] {
    return this.#ports.get(service) ?? NO_PORTS;
  }

  /** The ports of a service with their endpoints, as known now. */
  portsOf(service: string): readonly PortState[] {
    const slices = this.#slices.get(service) ?? NO_SLICES;
    return (this.#ports.get(service) ?? NO_PORTS).map((port) => ({
      port,
      endpoints: endpointsOf(slices.values(), port.portName),
    }));
  }

  *services(): IterableIterator<string> {
    yield* this.#ports.keys();
  }
}

function hasUdpEndpoints(slices: ReadonlyMap<string, EndpointSlice>): boolean {
  for (const slice of slices.values()) {
    const udp = slice.ports?.some((port) => port.protocol === 'UDP') ?? false;
    if (udp && (slice.endpoints?.length ?? 0) > 0) return true;
  }
  return false;
}
