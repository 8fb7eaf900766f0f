/** Service, Endpoints, EndpointSlice, Ingress, IngressClass, NetworkPolicy. Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  intOrString,
  list,
  listBy,
  map,
  oneOf,
  ptr,
  req,
  str,
  struct,
} from '../schema/descriptor.ts';
import { condition, kind, labelSelector, objectReference } from './meta.ts';
import { typedLocalObjectReference } from './volume.ts';

const protocol = oneOf('TCP', 'UDP', 'SCTP');
export type Protocol = Of<typeof protocol>;

export const servicePort = struct('v1.ServicePort', {
  name: str,
  protocol,
  appProtocol: ptr(str),
  port: req(int32),
  targetPort: intOrString,
  nodePort: int32,
});
export interface ServicePort extends Of<typeof servicePort> {}

const loadBalancerIngress = struct('v1.LoadBalancerIngress', {
  ip: str,
  hostname: str,
  ipMode: ptr(str),
  ports: list(struct('v1.PortStatus', { port: req(int32), protocol: req(str), error: ptr(str) })),
});

export const serviceSpec = struct('v1.ServiceSpec', {
  ports: listBy('port', servicePort),
  selector: map(str),
  clusterIP: str,
  clusterIPs: list(str),
  type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
  externalIPs: list(str),
  sessionAffinity: oneOf('None', 'ClientIP'),
  loadBalancerIP: str,
  loadBalancerSourceRanges: list(str),
  externalName: str,
  externalTrafficPolicy: oneOf('Cluster', 'Local'),
  healthCheckNodePort: int32,
  publishNotReadyAddresses: bool,
  sessionAffinityConfig: struct('v1.SessionAffinityConfig', {
    clientIP: struct('v1.ClientIPConfig', { timeoutSeconds: ptr(int32) }),
  }),
  ipFamilies: list(str),
  ipFamilyPolicy: ptr(oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack')),
  allocateLoadBalancerNodePorts: ptr(bool),
  loadBalancerClass: ptr(str),
  internalTrafficPolicy: ptr(oneOf('Cluster', 'Local')),
  trafficDistribution: ptr(str),
});
export interface ServiceSpec extends Of<typeof serviceSpec> {}

const loadBalancerStatus = struct('v1.LoadBalancerStatus', { ingress: list(loadBalancerIngress) });

export const service = kind('v1', 'Service', {
  spec: req(serviceSpec),
  status: struct('v1.ServiceStatus', {
    loadBalancer: loadBalancerStatus,
    conditions: listBy('type', condition),
  }),
});
export interface Service extends Of<typeof service> {}

const endpointAddress = struct('v1.EndpointAddress', {
  ip: req(str),
  hostname: str,
  nodeName: ptr(str),
  targetRef: objectReference,
});
const endpointSubset = struct('v1.EndpointSubset', {
  addresses: list(endpointAddress),
  notReadyAddresses: list(endpointAddress),
  ports: list(struct('v1.EndpointPort', { name: str, port: req(int32), protocol, appProtocol: ptr(str) })),
});

export const endpoints = kind('v1', 'Endpoints', { subsets: list(endpointSubset) });
export interface Endpoints extends Of<typeof endpoints> {}

const forZone = struct('v1.ForZone', { name: req(str) });

export const endpoint = struct('v1.Endpoint', {
  addresses: req(list(str)),
  conditions: struct('v1.EndpointConditions', {
    ready: ptr(bool),
    serving: ptr(bool),
    terminating: ptr(bool),
  }),
  hostname: ptr(str),
  targetRef: objectReference,
  deprecatedTopology: map(str),
  nodeName: ptr(str),
  zone: ptr(str),
  hints: struct('v1.EndpointHints', {
    forZones: list(forZone),
    forNodes: list(struct('v1.ForNode', { name: req(str) })),
  }),
});
export interface Endpoint extends Of<typeof endpoint> {}

export const endpointPort = struct('v1.EndpointPort', {
  name: ptr(str),
  protocol: ptr(protocol),
  port: ptr(int32),
  appProtocol: ptr(str),
});
export interface EndpointPort extends Of<typeof endpointPort> {}

export const endpointSlice = kind('discovery.k8s.io/v1', 'EndpointSlice', {
  addressType: req(oneOf('IPv4', 'IPv6', 'FQDN')),
  endpoints: req(list(endpoint)),
  ports: list(endpointPort),
});
export interface EndpointSlice extends Of<typeof endpointSlice> {}

const ingressBackend = struct('v1.IngressBackend', {
  service: struct('v1.IngressServiceBackend', {
    name: req(str),
    port: struct('v1.ServiceBackendPort', { name: str, number: int32 }),
  }),
  resource: typedLocalObjectReference,
});
export interface IngressBackend extends Of<typeof ingressBackend> {}

const ingressPath = struct('v1.HTTPIngressPath', {
  path: str,
  pathType: req(ptr(oneOf('Exact', 'Prefix', 'ImplementationSpecific'))),
  backend: req(ingressBackend),
});

export const ingress = kind('networking.k8s.io/v1', 'Ingress', {
  spec: struct('v1.IngressSpec', {
    ingressClassName: ptr(str),
    defaultBackend: ingressBackend,
    tls: list(struct('v1.IngressTLS', { hosts: list(str), secretName: str })),
    rules: list(
      struct('v1.IngressRule', {
        host: str,
        http: struct('v1.HTTPIngressRuleValue', { paths: req(list(ingressPath)) }),
      }),
    ),
  }),
  status: struct('v1.IngressStatus', {
    loadBalancer: struct('v1.IngressLoadBalancerStatus', { ingress: list(loadBalancerIngress) }),
  }),
});
export interface Ingress extends Of<typeof ingress> {}

export const ingressClass = kind('networking.k8s.io/v1', 'IngressClass', {
  spec: struct('v1.IngressClassSpec', {
    controller: str,
    parameters: struct('v1.IngressClassParametersReference', {
      apiGroup: ptr(str),
      kind: req(str),
      name: req(str),
      scope: ptr(str),
      namespace: ptr(str),
    }),
  }),
});
export interface IngressClass extends Of<typeof ingressClass> {}

const networkPolicyPeer = struct('v1.NetworkPolicyPeer', {
  podSelector: labelSelector,
  namespaceSelector: labelSelector,
  ipBlock: struct('v1.IPBlock', { cidr: req(str), except: list(str) }),
});
export interface NetworkPolicyPeer extends Of<typeof networkPolicyPeer> {}

const networkPolicyPort = struct('v1.NetworkPolicyPort', {
  protocol: ptr(protocol),
  port: ptr(intOrString),
  endPort: ptr(int32),
});
export interface NetworkPolicyPort extends Of<typeof networkPolicyPort> {}

export const networkPolicy = kind('networking.k8s.io/v1', 'NetworkPolicy', {
  spec: struct('v1.NetworkPolicySpec', {
    podSelector: req(labelSelector),
    ingress: list(
      struct('v1.NetworkPolicyIngressRule', {
        ports: list(networkPolicyPort),
        from: list(networkPolicyPeer),
      }),
    ),
    egress: list(
      struct('v1.NetworkPolicyEgressRule', { ports: list(networkPolicyPort), to: list(networkPolicyPeer) }),
    ),
    policyTypes: list(oneOf('Ingress', 'Egress')),
  }),
});
export interface NetworkPolicy extends Of<typeof networkPolicy> {}
