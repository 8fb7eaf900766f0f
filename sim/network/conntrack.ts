/**
 * Conntrack entries that a proxier deletes after a sync.
 * Source: pkg/proxy/conntrack, Kubernetes v1.36.3 (`golden/proxy/README.md`, "conntrack cleanup"). No run uses it yet: recorded cases
 * alone ask for it.
 */
import type { Protocol } from '../api/index.ts';
import type { PortState } from './port-rules.ts';
import type { ServicePort } from './service-ports.ts';

export interface ConntrackEntry {
  readonly protocol: Protocol;
  /** Where the client sent it. */
  readonly originalDestination: string;
  readonly originalPort: number;
  /** Who answers: the endpoint it was translated to. */
  readonly replySource: string;
  readonly replyPort: number;
}

/** What is left of `entries` after the cleanup. `ports`: all service ports. O(entries + endpoints of UDP ports). */
export function withoutStale(
  entries: readonly ConntrackEntry[],
  ports: Iterable<PortState>,
): readonly ConntrackEntry[] {
  const serving = new Map<string, ReadonlySet<string>>();
  for (const { port, endpoints } of ports) {
    if (port.protocol !== 'UDP') continue;
    const addresses = new Set(endpoints.filter((e) => e.serving).map((e) => e.ip));
    // An entry of a port that nobody serves stays.
    if (addresses.size > 0) for (const destination of destinations(port)) serving.set(destination, addresses);
  }
  return entries.filter((entry) => {
    if (entry.protocol !== 'UDP') return true;
    const addresses =
      serving.get(`${entry.originalDestination}:${entry.originalPort}`) ??
      serving.get(`:${entry.originalPort}`);
    return addresses === undefined || addresses.has(entry.replySource);
  });
}

/** "ip:port" of each address that the port answers on; ":nodePort" for any address. */
function destinations(port: ServicePort): readonly string[] {
  const ips = [port.clusterIP, ...port.externalIPs, ...port.loadBalancerIPs];
  const all = ips.map((ip) => `${ip}:${port.port}`);
  return port.nodePort === 0 ? all : [...all, `:${port.nodePort}`];
}
