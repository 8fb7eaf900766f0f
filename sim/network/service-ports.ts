/**
 * What a proxier reads from a Service: one record per port.
 * Source: the service port map of Kubernetes v1.36.3 pkg/proxy (IPv4; `golden/proxy/README.md`, "Which endpoints count").
 */
import { keyOf, type Protocol, type Service } from '../api/index.ts';

/** Services and slices that carry one of these labels belong to another proxy, or to none. */
const NOT_OURS = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'] as const;
const DEFAULT_AFFINITY_SECONDS = 10800;

export interface ServicePort {
  /** "namespace/name" of the Service. */
  readonly service: string;
  /** "namespace/name:port", "namespace/name" if the port has no name: unique in the cluster. */
  readonly key: string;
  /** Matches the name of a port of the Service's slices; may be empty. */
  readonly portName: string;
  readonly protocol: Protocol;
  readonly clusterIP: string;
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  /** Load balancer addresses that the proxier itself answers for (ipMode VIP). */
  readonly loadBalancerIPs: readonly string[];
  /** IPv4 ranges allowed to use them; empty: everybody. */
  readonly sourceRanges: readonly string[];
  /** ClientIP affinity lasts so long after the last new connection; 0: none. */
  readonly affinitySeconds: number;
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** 0: none. */
  readonly healthCheckNodePort: number;
  /** Reachable from outside: node port, external IP or load balancer address. */
  readonly external: boolean;
}

export const isOurs = (object: Service | { readonly metadata: Service['metadata'] }): boolean => {
  const labels = object.metadata.labels;
  return labels === undefined || NOT_OURS.every((label) => labels[label] === undefined);
};

/** No ports for headless services, ExternalName and services without an address yet. */
export function servicePorts(service: Service): readonly ServicePort[] {
  const spec = service.spec;
  const clusterIP = spec.clusterIP ?? spec.clusterIPs?.[0] ?? '';
  if (clusterIP === '' || clusterIP === 'None' || spec.type === 'ExternalName' || !isOurs(service)) return [];
  const key = keyOf(service);
  const shared = { service: key, clusterIP, ...addresses(service), ...policies(service) };
  return (spec.ports ?? []).map((port): ServicePort => {
    const nodePort = port.nodePort ?? 0;
    const portName = port.name ?? '';
    return {
      key: portName === '' ? key : `${key}:${portName}`,
      portName,
      protocol: port.protocol ?? 'TCP',
      port: port.port,
      nodePort,
      external: nodePort !== 0 || shared.externalIPs.length > 0 || shared.loadBalancerIPs.length > 0,
      ...shared,
    };
  });
}

type Addresses = Pick<ServicePort, 'externalIPs' | 'loadBalancerIPs' | 'sourceRanges'>;

function addresses(service: Service): Addresses {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const vips = ingress.filter((i) => isIPv4(i.ip) && (i.ipMode ?? 'VIP') === 'VIP');
  return {
    externalIPs: (service.spec.externalIPs ?? []).filter(isIPv4),
    loadBalancerIPs: service.spec.type === 'LoadBalancer' ? vips.map((i) => i.ip ?? '') : [],
    sourceRanges: (service.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter(isIPv4),
  };
}

type Policies = Pick<
  ServicePort,
  'affinitySeconds' | 'internalLocal' | 'externalLocal' | 'healthCheckNodePort'
>;

function policies(service: Service): Policies {
  const spec = service.spec;
  const loadBalancer = spec.type === 'LoadBalancer';
  const outside = loadBalancer || spec.type === 'NodePort' || (spec.externalIPs?.length ?? 0) > 0;
  const externalLocal = outside && spec.externalTrafficPolicy === 'Local';
  return {
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS)
        : 0,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal,
    healthCheckNodePort: externalLocal && loadBalancer ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}

const isIPv4 = (text: string | undefined): boolean =>
  text !== undefined && text !== '' && !text.includes(':');

/** Whether a proxier would see any difference between two readings of one Service. O(ports). */
export function samePorts(a: readonly ServicePort[], b: readonly ServicePort[]): boolean {
  return a.length === b.length && a.every((port, i) => samePort(port, b[i]!));
}

function samePort(a: ServicePort, b: ServicePort): boolean {
  return (
    a.key === b.key &&
    a.protocol === b.protocol &&
    a.clusterIP === b.clusterIP &&
    a.port === b.port &&
    a.nodePort === b.nodePort &&
    a.affinitySeconds === b.affinitySeconds &&
    a.internalLocal === b.internalLocal &&
    a.externalLocal === b.externalLocal &&
    a.healthCheckNodePort === b.healthCheckNodePort &&
    sameTexts(a.externalIPs, b.externalIPs) &&
    sameTexts(a.loadBalancerIPs, b.loadBalancerIPs) &&
    sameTexts(a.sourceRanges, b.sourceRanges)
  );
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);
