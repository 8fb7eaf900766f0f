/**
 * What one service port puts into ipvs and ipset on one node, and the iptables rules that the sets need.
 * Source: proxier of Kubernetes v1.36.3 pkg/proxy/ipvs (`golden/proxy/README.md`, "ipvs").
 */
import { addressIn } from '../../sim/network/addresses.ts';
import type { Endpoint } from '../../sim/network/endpoints.ts';
import type { PortState } from '../../sim/network/port-rules.ts';
import type { ServicePort } from '../../sim/network/service-ports.ts';
import type { ProxyNode, UsableEndpoints } from '../../sim/network/usable-endpoints.ts';

/** Every set is created and listed by every sync, used or not. */
export const SET_COUNT = 17;
/** Lines of the restore without any service: 2 × `*`/COMMIT, 11 chains, 7 nat rules, 10 filter rules. */
export const FIXED = { natChains: 5, natRules: 7, filterChains: 6, filterRules: 10 } as const;

/** Rules that exist while a set is not empty. */
export const SET_RULES: Readonly<Record<string, { readonly nat: number; readonly filter: number }>> = {
  'KUBE-LOOP-BACK': { nat: 1, filter: 0 },
  'KUBE-CLUSTER-IP': { nat: 2, filter: 0 },
  'KUBE-EXTERNAL-IP': { nat: 3, filter: 0 },
  'KUBE-EXTERNAL-IP-LOCAL': { nat: 2, filter: 0 },
  'KUBE-LOAD-BALANCER': { nat: 2, filter: 0 },
  'KUBE-LOAD-BALANCER-LOCAL': { nat: 1, filter: 0 },
  'KUBE-LOAD-BALANCER-FW': { nat: 0, filter: 1 },
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': { nat: 0, filter: 1 },
  'KUBE-LOAD-BALANCER-SOURCE-IP': { nat: 0, filter: 1 },
  'KUBE-NODE-PORT-TCP': { nat: 1, filter: 0 },
  'KUBE-NODE-PORT-LOCAL-TCP': { nat: 1, filter: 0 },
  'KUBE-NODE-PORT-UDP': { nat: 1, filter: 0 },
  'KUBE-NODE-PORT-LOCAL-UDP': { nat: 1, filter: 0 },
  'KUBE-NODE-PORT-SCTP-HASH': { nat: 1, filter: 0 },
  'KUBE-NODE-PORT-LOCAL-SCTP-HASH': { nat: 1, filter: 0 },
};

export interface VirtualServer {
  /** "ip:port/protocol". */
  readonly key: string;
  readonly protocol: ServicePort['protocol'];
  /** Seconds of persistence; 0: none. */
  readonly persistentTimeout: number;
  /** Ordered by key. */
  readonly realServers: readonly Endpoint[];
}

export interface SetEntry {
  readonly set: string;
  readonly entry: string;
}

/** One per address that the port answers on; the node port counts on the node's own. */
export function virtualServers(
  port: ServicePort,
  usable: UsableEndpoints,
  node: ProxyNode,
): readonly VirtualServer[] {
  const inside = realServers(usable, port.internalLocal);
  const outside = realServers(usable, port.externalLocal);
  const server = (ip: string, number: number, servers: readonly Endpoint[]): VirtualServer => ({
    key: `${ip}:${number}/${port.protocol}`,
    protocol: port.protocol,
    persistentTimeout: port.affinitySeconds,
    realServers: servers,
  });
  return [
    server(port.clusterIP, port.port, inside),
    ...[...port.externalIPs, ...port.loadBalancerIPs].map((ip) => server(ip, port.port, outside)),
    ...(port.nodePort === 0 ? [] : [server(node.ip, port.nodePort, outside)]),
  ];
}

/** Unlike iptables, policy Local without a local endpoint falls back to all. */
const realServers = (usable: UsableEndpoints, local: boolean): readonly Endpoint[] =>
  local && usable.local.length > 0 ? usable.local : usable.cluster;

export function setEntries({ port, endpoints }: PortState, node: ProxyNode): readonly SetEntry[] {
  const protocol = port.protocol.toLowerCase();
  const at = (ip: string): string => `${ip},${protocol}:${port.port}`;
  const entries: SetEntry[] = [{ set: 'KUBE-CLUSTER-IP', entry: at(port.clusterIP) }];
  for (const endpoint of endpoints) {
    if (endpoint.nodeName !== node.name || node.name === '') continue;
    const entry = `${endpoint.ip},${protocol}:${endpoint.port},${endpoint.ip}`;
    entries.push({ set: 'KUBE-LOOP-BACK', entry });
  }
  const external = port.externalLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP';
  for (const ip of port.externalIPs) entries.push({ set: external, entry: at(ip) });
  for (const ip of port.loadBalancerIPs) entries.push(...loadBalancerEntries(port, at(ip), ip, node));
  if (port.nodePort !== 0) entries.push(...nodePortEntries(port, protocol, node));
  if (port.healthCheckNodePort !== 0) {
    entries.push({ set: 'KUBE-HEALTH-CHECK-NODE-PORT', entry: `${port.healthCheckNodePort}` });
  }
  for (const ip of boundAddresses(port, node)) entries.push({ set: 'KUBE-IPVS-IPS', entry: ip });
  return entries;
}

/** Addresses that the port puts on the dummy interface kube-ipvs0. */
function boundAddresses(port: ServicePort, node: ProxyNode): readonly string[] {
  return [port.clusterIP, ...port.externalIPs, ...port.loadBalancerIPs].filter((ip) => ip !== node.ip);
}

function loadBalancerEntries(port: ServicePort, at: string, ip: string, node: ProxyNode): SetEntry[] {
  const entries: SetEntry[] = [{ set: 'KUBE-LOAD-BALANCER', entry: at }];
  if (port.externalLocal) entries.push({ set: 'KUBE-LOAD-BALANCER-LOCAL', entry: at });
  if (port.sourceRanges.length === 0) return entries;
  entries.push({ set: 'KUBE-LOAD-BALANCER-FW', entry: at });
  for (const range of port.sourceRanges) {
    entries.push({ set: 'KUBE-LOAD-BALANCER-SOURCE-CIDR', entry: `${at},${range}` });
  }
  if (admitsNode(port, node)) entries.push({ set: 'KUBE-LOAD-BALANCER-SOURCE-IP', entry: `${at},${ip}` });
  return entries;
}

const admitsNode = (port: ServicePort, node: ProxyNode): boolean =>
  port.sourceRanges.some((range) => addressIn(node.ip, range));

function nodePortEntries(port: ServicePort, protocol: string, node: ProxyNode): SetEntry[] {
  const sctp = port.protocol === 'SCTP';
  const suffix = sctp ? 'SCTP-HASH' : port.protocol;
  const entry = sctp ? `${node.ip},${protocol}:${port.nodePort}` : `${port.nodePort}`;
  const entries = [{ set: `KUBE-NODE-PORT-${suffix}`, entry }];
  if (port.externalLocal) entries.push({ set: `KUBE-NODE-PORT-LOCAL-${suffix}`, entry });
  return entries;
}

/** Filter rules of the port itself: one per load balancer address whose source ranges miss the node. */
export const ownFilterRules = (port: ServicePort, node: ProxyNode): number =>
  port.sourceRanges.length > 0 && !admitsNode(port, node) ? port.loadBalancerIPs.length : 0;
