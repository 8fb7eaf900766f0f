/** Subsets of Endpoints: addresses by set of ports, in order of IP. Kubernetes v1.36.3, pkg/api/v1/endpoints/util.go. */
import type { EndpointPort, Endpoints, Pod, Service } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import { endpointPorts, portsKey } from './pod-endpoint.ts';
import type { Member } from './service-pods.ts';

/** Documented: maxCapacity. */
export const MAX_ADDRESSES = 1000;

export type Subset = NonNullable<Endpoints['subsets']>[number];
export type Address = NonNullable<Subset['addresses']>[number];

interface Group {
  readonly ports: NonNullable<Subset['ports']>;
  readonly ready: Address[];
  readonly notReady: Address[];
}

/** A member as an address: undefined if it is none. */
export interface Placement {
  readonly address: Address;
  readonly ready: boolean;
}

export function placementOf(member: Member, service: Service): Placement | undefined {
  const all = service.spec.publishNotReadyAddresses === true;
  if (!member.listed || (member.terminating && !all)) return undefined;
  member.address ??= addressOf(member.pod, service);
  return { address: member.address, ready: all || member.ready };
}

/** From all members; of too many the first stay. */
export function subsetsOf(
  service: Service,
  members: Iterable<Member>,
): { readonly subsets: readonly Subset[]; readonly truncated: boolean } {
  const groups = new Map<string, Group>();
  let count = 0;
  for (const member of members) {
    const placement = placementOf(member, service);
    if (placement === undefined || ++count > MAX_ADDRESSES) continue;
    const group = groupFor(groups, service, member.pod);
    (placement.ready ? group?.ready : group?.notReady)?.push(placement.address);
  }
  const subsets = [...groups.values()].map(({ ports, ready, notReady }) =>
    subsetOf(ports, ready.sort(compare), notReady.sort(compare)),
  );
  return { subsets, truncated: count > MAX_ADDRESSES };
}

/** The subset after changes to pods, by UID; the same object if they make no difference. */
export function changedSubset(subset: Subset, changes: ReadonlyMap<string, Placement | undefined>): Subset {
  const ready = new AddressList(subset.addresses);
  const notReady = new AddressList(subset.notReadyAddresses);
  for (const [uid, placement] of changes) {
    ready.put(uid, placement?.ready === true ? placement.address : undefined);
    notReady.put(uid, placement?.ready === false ? placement.address : undefined);
  }
  if (!ready.changed && !notReady.changed) return subset;
  return subsetOf(subset.ports ?? [], ready.list, notReady.list);
}

/** Sorted; copied at its first change. */
class AddressList {
  list: readonly Address[];
  #own: Address[] | undefined;

  constructor(list: readonly Address[] = []) {
    this.list = list;
  }

  get changed(): boolean {
    return this.#own !== undefined;
  }

  /** The pod's address is this one now, or none. */
  put(uid: string, address: Address | undefined): void {
    const at = indexOfPod(this.list, uid);
    if (at < 0 && address === undefined) return;
    if (at >= 0 && address !== undefined && sameAddress(this.list[at]!, address)) return;
    this.#own ??= [...this.list];
    if (at >= 0) this.#own.splice(at, 1);
    if (address !== undefined) this.#own.splice(placeFor(this.#own, address), 0, address);
    this.list = this.#own;
  }
}

function indexOfPod(list: readonly Address[], uid: string): number {
  for (let i = 0; i < list.length; i++) if (list[i]!.targetRef?.uid === uid) return i;
  return -1;
}

/** Binary search for where an address belongs. */
function placeFor(list: readonly Address[], address: Address): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle]!, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As text, not as numbers: 10.0.0.10 comes before 10.0.0.2. */
function compare(a: Address, b: Address): number {
  return compareTexts(a.ip, b.ip) || compareTexts(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');
}

/** Undefined if the pod has none of the Service's ports. */
function groupFor(groups: Map<string, Group>, service: Service, pod: Pod): Group | undefined {
  const found = endpointPorts(service, pod);
  if (found.length === 0 && (service.spec.ports ?? []).length > 0) return undefined;
  const key = portsKey(found);
  let group = groups.get(key);
  if (group === undefined)
    groups.set(key, (group = { ports: found.map(endpointPort), ready: [], notReady: [] }));
  return group;
}

const endpointPort = ({
  name = '',
  port = 0,
  protocol,
  appProtocol,
}: EndpointPort): Group['ports'][number] => ({
  ...(name === '' ? {} : { name }),
  port,
  protocol,
  ...(appProtocol === undefined ? {} : { appProtocol }),
});

const subsetOf = (
  ports: Group['ports'],
  ready: readonly Address[],
  notReady: readonly Address[],
): Subset => ({
  addresses: ready.length === 0 ? undefined : ready,
  notReadyAddresses: notReady.length === 0 ? undefined : notReady,
  ports: ports.length === 0 ? undefined : ports,
});

function addressOf(pod: Pod, service: Service): Address {
  const { namespace, name, uid } = pod.metadata;
  const { hostname = '', subdomain, nodeName } = pod.spec;
  const named = hostname !== '' && subdomain === service.metadata.name;
  return {
    ip: pod.status?.podIP ?? '',
    ...(named ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

export const sizeOf = ({ addresses = [], notReadyAddresses = [] }: Subset): number =>
  addresses.length + notReadyAddresses.length;

export const sameSubsets = (a: readonly Subset[], b: readonly Subset[]): boolean =>
  a === b || (a.length === b.length && a.every((subset, i) => sameSubset(subset, b[i]!)));

const sameSubset = (a: Subset, b: Subset): boolean =>
  a === b ||
  (portsKey(a.ports) === portsKey(b.ports) &&
    sameAddresses(a.addresses, b.addresses) &&
    sameAddresses(a.notReadyAddresses, b.notReadyAddresses));

const sameAddresses = (a: readonly Address[] = [], b: readonly Address[] = []): boolean =>
  a.length === b.length && a.every((address, i) => sameAddress(address, b[i]!));

const sameAddress = (a: Address, b: Address): boolean =>
  a === b ||
  (a.ip === b.ip &&
    a.targetRef?.uid === b.targetRef?.uid &&
    a.nodeName === b.nodeName &&
    a.hostname === b.hostname);
