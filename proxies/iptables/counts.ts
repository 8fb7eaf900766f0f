/**
 * How many iptables rules and chains one service port needs on one node.
 * Source: proxier of Kubernetes v1.36.3 pkg/proxy/iptables (`golden/proxy/README.md`, "iptables: counts per service port").
 */
import { addressIn } from '../../sim/network/addresses.ts';
import type { ServicePort } from '../../sim/network/service-ports.ts';
import type { ProxyNode, UsableEndpoints } from '../../sim/network/usable-endpoints.ts';

/** Chains every sync writes, and the rules in them whatever the services: filter 6 and 4, nat 4 and 5. */
export const FIXED = { filterChains: 6, filterRules: 4, natChains: 4, natRules: 5 } as const;

/** Chains of a port's own in nat, by kind: rules in it, 0 if the port has no such chain. */
export interface OwnChains {
  readonly svc: number;
  readonly svl: number;
  readonly ext: number;
  readonly fw: number;
  /** One chain per reachable endpoint, two rules each. */
  readonly sep: number;
}

/** Rules that a port adds to the chains all ports share; written by every sync. */
export interface SharedRules {
  readonly natServices: number;
  readonly natNodePorts: number;
  readonly filterServices: number;
  readonly filterExternal: number;
  readonly filterFirewall: number;
  readonly filterNodePorts: number;
}

export interface PortCounts extends OwnChains, SharedRules {}

const one = (condition: boolean): number => (condition ? 1 : 0);

export function countRules(port: ServicePort, usable: UsableEndpoints, node: ProxyNode): PortCounts {
  const { any, forInternal, forExternal, cluster, local } = usable;
  const addresses = port.externalIPs.length + port.loadBalancerIPs.length;
  const nodePort = one(port.nodePort !== 0);
  const perEndpoint = port.affinitySeconds > 0 ? 2 : 1;
  // Off-cluster clients of the cluster IP are masqueraded in the chain of the internal policy.
  const masquerade = one(forInternal);
  return {
    svc: cluster.length === 0 ? 0 : perEndpoint * cluster.length + (port.internalLocal ? 0 : masquerade),
    svl: local.length === 0 ? 0 : perEndpoint * local.length + (port.internalLocal ? masquerade : 0),
    ext: any && port.external ? (port.externalLocal ? 3 : 1) + one(forExternal) : 0,
    fw: any ? firewallRules(port, node) : 0,
    sep: usable.reach.length,
    natServices: one(forInternal) + addresses * one(any),
    // One counts what comes for 127.0.0.0/8.
    natNodePorts: 2 * nodePort * one(any),
    filterServices: one(!forInternal),
    filterExternal: (addresses + nodePort) * one(!forExternal),
    filterFirewall: port.loadBalancerIPs.length * one(any && port.sourceRanges.length > 0),
    filterNodePorts: one(port.healthCheckNodePort !== 0),
  };
}

function firewallRules(port: ServicePort, node: ProxyNode): number {
  const vips = port.loadBalancerIPs.length;
  if (vips === 0 || port.sourceRanges.length === 0) return 0;
  const coversNode = port.sourceRanges.some((range) => addressIn(node.ip, range));
  return port.sourceRanges.length + vips * one(coversNode) + 1;
}

export const ownChainCount = (c: OwnChains): number =>
  one(c.svc > 0) + one(c.svl > 0) + one(c.ext > 0) + one(c.fw > 0) + c.sep;
export const ownRuleCount = (c: OwnChains): number => c.svc + c.svl + c.ext + c.fw + 2 * c.sep;
export const natSharedCount = (c: SharedRules): number => c.natServices + c.natNodePorts;
export const filterSharedCount = (c: SharedRules): number =>
  c.filterServices + c.filterExternal + c.filterFirewall + c.filterNodePorts;

/** Probability of each statistic rule among n endpoints, as written; the last endpoint's rule has none. */
export function probabilities(endpoints: number): readonly string[] {
  return Array.from({ length: Math.max(0, endpoints - 1) }, (_, i) => (1 / (endpoints - i)).toFixed(10));
}
