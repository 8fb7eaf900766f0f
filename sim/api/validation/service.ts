/** Services, Endpoints and EndpointSlices (Kubernetes v1.36, pkg/apis/core and discovery validation). */
import { dnsSubdomainProblems } from '../names.ts';
import type { Draft } from '../types/meta.ts';
import {
  type EndpointSlice,
  type Endpoints,
  type Service,
  type ServicePort,
  servicePort,
} from '../types/networking.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import {
  choice,
  dnsLabel,
  labelMap,
  optionalChoice,
  PROTOCOLS,
  portNumber,
  portNumberOrName,
} from './rules.ts';

const KUBELET_PORT = 10_250;
/** One day, the longest ClientIP affinity. */
const MAX_AFFINITY_SECONDS = 86_400;
const MAX_ENDPOINTS_OF_SLICE = 1000;
const POLICIES = ['Cluster', 'Local'];

const isHeadless = ({ spec }: Draft<Service>): boolean => spec.clusterIP === 'None';

export function validateService(errors: ErrorList, service: Draft<Service>): void {
  const { spec } = service;
  const { ports = [], type = '' } = spec;
  const headless = isHeadless(service);
  if (ports.length === 0 && !headless && type !== 'ExternalName') errors.required('spec.ports');
  validateType(errors, service, headless);
  const names = new Set<string>();
  for (const [i, port] of ports.entries())
    validatePort(errors, `spec.ports[${i}]`, port, ports.length > 1, names);
  labelMap(errors, 'spec.selector', spec.selector);
  choice(errors, 'spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']);
  validateAffinity(errors, spec);
  choice(errors, 'spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
  validateNodePorts(errors, ports, type);
  validateDuplicates(errors, ports);
  validateTrafficPolicies(errors, spec);
}

