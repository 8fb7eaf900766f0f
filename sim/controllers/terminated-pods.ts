/**
 * Terminated pods in the order in which the pod garbage collector takes them: evicted ones first, then by creation,
 * then by name (byEvictionAndCreationTimestamp in pkg/controller/podgc, Kubernetes v1.36.3). Nothing is sorted until somebody looks.
 */
import { type Pod, parseTimestamp } from '../api/index.ts';
import { isPodTerminal } from './pod-state.ts';

interface Terminated {
  readonly key: string;
  readonly uid: string;
  readonly slot: number;
  readonly evicted: boolean;
  /** Seconds since 1970. */
  readonly created: number;
}

function byTurn(a: Terminated, b: Terminated): number {
  if (a.evicted !== b.evicted) return a.evicted ? -1 : 1;
  if (a.created !== b.created) return a.created - b.created;
  return a.key < b.key ? -1 : 1;
}

export class TerminatedPods {
  readonly #podAt: (slot: number) => Pod | undefined;
  #size = 0;
  /** In order from `#head` on; some are gone. */
  #sorted: Terminated[] = [];
  #head = 0;
  /** Ended since the last look; some are gone. */
  #recent: Terminated[] = [];

  /** `podAt` knows the pods that are there, in their last version, by their slot as in WatchEvent. */
  constructor(podAt: (slot: number) => Pod | undefined) {
    this.#podAt = podAt;
  }

  get size(): number {
    return this.#size;
  }

  /** A pod has come, changed or gone: undefined is what is not there. O(1). */
  changed(key: string, slot: number, pod: Pod | undefined, previous: Pod | undefined): void {
    const now = pod !== undefined && isPodTerminal(pod);
    const before = previous !== undefined && isPodTerminal(previous);
    if (now && !before) this.#size++;
    else if (before && !now) this.#size--;
    if (now && !(before && previous.metadata.uid === pod.metadata.uid)) this.#add(key, slot, pod);
  }

  #add(key: string, slot: number, { metadata: { uid, creationTimestamp }, status }: Pod): void {
    if (this.#recent.length > 1024 + 2 * this.#size) this.#recent = this.#recent.filter(this.#isThere);
    const created = Math.floor((parseTimestamp(creationTimestamp) ?? 0) / 1e6);
    this.#recent.push({ key, uid, slot, evicted: status?.reason === 'Evicted', created });
  }

  readonly #isThere = (terminated: Terminated): boolean => this.#podOf(terminated) !== undefined;

  #podOf({ slot, uid }: Terminated): Pod | undefined {
    const pod = this.#podAt(slot);
    return pod !== undefined && pod.metadata.uid === uid && isPodTerminal(pod) ? pod : undefined;
  }

  /** The first `count` to go. O(count + r log n), and moving up those created after the earliest of the r that ended since the last look. */
  first(count: number): readonly Pod[] {
    this.#mergeRecent();
    const sorted = this.#sorted;
    const found: Terminated[] = [];
    const pods: Pod[] = [];
    let next = this.#head;
    while (pods.length < count && next < sorted.length) {
      const terminated = sorted[next++]!;
      const pod = this.#podOf(terminated);
      if (pod === undefined) continue;
      found.push(terminated);
      pods.push(pod);
    }
    // Those that are gone are passed over once.
    for (let i = found.length - 1; i >= 0; i--) sorted[--next] = found[i]!;
    this.#head = next;
    return pods;
  }

  /** From the last to the first, each to the place found by halving; what moves up moves once. */
  #mergeRecent(): void {
    const recent = this.#recent.sort(byTurn);
    this.#recent = [];
    if (this.#head * 2 > this.#sorted.length) {
      this.#sorted = this.#sorted.slice(this.#head);
      this.#head = 0;
    }
    const sorted = this.#sorted;
    let from = sorted.length;
    for (const terminated of recent) sorted.push(terminated);
    for (let i = recent.length - 1; i >= 0; i--) {
      const place = this.#placeOf(recent[i]!, from);
      while (from > place) sorted[--from + i + 1] = sorted[from]!;
      sorted[place + i] = recent[i]!;
    }
  }

  /** The first of those before `end` that come after it. */
  #placeOf(terminated: Terminated, end: number): number {
    let low = this.#head;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byTurn(this.#sorted[middle]!, terminated) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
