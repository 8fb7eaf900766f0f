/**
 * Terminated pods in the order in which the pod garbage collector takes them: evicted ones first, then by creation,
 * then by name (byEvictionAndCreationTimestamp in pkg/controller/podgc, Kubernetes v1.36.3). A pod costs O(log n) numbers once.
 */
import { keyOf, type Pod, parseTimestamp } from '../api/index.ts';
import { fillTo, KeyHeap } from '../engine/index.ts';
import { isPodTerminal } from './pod-state.ts';

/** Before every other turn. */
const EVICTED = -1e12;
/** Entries of pods that are gone, at least, before they are swept out. */
const SWEEP = 1024;

/** Seconds since 1970 of its creation; pods of one turn go by name. */
function turnOf({ metadata, status }: Pod): number {
  const created = Math.floor((parseTimestamp(metadata.creationTimestamp) ?? 0) / 1e6);
  return status?.reason === 'Evicted' ? created + EVICTED : created;
}

export class TerminatedPods {
  readonly #podAt: (slot: number) => Pod | undefined;
  #size = 0;
  /** Slots by turn. What is not true any more is passed over when its turn comes. */
  readonly #queue = new KeyHeap();
  /** By slot, of the pod that terminated there last. */
  readonly #turns: number[] = [];
  #pushed = 0;
  /** Taken out by the last `first`: back in the queue if they are still there. */
  #given: number[] = [];

  /** `podAt` knows the pods that are there, in their last version, by their slot as in WatchEvent. */
  constructor(podAt: (slot: number) => Pod | undefined) {
    this.#podAt = podAt;
  }

  get size(): number {
    return this.#size;
  }

  /** A pod has come, changed or gone: undefined is what is not there. */
  changed(slot: number, pod: Pod | undefined, previous: Pod | undefined): void {
    const now = pod !== undefined && isPodTerminal(pod);
    const before = previous !== undefined && isPodTerminal(previous);
    if (now && !before) this.#size++;
    else if (before && !now) this.#size--;
    if (slot < 0 || !now || (before && previous.metadata.uid === pod.metadata.uid)) return;
    fillTo(this.#turns, slot, 0);
    this.#turns[slot] = turnOf(pod);
    this.#push(slot);
  }

  /** The first `count` to go. O(count log n). */
  first(count: number): readonly Pod[] {
    const given = this.#given;
    this.#given = [];
    for (const slot of given) this.#push(slot);
    const pods: Pod[] = [];
    while (pods.length < count && this.#queue.size > 0) {
      for (const [slot, pod] of this.#takeTurn()) {
        this.#given.push(slot);
        if (pods.length < count) pods.push(pod);
      }
    }
    return pods;
  }

  #push(slot: number): void {
    if (this.#terminatedAt(slot) === undefined) return;
    this.#queue.push(this.#turns[slot]!, this.#pushed++, slot);
    if (this.#queue.size > SWEEP + 2 * this.#size) this.#sweep();
  }

  #terminatedAt(slot: number): Pod | undefined {
    const pod = this.#podAt(slot);
    return pod !== undefined && isPodTerminal(pod) ? pod : undefined;
  }

  /** The pods whose turn is next, in their order. */
  #takeTurn(): (readonly [number, Pod])[] {
    const turn = this.#queue.key;
    const pods = new Map<number, Pod>();
    while (this.#queue.size > 0 && this.#queue.key === turn) {
      const slot = this.#queue.pop();
      const pod = this.#terminatedAt(slot);
      if (pod !== undefined && this.#turns[slot] === turn) pods.set(slot, pod);
    }
    const found = [...pods];
    return found.length > 1 ? found.sort(([, a], [, b]) => (keyOf(a) < keyOf(b) ? -1 : 1)) : found;
  }

  #sweep(): void {
    const slots = new Set<number>();
    for (let i = 0; i < this.#queue.size; i++) slots.add(this.#queue.slotAt(i));
    this.#queue.clear();
    for (const slot of slots) this.#push(slot);
  }
}
