/**
 * Endpoints of a service port: the union of its EndpointSlices.
 * Source: the endpoints map of Kubernetes v1.36.3 pkg/proxy (`golden/proxy/README.md`, "Which endpoints count").
 */
import type { Endpoint as ApiEndpoint, EndpointPort, EndpointSlice } from '../api/index.ts';

/** One address:port behind a service port. Immutable. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** "ip:port". */
  readonly address: string;
  /** Empty if the slice does not say. */
  readonly nodeName: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Topology hints; undefined: none given. */
  readonly zoneHints: readonly string[] | undefined;
  readonly nodeHints: readonly string[] | undefined;
  /** "namespace/name" of the pod, empty if the slice does not say. */
  readonly podKey: string;
}

/**
 * Endpoints of the port called `portName`, ordered by address as the proxiers order them. Duplicates of one ip:port are
 * merged: one that is not terminating wins. O(endpoints), O(n log n) if the slices are not in order.
 */
export function endpointsOf(slices: Iterable<EndpointSlice>, portName: string): readonly Endpoint[] {
  const byAddress = new Map<string, Endpoint>();
  for (const slice of slices) {
    const port = slice.ports?.find((p) => (p.name ?? '') === portName);
    if (port?.port === undefined || port.port === 0 || slice.addressType !== 'IPv4') continue;
    for (const entry of slice.endpoints ?? []) {
      const endpoint = readEndpoint(entry, port.port, slice.metadata.namespace ?? '');
      if (endpoint === undefined) continue;
      const known = byAddress.get(endpoint.address);
      if (known === undefined || known.terminating) byAddress.set(endpoint.address, endpoint);
    }
  }
  return inOrder([...byAddress.values()]);
}

function readEndpoint(entry: ApiEndpoint, port: number, namespace: string): Endpoint | undefined {
  const ip = entry.addresses[0];
  if (ip === undefined || ip === '') return undefined;
  const { conditions, hints, targetRef } = entry;
  const ready = conditions?.ready ?? true;
  return {
    ip,
    port,
    address: `${ip}:${port}`,
    nodeName: entry.nodeName ?? '',
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating ?? false,
    zoneHints: hints?.forZones?.map((zone) => zone.name),
    nodeHints: hints?.forNodes?.map((node) => node.name),
    podKey: targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? namespace}/${targetRef.name ?? ''}` : '',
  };
}

function inOrder(endpoints: Endpoint[]): readonly Endpoint[] {
  for (let i = 1; i < endpoints.length; i++) {
    if (endpoints[i - 1]!.address > endpoints[i]!.address) {
      return endpoints.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    }
  }
  return endpoints;
}

/** Whether a proxier would see a difference between two versions of a slice: labels and annotations do not count. */
export function sameSlice(a: EndpointSlice, b: EndpointSlice): boolean {
  return (
    a.addressType === b.addressType &&
    sameLists(a.endpoints, b.endpoints, sameEndpoint) &&
    sameLists(a.ports, b.ports, samePort)
  );
}

function sameLists<T>(
  a: readonly T[] | undefined,
  b: readonly T[] | undefined,
  same: (x: T, y: T) => boolean,
): boolean {
  if (a === b) return true;
  const length = a?.length ?? 0;
  if (length !== (b?.length ?? 0)) return false;
  for (let i = 0; i < length; i++) if (a![i] !== b![i] && !same(a![i]!, b![i]!)) return false;
  return true;
}

const samePort = (a: EndpointPort, b: EndpointPort): boolean =>
  a.name === b.name && a.port === b.port && a.protocol === b.protocol;

const sameEndpoint = (a: ApiEndpoint, b: ApiEndpoint): boolean =>
  sameLists(a.addresses, b.addresses, (x, y) => x === y) &&
  a.nodeName === b.nodeName &&
  a.zone === b.zone &&
  a.conditions?.ready === b.conditions?.ready &&
  a.conditions?.serving === b.conditions?.serving &&
  a.conditions?.terminating === b.conditions?.terminating &&
  sameLists(a.hints?.forZones, b.hints?.forZones, (x, y) => x.name === y.name) &&
  sameLists(a.hints?.forNodes, b.hints?.forNodes, (x, y) => x.name === y.name);

/** What `after` has and `before` has not, and the reverse, by address; both ordered by address. O(n). */
export function diffEndpoints(
  before: readonly Endpoint[],
  after: readonly Endpoint[],
): { readonly added: readonly Endpoint[]; readonly removed: readonly Endpoint[] } {
  const added: Endpoint[] = [];
  const removed: Endpoint[] = [];
  let i = 0;
  for (const endpoint of after) {
    while (i < before.length && before[i]!.address < endpoint.address) removed.push(before[i++]!);
    if (i < before.length && before[i]!.address === endpoint.address) i++;
    else added.push(endpoint);
  }
  while (i < before.length) removed.push(before[i++]!);
  return { added, removed };
}

/** Both lists as one, ordered by address as they are, without duplicates. O(n). */
export function mergeEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): readonly Endpoint[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const merged: Endpoint[] = [];
  let i = 0;
  for (const endpoint of b) {
    while (i < a.length && a[i]!.address < endpoint.address) merged.push(a[i++]!);
    if (i < a.length && a[i]!.address === endpoint.address) i++;
    merged.push(endpoint);
  }
  while (i < a.length) merged.push(a[i++]!);
  return merged;
}
