/** What differs between two versions of an EndpointSlice, entry by entry: a change of one pod must not cost a hundred. */
import type { Endpoint as ApiEndpoint, EndpointPort, EndpointSlice } from '../api/index.ts';

export interface SliceChange {
  /** The ports or the kind of address changed too: every entry counts as another. */
  readonly all: boolean;
  readonly removed: readonly ApiEndpoint[];
  readonly added: readonly ApiEndpoint[];
}

const NO_ENTRIES: readonly ApiEndpoint[] = [];

/** Undefined if no proxier would see a difference: labels and annotations do not count. O(entries). */
export function sliceChange(
  before: EndpointSlice | undefined,
  after: EndpointSlice | undefined,
): SliceChange | undefined {
  const old = before?.endpoints ?? NO_ENTRIES;
  const entries = after?.endpoints ?? NO_ENTRIES;
  const all = before?.addressType !== after?.addressType || !sameLists(before?.ports, after?.ports, samePort);
  if (all) return { all, removed: old, added: entries };
  const removed: ApiEndpoint[] = [];
  const added: ApiEndpoint[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < entries.length) {
    if (isSame(old[i]!, entries[j]!)) {
      i++;
      j++;
    } else if (old.length - i > entries.length - j) removed.push(old[i++]!);
    else if (old.length - i < entries.length - j) added.push(entries[j++]!);
    else {
      removed.push(old[i++]!);
      added.push(entries[j++]!);
    }
  }
  while (i < old.length) removed.push(old[i++]!);
  while (j < entries.length) added.push(entries[j++]!);
  return removed.length === 0 && added.length === 0 ? undefined : { all, removed, added };
}

const isSame = (a: ApiEndpoint, b: ApiEndpoint): boolean => a === b || sameEndpoint(a, b);

const sameEndpoint = (a: ApiEndpoint, b: ApiEndpoint): boolean =>
  a.addresses[0] === b.addresses[0] &&
  a.nodeName === b.nodeName &&
  a.zone === b.zone &&
  a.conditions?.ready === b.conditions?.ready &&
  a.conditions?.serving === b.conditions?.serving &&
  a.conditions?.terminating === b.conditions?.terminating &&
  a.targetRef?.name === b.targetRef?.name &&
  sameLists(a.addresses, b.addresses, (x, y) => x === y) &&
  sameLists(a.hints?.forZones, b.hints?.forZones, (x, y) => x.name === y.name) &&
  sameLists(a.hints?.forNodes, b.hints?.forNodes, (x, y) => x.name === y.name);

const samePort = (a: EndpointPort, b: EndpointPort): boolean =>
  a.name === b.name && a.port === b.port && a.protocol === b.protocol;

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
