/** A pod as an endpoint of a Service. Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/utils.go and util/controller_utils.go. */
import type { Endpoint, EndpointPort, Pod, Service, ServicePort } from '../../api/index.ts';
import type { Member } from './service-pods.ts';

export type AddressType = 'IPv4' | 'IPv6';

/** The families that the Service has addresses in. */
export const addressTypes = ({ spec }: Service): readonly AddressType[] =>
  spec.ipFamilies?.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4')) ?? ['IPv4'];

/** The pod's addresses of that family. */
export function addressesOf({ status }: Pod, type: AddressType): readonly string[] {
  const ips = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP === undefined ? [] : [status.podIP]);
  return ips.filter((ip) => ip.includes(':') === (type === 'IPv6'));
}

/** What the Service's ports are on this pod; named target ports that it does not have are left out. */
export function endpointPorts(service: Service, pod: Pod | undefined): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    const found = { name, protocol, port: number };
    return [appProtocol === undefined ? found : { ...found, appProtocol }];
  });
}

function targetPort(
  { port, targetPort: target, protocol = 'TCP' }: ServicePort,
  pod: Pod | undefined,
): number | undefined {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  if (pod === undefined) return undefined;
  const sidecars = pod.spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  for (const { ports } of [...pod.spec.containers, ...sidecars]) {
    const found = ports?.find(
      (candidate) => candidate.name === target && (candidate.protocol ?? 'TCP') === protocol,
    );
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

const portKeys = new WeakMap<readonly EndpointPort[], string>();
const NO_PORTS: readonly EndpointPort[] = [];

/** Equal keys mean equal ports, in any order: such endpoints share slices. Remembered by identity. */
export function portsKey(ports: readonly EndpointPort[] = NO_PORTS): string {
  let key = portKeys.get(ports);
  if (key === undefined) {
    const texts = ports.map(
      ({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) =>
        `${name} ${protocol} ${port} ${appProtocol}`,
    );
    key = texts.sort().join();
    portKeys.set(ports, key);
  }
  return key;
}

/** A pod that is being deleted is never ready, unless the Service publishes unready addresses. */
export function podEndpoint(
  { pod, ready: serving, terminating }: Member,
  zone: string | undefined,
  service: Service,
  addresses: readonly string[],
): Endpoint {
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec;
  const named = hostname !== undefined && hostname !== '' && subdomain === service.metadata.name;
  const endpoint: Endpoint = {
    addresses,
    conditions: { ready, serving, terminating },
    ...(named ? { hostname } : undefined),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined ? undefined : { nodeName }),
    ...(zone === undefined ? undefined : { zone }),
  };
  return endpoint;
}

const identities = new WeakMap<Endpoint, string>();

/** Endpoints with the same identity are versions of one another. Remembered by object. */
export function endpointIdentity(endpoint: Endpoint): string {
  let identity = identities.get(endpoint);
  if (identity === undefined) {
    const { addresses, hostname, targetRef } = endpoint;
    identity =
      targetRef?.uid === undefined
        ? `${addresses.join()} ${hostname ?? ''}`
        : `${targetRef.uid} ${addresses[0] ?? ''}`;
    identities.set(endpoint, identity);
  }
  return identity;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a === b) return true;
  return (
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.hostname === b.hostname &&
    a.addresses.join() === b.addresses.join()
  );
}
