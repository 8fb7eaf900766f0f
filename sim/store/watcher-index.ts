/**
 * Which up-to-date watchers are interested in a key. Single keys are looked up; ranges cut the key space into
 * segments, so that a change costs a search among the distinct ranges (and usually only a look at the last segment used)
 * plus its interested watchers, however many others there are.
 */

import { compareTexts } from '../engine/index.ts';
import type { KeyInterval } from './interval.ts';

/** Watchers of the same interval. The array is replaced, never changed, so it can be walked while watchers come and go. */
interface Group<W> {
  readonly from: string;
  readonly end: string | undefined;
  watchers: readonly W[];
}

/** Keys from `from` to the next segment's, and the groups whose range covers them. */
interface Segment<W> {
  readonly from: string;
  readonly groups: readonly Group<W>[];
}

export class WatcherIndex<W extends { readonly interval: KeyInterval }> {
  readonly #singles = new Map<string, Group<W>>();
  /** By start and end, in order of creation. */
  readonly #ranges = new Map<string, Group<W>>();
  #segments: Segment<W>[] = [];
  #outdated = false;
  #lastUsed = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: W): void {
    const { from, end } = watcher.interval;
    const map = end === undefined ? this.#singles : this.#ranges;
    const id = end === undefined ? from : rangeId(from, end);
    const group = map.get(id);
    if (group !== undefined) group.watchers = [...group.watchers, watcher];
    else {
      map.set(id, { from, end, watchers: [watcher] });
      if (end !== undefined) this.#outdated = true;
    }
    this.#size++;
  }

  delete(watcher: W): void {
    const { from, end } = watcher.interval;
    const map = end === undefined ? this.#singles : this.#ranges;
    const id = end === undefined ? from : rangeId(from, end);
    const group = map.get(id);
    if (group === undefined || !group.watchers.includes(watcher)) return;
    group.watchers = group.watchers.filter((other) => other !== watcher);
    this.#size--;
    if (group.watchers.length > 0) return;
    map.delete(id);
    if (end !== undefined) this.#outdated = true;
  }

  /** Calls `visit` for the watchers of a key: those of the key alone first, then ranges, each in order of creation. */
  visit(key: string, visit: (watcher: W) => void): void {
    if (this.#singles.size > 0) {
      const single = this.#singles.get(key);
      if (single !== undefined) for (const watcher of single.watchers) visit(watcher);
    }
    for (const group of this.#groupsOf(key)) for (const watcher of group.watchers) visit(watcher);
  }

  #groupsOf(key: string): readonly Group<W>[] {
    if (this.#outdated) this.#cut();
    const segments = this.#segments;
    const last = segments[this.#lastUsed];
    if (last !== undefined && key >= last.from) {
      const next = segments[this.#lastUsed + 1];
      if (next === undefined || key < next.from) return last.groups;
    }
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segments[middle]!.from <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return [];
    this.#lastUsed = low - 1;
    return segments[low - 1]!.groups;
  }

  /** Cuts the key space at every range's start and end. */
  #cut(): void {
    const starts = new Map<string, Group<W>[]>();
    const ends = new Map<string, Group<W>[]>();
    for (const group of this.#ranges.values()) {
      collect(starts, group.from, group);
      if (group.end !== undefined && group.end !== '') collect(ends, group.end, group);
    }
    const bounds = [...new Set([...starts.keys(), ...ends.keys()])].sort(compareTexts);
    const covering = new Set<Group<W>>();
    this.#segments = bounds.map((from) => {
      for (const group of ends.get(from) ?? []) covering.delete(group);
      for (const group of starts.get(from) ?? []) covering.add(group);
      return { from, groups: [...covering] };
    });
    this.#outdated = false;
    this.#lastUsed = 0;
  }
}

/** Keys are strings of bytes, so a character above U+00FF separates. */
const rangeId = (from: string, end: string): string => `${from}\u0100${end}`;

function collect<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key);
  if (items !== undefined) items.push(item);
  else map.set(key, [item]);
}
