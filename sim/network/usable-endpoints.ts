/**
 * Which endpoints a node uses for a service port: readiness, the terminating fallback, traffic policies, topology hints.
 * Source: endpoint categories of Kubernetes v1.36.3 pkg/proxy (`golden/proxy/README.md`, "Which endpoints count").
 */
import { type Endpoint, mergeEndpoints } from './endpoints.ts';
import type { ServicePort } from './service-ports.ts';

/** What a proxier knows of its own node. */
export interface ProxyNode {
  readonly name: string;
  /** Label topology.kubernetes.io/zone; empty if absent. */
  readonly zone: string;
  readonly ip: string;
}

export interface UsableEndpoints {
  /** For traffic under policy Cluster; empty if no policy of the port is Cluster. */
  readonly cluster: readonly Endpoint[];
  /** For traffic under policy Local; empty if no policy of the port is Local. */
  readonly local: readonly Endpoint[];
  /** Both, without duplicates, ordered by key. */
  readonly reach: readonly Endpoint[];
  /** Whether any endpoint anywhere could serve. */
  readonly any: boolean;
  /** Whether traffic from inside (the cluster IP) and from outside finds an endpoint on this node. */
  readonly forInternal: boolean;
  readonly forExternal: boolean;
}

const NO_ENDPOINTS: readonly Endpoint[] = [];

/** Whether all nodes get the same answer from {@link usableEndpoints}: then one evaluation serves every node. */
export function isNodeDependent(port: ServicePort, endpoints: readonly Endpoint[]): boolean {
  if (usesLocal(port)) return true;
  return endpoints.some((e) => e.zoneHints !== undefined || e.nodeHints !== undefined);
}

const usesLocal = (port: ServicePort): boolean => port.internalLocal || (port.externalLocal && port.external);

/** O(endpoints). */
export function usableEndpoints(
  port: ServicePort,
  endpoints: readonly Endpoint[],
  node: ProxyNode,
): UsableEndpoints {
  const localUsed = usesLocal(port);
  const cluster = !port.internalLocal || port.external ? clusterEndpoints(endpoints, node) : NO_ENDPOINTS;
  const local = localUsed ? localEndpoints(endpoints, node) : NO_ENDPOINTS;
  const any = cluster.length > 0 || (localUsed && endpoints.some(couldServe));
  return {
    cluster,
    local,
    reach: mergeEndpoints(cluster, local),
    any,
    forInternal: any && (!port.internalLocal || local.length > 0),
    forExternal: any && (!port.externalLocal || local.length > 0),
  };
}

const isFallback = (e: Endpoint): boolean => e.serving && e.terminating;
const couldServe = (e: Endpoint): boolean => e.ready || isFallback(e);

function clusterEndpoints(endpoints: readonly Endpoint[], node: ProxyNode): readonly Endpoint[] {
  const ready = endpoints.every((e) => e.ready) ? endpoints : endpoints.filter((e) => e.ready);
  const near = nearest(ready, node);
  return near.length > 0 ? near : endpoints.filter(isFallback);
}

/** Hints narrow only if every ready endpoint has one and at least one names this node, or else this zone. */
function nearest(ready: readonly Endpoint[], node: ProxyNode): readonly Endpoint[] {
  if (ready.length === 0) return ready;
  if (ready.every((e) => e.nodeHints !== undefined)) {
    const near = ready.filter((e) => e.nodeHints?.includes(node.name));
    if (near.length > 0) return near;
  }
  if (node.zone !== '' && ready.every((e) => e.zoneHints !== undefined)) {
    const near = ready.filter((e) => e.zoneHints?.includes(node.zone));
    if (near.length > 0) return near;
  }
  return ready;
}

function localEndpoints(endpoints: readonly Endpoint[], node: ProxyNode): readonly Endpoint[] {
  const here = endpoints.filter((e) => e.nodeName === node.name);
  const ready = here.filter((e) => e.ready);
  return ready.length > 0 ? ready : here.filter(isFallback);
}
