/**
 * The endpoints of one service port over all its slices. Brought up to date when asked for, by what changed since:
 * many changes between two syncs cost one. Lists are immutable: each change makes a new one.
 * Duplicates of one address are merged: one that is not terminating wins (upstream's rule).
 */
import type { EndpointSlice } from '../api/index.ts';
import { type Endpoint, portNumber, readEndpoint } from './endpoints.ts';
import { type SliceChange, sliceChange } from './slice-changes.ts';

export class EndpointList {
  readonly portName: string;
  readonly #slices: ReadonlyMap<string, EndpointSlice>;
  /** The slices as they were when `#endpoints` was made. */
  readonly #read = new Map<string, EndpointSlice>();
  #endpoints: readonly Endpoint[] = [];
  #stale = true;
  /** True if some address is in more than one entry: then only a fresh reading tells who wins. */
  #merged = false;

  /** `slices`: the service's slices by key, which the owner keeps current. */
  constructor(portName: string, slices: ReadonlyMap<string, EndpointSlice>) {
    this.portName = portName;
    this.#slices = slices;
  }

  /** One of the slices has changed. */
  invalidate(): void {
    this.#stale = true;
  }

  /** Ordered by key. O(1) if nothing changed, else O(endpoints), a few comparisons each. */
  get endpoints(): readonly Endpoint[] {
    if (this.#stale) this.#update();
    return this.#endpoints;
  }

  #update(): void {
    const applied = !this.#merged && this.#read.size > 0 && this.#applyChanges();
    if (!applied) this.#readAll();
    this.#read.clear();
    for (const [key, slice] of this.#slices) this.#read.set(key, slice);
    this.#stale = false;
  }

  /** False if it takes a fresh reading. */
  #applyChanges(): boolean {
    const list = [...this.#endpoints];
    for (const [key, before] of this.#read) {
      if (!this.#slices.has(key) && !this.#apply(list, before, undefined)) return false;
    }
    for (const [key, slice] of this.#slices) {
      const before = this.#read.get(key);
      if (before !== slice && !this.#apply(list, before, slice)) return false;
    }
    this.#endpoints = list;
    return true;
  }

  #apply(list: Endpoint[], before: EndpointSlice | undefined, after: EndpointSlice | undefined): boolean {
    const change = sliceChange(before, after);
    if (change === undefined) return true;
    const from = before === undefined ? undefined : portNumber(before, this.portName);
    const to = after === undefined ? undefined : portNumber(after, this.portName);
    if (change.all && before !== undefined && after !== undefined) return false;
    return (
      (from === undefined || removeEntries(list, change.removed, from)) &&
      (to === undefined || addEntries(list, change.added, to, after?.metadata.namespace ?? ''))
    );
  }

  /** Anew from all slices. O(n log n). */
  #readAll(): void {
    const byKey = new Map<number, Endpoint>();
    let entries = 0;
    for (const slice of this.#slices.values()) {
      const port = portNumber(slice, this.portName);
      if (port === undefined) continue;
      for (const entry of slice.endpoints ?? []) {
        const endpoint = readEndpoint(entry, port, slice.metadata.namespace ?? '');
        if (endpoint === undefined) continue;
        entries++;
        const known = byKey.get(endpoint.key);
        if (known === undefined || known.terminating) byKey.set(endpoint.key, endpoint);
      }
    }
    this.#merged = entries > byKey.size;
    this.#endpoints = [...byKey.values()].sort((a, b) => a.key - b.key);
  }
}

/** False if an entry is not there. */
function removeEntries(list: Endpoint[], entries: SliceChange['removed'], port: number): boolean {
  for (const entry of entries) {
    const key = readEndpoint(entry, port, '')?.key;
    if (key === undefined) continue;
    const place = placeOf(list, key);
    if (list[place]?.key !== key) return false;
    list.splice(place, 1);
  }
  return true;
}

/** False if an address is there already. */
function addEntries(
  list: Endpoint[],
  entries: SliceChange['added'],
  port: number,
  namespace: string,
): boolean {
  for (const entry of entries) {
    const endpoint = readEndpoint(entry, port, namespace);
    if (endpoint === undefined) continue;
    const place = placeOf(list, endpoint.key);
    if (list[place]?.key === endpoint.key) return false;
    list.splice(place, 0, endpoint);
  }
  return true;
}

/** Where `key` is, or would be. */
function placeOf(list: readonly Endpoint[], key: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
