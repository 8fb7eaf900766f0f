/**
 * Endpoints of a service port: the union of its EndpointSlices.
 * Source: the endpoints map of Kubernetes v1.36.3 pkg/proxy (`golden/proxy/README.md`, "Which endpoints count").
 */
import type { Endpoint as ApiEndpoint, EndpointSlice } from '../api/index.ts';
import { addressNumber } from './addresses.ts';

/** One address:port behind a service port. Immutable; the same object in all rule versions until its slice entry changes. */
export interface Endpoint {
  /** Address and port as one number: endpoints are compared and ordered by it. */
  readonly key: number;
  readonly ip: string;
  readonly port: number;
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

/** "ip:port", as kube-proxy and ipvs write it. */
export const addressOf = (endpoint: Endpoint): string => `${endpoint.ip}:${endpoint.port}`;

/** Port number of the port called `portName` in a slice; undefined if proxiers can do nothing with it. */
export function portNumber(slice: EndpointSlice, portName: string): number | undefined {
  if (slice.addressType !== 'IPv4') return undefined;
  const port = slice.ports?.find((p) => (p.name ?? '') === portName)?.port;
  return port === 0 ? undefined : port;
}

/** Undefined if the entry has no IPv4 address. */
export function readEndpoint(entry: ApiEndpoint, port: number, namespace: string): Endpoint | undefined {
  const ip = entry.addresses[0];
  const number = ip === undefined ? undefined : addressNumber(ip);
  if (ip === undefined || number === undefined) return undefined;
  const { conditions, hints, targetRef } = entry;
  const ready = conditions?.ready ?? true;
  return {
    key: number * 65536 + port,
    ip,
    port,
    nodeName: entry.nodeName ?? '',
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating ?? false,
    zoneHints: hints?.forZones?.map((zone) => zone.name),
    nodeHints: hints?.forNodes?.map((node) => node.name),
    podKey: targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? namespace}/${targetRef.name ?? ''}` : '',
  };
}

/** What `after` has and `before` has not, and the reverse, by key; both ordered by key. O(n). */
export function diffEndpoints(
  before: readonly Endpoint[],
  after: readonly Endpoint[],
): { readonly added: readonly Endpoint[]; readonly removed: readonly Endpoint[] } {
  const added: Endpoint[] = [];
  const removed: Endpoint[] = [];
  let i = 0;
  for (const endpoint of after) {
    while (i < before.length && before[i]!.key < endpoint.key) removed.push(before[i++]!);
    if (i < before.length && before[i]!.key === endpoint.key) i++;
    else added.push(endpoint);
  }
  while (i < before.length) removed.push(before[i++]!);
  return { added, removed };
}

/** Both lists as one, ordered by key as they are, those of `b` where both have one. O(n). */
export function mergeEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): readonly Endpoint[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const merged: Endpoint[] = [];
  let i = 0;
  for (const endpoint of b) {
    while (i < a.length && a[i]!.key < endpoint.key) merged.push(a[i++]!);
    if (i < a.length && a[i]!.key === endpoint.key) i++;
    merged.push(endpoint);
  }
  while (i < a.length) merged.push(a[i++]!);
  return merged;
}
