/** Routing without a cluster: endpoints, rules and flows made by hand. */
import { instant } from '../../../sim/engine/index.ts';
import { addressNumber } from '../../../sim/network/addresses.ts';
import type { Endpoint } from '../../../sim/network/endpoints.ts';
import { PortRules } from '../../../sim/network/port-rules.ts';
import type { Flow, PortDataPlane } from '../../../sim/network/proxy.ts';
import type { ServicePort } from '../../../sim/network/service-ports.ts';

export function endpoint(ip: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    key: addressNumber(ip)! * 65536 + 8080,
    ip,
    port: 8080,
    nodeName: '',
    ready: true,
    serving: true,
    terminating: false,
    zoneHints: undefined,
    nodeHints: undefined,
    podKey: '',
    ...more,
  };
}

export const endpoints = (count: number): Endpoint[] =>
  Array.from({ length: count }, (_, i) => endpoint(`10.1.${Math.floor(i / 250)}.${(i % 250) + 1}`));

export const servicePort = (more: Partial<ServicePort> = {}): ServicePort => ({
  service: 'default/web',
  key: 'default/web:http',
  portName: 'http',
  protocol: 'TCP',
  clusterIP: '10.96.0.1',
  port: 80,
  nodePort: 0,
  externalIPs: [],
  loadBalancerIPs: [],
  sourceRanges: [],
  affinitySeconds: 0,
  internalLocal: false,
  externalLocal: false,
  healthCheckNodePort: 0,
  external: false,
  ...more,
});

export const rules = (list: readonly Endpoint[], port: Partial<ServicePort> = {}, revision = 1): PortRules =>
  new PortRules({ port: servicePort(port), endpoints: list }, revision);

export const flow = (more: Partial<Flow> = {}): Flow => ({
  node: { name: 'node-0', zone: '', ip: '172.16.0.1' },
  nodeIndex: 0,
  external: false,
  client: 0,
  now: instant(0),
  draw: 0,
  tried: 0,
  ...more,
});

/** The address chosen, or the refusal. */
export function routed(plane: PortDataPlane, f: Flow, r: PortRules): string {
  const target = plane.route(f, r);
  return typeof target === 'string' ? target : target.ip;
}
