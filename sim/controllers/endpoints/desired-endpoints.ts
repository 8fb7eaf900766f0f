/** What the slices of a Service should hold. Endpoints are made once and kept with the member until something changes. */
import { type Endpoint, type EndpointPort, type Node, type Service, ZONE_LABEL } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import {
  type AddressType,
  addressesOf,
  endpointIdentity,
  endpointPorts,
  podEndpoint,
  portsKey,
  sameEndpoint,
} from './pod-endpoint.ts';
import type { Member } from './service-pods.ts';
import type { DesiredGroup } from './slice-plan.ts';

/** What the Service's slices of one family should hold, and pods that cannot be placed. */
export interface Desired {
  readonly groups: ReadonlyMap<string, DesiredGroup>;
  readonly problems: readonly string[];
}

export class DesiredEndpoints {
  readonly #nodes: Informer<Node>;
  /** Counts nodes that came, went or moved to another zone. */
  nodeChanges = 0;

  constructor(nodes: Informer<Node>) {
    this.#nodes = nodes;
  }

  start(): void {
    const moved = (): void => {
      this.nodeChanges++;
    };
    this.#nodes.addHandler({
      onAdd: moved,
      onUpdate: ({ metadata: { labels } }, { metadata: before }) => {
        if (labels !== before.labels && labels?.[ZONE_LABEL] !== before.labels?.[ZONE_LABEL]) moved();
      },
      onDelete: moved,
    });
  }

  /** Of all members. */
  of(service: Service, members: Iterable<Member>, type: AddressType): Desired {
    const groups = new Map<string, DesiredGroup>();
    const problems: string[] = [];
    const fixed = fixedPorts(service);
    for (const member of members) {
      const endpoint = this.endpointOf(member, service, type);
      if (endpoint === 'no-node') {
        const { metadata, spec } = member.pod;
        const key = `${metadata.namespace}/${service.metadata.name}`;
        problems.push(`skipping Pod ${metadata.name} for Service ${key}: Node ${spec.nodeName} Not Found`);
      } else if (endpoint !== undefined) {
        const ports = fixed ?? endpointPorts(service, member.pod);
        groupFor(groups, ports).endpoints.set(endpointIdentity(endpoint), endpoint);
      }
    }
    return { groups, problems };
  }

  /** Undefined if the member is no endpoint of that family. */
  endpointOf(member: Member, service: Service, type: AddressType): Endpoint | 'no-node' | undefined {
    if (!member.listed) return undefined;
    const known = member.endpoint;
    const current = known !== undefined && member.service === service && member.nodes === this.nodeChanges;
    if (current && isOfType(known, type)) return known;
    const node = this.#nodes.get(member.pod.spec.nodeName ?? '');
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) return 'no-node';
    const addresses = addressesOf(member.pod, type);
    if (addresses.length === 0) return undefined;
    const endpoint = podEndpoint(member, node?.metadata.labels?.[ZONE_LABEL], service, addresses);
    member.service = service;
    member.nodes = this.nodeChanges;
    // The former object if nothing changed: it is recognised in the slices.
    member.endpoint = known !== undefined && sameEndpoint(known, endpoint) ? known : endpoint;
    return member.endpoint;
  }
}

const fixed = new WeakMap<Service, { readonly ports: readonly EndpointPort[] | undefined }>();

/** The Service's ports if they are the same on all pods: no target port goes by name. Remembered by object. */
export function fixedPorts(service: Service): readonly EndpointPort[] | undefined {
  let known = fixed.get(service);
  if (known === undefined) {
    const named = service.spec.ports?.some(
      ({ targetPort }) => typeof targetPort === 'string' && targetPort !== '',
    );
    known = { ports: named === true ? undefined : endpointPorts(service, undefined) };
    fixed.set(service, known);
  }
  return known.ports;
}

const isOfType = ({ addresses }: Endpoint, type: AddressType): boolean =>
  addresses[0]!.includes(':') === (type === 'IPv6');

function groupFor(groups: Map<string, DesiredGroup>, ports: DesiredGroup['ports']): DesiredGroup {
  const key = portsKey(ports);
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = { ports, endpoints: new Map() }));
  return group;
}
