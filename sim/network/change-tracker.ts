/**
 * What a proxier's informers have seen since its last sync. A change that no proxier would notice (labels, annotations,
 * a Service whose ports stay as they are) leaves no trace.
 * Source: service and endpoint change trackers of Kubernetes v1.36.3 pkg/proxy (`golden/proxy/README.md`, "When a sync runs").
 */
import { type EndpointSlice, keyOf, type Service } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import { EndpointList } from './endpoint-list.ts';
import type { PortState } from './port-rules.ts';
import type { ChangedService } from './proxy.ts';
import { isOurs, type ServicePort, samePorts, servicePorts } from './service-ports.ts';
import { sliceChange } from './slice-changes.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const NO_PORTS: readonly ServicePort[] = [];

export interface Changes {
  readonly services: readonly ChangedService[];
  /** When the oldest of them was triggered; undefined if none says. */
  readonly oldestTrigger: SimTime | undefined;
  /** Endpoints of a service with a UDP port are among them: stale conntrack entries have to go. */
  readonly udpEndpoints: boolean;
}

/** A Service, its slices, or both: either may come first. */
class TrackedService {
  ports: readonly ServicePort[] = NO_PORTS;
  readonly slices = new Map<string, EndpointSlice>();
  /** One per port, in the same order. */
  lists: readonly EndpointList[] = [];
  /** It had UDP endpoints at the last `take`. */
  udp = false;

  get isEmpty(): boolean {
    return this.ports.length === 0 && this.slices.size === 0;
  }

  setPorts(ports: readonly ServicePort[]): void {
    const lists = ports.map(({ portName }, i) => {
      const list = this.lists[i];
      return list?.portName === portName ? list : new EndpointList(portName, this.slices);
    });
    this.ports = ports;
    this.lists = lists;
  }

  states(): readonly PortState[] {
    return this.ports.map((port, i) => ({ port, endpoints: this.lists[i]!.endpoints }));
  }
}

export class ChangeTracker {
  readonly #services = new Map<string, TrackedService>();
  /** Services changed since the last `take`, in order of their first change. */
  readonly #changed = new Set<string>();
  /** Of these, services whose endpoints changed. */
  readonly #endpointsChanged = new Set<string>();
  #oldestTrigger: SimTime | undefined;

  /** True if this calls for a sync. `service` undefined: deleted. O(ports). */
  service(key: string, service: Service | undefined): boolean {
    const ports = service === undefined ? NO_PORTS : servicePorts(service);
    if (samePorts(this.portsKnown(key), ports)) return false;
    const tracked = this.#tracked(key);
    tracked.setPorts(ports);
    if (tracked.isEmpty) this.#services.delete(key);
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
    const tracked = this.#tracked(service);
    const key = keyOf(slice);
    const before = tracked.slices.get(key);
    const change = sliceChange(before, deleted ? undefined : slice);
    if (deleted) tracked.slices.delete(key);
    else tracked.slices.set(key, slice);
    // A new slice is news even without a single endpoint.
    const isNews = change !== undefined || (before === undefined) !== deleted;
    for (const list of tracked.lists) list.invalidate();
    if (tracked.isEmpty) this.#services.delete(service);
    return isNews;
  }

  #tracked(service: string): TrackedService {
    let tracked = this.#services.get(service);
    if (tracked === undefined) this.#services.set(service, (tracked = new TrackedService()));
    return tracked;
  }

  /** What changed since the last call. O(changed services). */
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
      const tracked = this.#services.get(service);
      if (tracked === undefined) continue;
      const has = hasUdpEndpoints(tracked.slices);
      changed ||= tracked.udp || has;
      tracked.udp = has;
    }
    return changed;
  }

  /** The ports of a service, as known now. */
  portsKnown(service: string): readonly ServicePort[] {
    return this.#services.get(service)?.ports ?? NO_PORTS;
  }

  /** The ports of a service with their endpoints, as known now. */
  portsOf(service: string): readonly PortState[] {
    return this.#services.get(service)?.states() ?? [];
  }

  /** Services with at least one port that a proxier serves. */
  *services(): IterableIterator<string> {
    for (const [service, { ports }] of this.#services) if (ports.length > 0) yield service;
  }
}

function hasUdpEndpoints(slices: ReadonlyMap<string, EndpointSlice>): boolean {
  for (const slice of slices.values()) {
    const udp = slice.ports?.some((port) => port.protocol === 'UDP') ?? false;
    if (udp && (slice.endpoints?.length ?? 0) > 0) return true;
  }
  return false;
}
