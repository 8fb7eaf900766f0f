/** A pod as an endpoint of a Service. Kubernetes v1.36.3, staging/src/k8s.io/endpointslice/utils.go and util/controller_utils.go. */
import type { Endpoint, EndpointPort, Node, Pod, Service, ServicePort } from '../../api/index.ts';
import { isPodReady } from '../pod-state.ts';

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
export function endpointPorts(service: Service, pod: Pod): readonly EndpointPort[] {
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
  pod: Pod,
): number | undefined {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  const sidecars = pod.spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  for (const { ports } of [...pod.spec.containers, ...sidecars]) {
    const found = ports?.find(
      (candidate) => candidate.name === target && (candidate.protocol ?? 'TCP') === protocol,
    );
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

/** Equal keys mean equal ports, in any order: such endpoints share slices. */
export const portsKey = (ports: readonly EndpointPort[] | undefined): string =>
  (ports ?? [])
    .map(
      ({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) =>
        `${name} ${protocol} ${port} ${appProtocol}`,
    )
    .sort()
    .join();

/** A pod that is being deleted is never ready, unless the Service publishes unready addresses. */
export function podEndpoint(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addresses: readonly string[],
): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const named = hostname !== undefined && hostname !== '' && subdomain === service.metadata.name;
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(named ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** Endpoints with the same identity are versions of one another. */
export const endpointIdentity = ({ addresses, hostname, targetRef }: Endpoint): string =>
  targetRef?.uid === undefined
    ? `${addresses.join()} ${hostname ?? ''}`
    : `${targetRef.uid} ${addresses[0] ?? ''}`;

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