function validateType(errors: ErrorList, { spec }: Draft<Service>, headless: boolean): void {
  const address = spec.clusterIP ?? '';
  if (address !== '' && !headless) validateIp(errors, 'spec.clusterIPs[0]', address);
  const ports = spec.ports ?? [];
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && headless) {
    errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`);
  }
  if (spec.type === 'LoadBalancer') {
    for (const [i, { port }] of ports.entries()) {
      const detail = `may not expose port ${port} externally since it is used by kubelet`;
      if (port === KUBELET_PORT) errors.invalid(`spec.ports[${i}]`, port, detail);
    }
  } else if (spec.type === 'ExternalName') {
    if (spec.clusterIP) errors.forbidden('spec.clusterIPs', 'may not be set for ExternalName services');
    const name = spec.externalName ?? '';
    if (name === '') errors.required('spec.externalName');
    else errors.invalidEach('spec.externalName', name, dnsSubdomainProblems(name.replace(/\.$/, '')));
  }
}

function validatePort(
  errors: ErrorList,
  path: string,
  port: ServicePort,
  named: boolean,
  names: Set<string>,
): void {
  const { name = '' } = port;
  if (name !== '') {
    dnsLabel(errors, `${path}.name`, name);
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
  } else if (named) errors.required(`${path}.name`);
  portNumber(errors, `${path}.port`, port.port);
  choice(errors, `${path}.protocol`, port.protocol, PROTOCOLS);
  portNumberOrName(errors, `${path}.targetPort`, port.targetPort ?? 0);
}

function validateAffinity(errors: ErrorList, spec: Service['spec']): void {
  const config = spec.sessionAffinityConfig;
  const field = 'spec.sessionAffinityConfig';
  if (spec.sessionAffinity === 'None' && config !== undefined) {
    errors.forbidden(field, 'must not be set when session affinity is None');
  }
  if (spec.sessionAffinity !== 'ClientIP') return;
  const timeout = config?.clientIP?.timeoutSeconds;
  if (timeout === undefined)
    errors.required(`${field}.clientIP.timeoutSeconds`, 'when session affinity type is ClientIP');
  else if (timeout <= 0 || timeout > MAX_AFFINITY_SECONDS) {
    const detail = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
    errors.invalid(`${field}.clientIP.timeoutSeconds`, timeout, detail);
  }
}

function validateNodePorts(errors: ErrorList, ports: readonly ServicePort[], type: string): void {
  const taken = new Set<string>();
  for (const [i, { nodePort = 0, protocol }] of ports.entries()) {
    if (nodePort === 0) continue;
    const field = `spec.ports[${i}].nodePort`;
    if (type === 'ClusterIP') errors.forbidden(field, "may not be used when `type` is 'ClusterIP'");
    const pair = `${protocol}/${nodePort}`;
    if (taken.has(pair)) errors.duplicate(field, nodePort);
    taken.add(pair);
  }
}

function validateDuplicates(errors: ErrorList, ports: readonly ServicePort[]): void {
  const taken = new Set<string>();
  for (const [i, { port, protocol }] of ports.entries()) {
    const pair = `${protocol}/${port}`;
    if (taken.has(pair)) errors.duplicate(`spec.ports[${i}]`, internalJson(servicePort, { port, protocol }));
    taken.add(pair);
  }
}

function validateTrafficPolicies(errors: ErrorList, spec: Service['spec']): void {
  const external = spec.externalTrafficPolicy;
  const reachable =
    spec.type === 'NodePort' ||
    spec.type === 'LoadBalancer' ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  if (external !== undefined && !reachable) {
    errors.invalid(
      'spec.externalTrafficPolicy',
      external,
      'may only be set for externally-accessible services',
    );
  } else if (external !== undefined || (reachable && spec.type !== 'ClusterIP')) {
    choice(errors, 'spec.externalTrafficPolicy', external, POLICIES);
  }
  optionalChoice(errors, 'spec.internalTrafficPolicy', spec.internalTrafficPolicy, POLICIES);
}

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

/** Addresses that stay where they are in their subset are not looked at again. */
export function validateEndpoints(
  errors: ErrorList,
  { subsets = [] }: Draft<Endpoints>,
  old?: Draft<Endpoints>,
): void {
  for (const [i, subset] of subsets.entries()) {
    const path = `subsets[${i}]`;
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    const before = old?.subsets?.[i];
    if (addresses.length + notReadyAddresses.length === 0) {
      errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
    }
    validateAddresses(errors, `${path}.addresses`, addresses, before?.addresses);
    validateAddresses(errors, `${path}.notReadyAddresses`, notReadyAddresses, before?.notReadyAddresses);
    for (const [j, port] of ports.entries()) {
      if (ports.length > 1 && !port.name) errors.required(`${path}.ports[${j}].name`);
      portNumber(errors, `${path}.ports[${j}].port`, port.port);
      choice(errors, `${path}.ports[${j}].protocol`, port.protocol, PROTOCOLS);
    }
  }
}

function validateAddresses(
  errors: ErrorList,
  field: string,
  addresses: readonly Address[],
  before: readonly Address[] | undefined,
): void {
  eachNew(addresses, before, ({ ip }, i) => validateIp(errors, `${field}[${i}].ip`, ip));
}

/** Visits the items that are not in `before` in the same order. O(items) if few are new. */
function eachNew<T>(
  items: readonly T[],
  before: readonly T[] = [],
  visit: (item: T, i: number) => void,
): void {
  let seen = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    const at = before[seen] === item ? seen : before.indexOf(item, seen);
    if (at < 0) visit(item, i);
    else seen = at + 1;
  }
}

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
export const isIpv4 = (text: string): boolean => IPV4.test(text);
export const isIp = (text: string): boolean =>
  isIpv4(text) || (text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text));

function validateIp(errors: ErrorList, field: string, ip: string): void {
  if (!isIp(ip)) errors.invalid(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
}

/** Endpoints that stay where they are are not looked at again. */
export function validateEndpointSlice(
  errors: ErrorList,
  slice: Draft<EndpointSlice>,
  old?: Draft<EndpointSlice>,
): void {
  choice(errors, 'addressType', slice.addressType, ['FQDN', 'IPv4', 'IPv6']);
  if (slice.endpoints.length > MAX_ENDPOINTS_OF_SLICE) {
    errors.tooMany('endpoints', slice.endpoints.length, MAX_ENDPOINTS_OF_SLICE);
    return;
  }
  const before = old?.addressType === slice.addressType ? old.endpoints : undefined;
  eachNew(slice.endpoints, before, ({ addresses }, i) => {
    const field = `endpoints[${i}].addresses`;
    if (addresses.length === 0) errors.required(field, 'must contain at least 1 address');
    for (const [j, address] of addresses.entries()) {
      if (slice.addressType === 'IPv4' && !isIpv4(address)) {
        errors.invalid(`${field}[${j}]`, address, 'must be an IPv4 address');
      }
    }
  });
  const names = new Set<string>();
  for (const [i, { name = '', protocol }] of (slice.ports ?? []).entries()) {
    if (names.has(name)) errors.duplicate(`ports[${i}].name`, name);
    names.add(name);
    choice(errors, `ports[${i}].protocol`, protocol, PROTOCOLS);
  }
}
