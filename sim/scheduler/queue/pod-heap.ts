/**
 * Queued pods in the order of scheduling, from which any pod can be taken. Most come in the order in which they are to
 * leave: those are a list, taken in O(1) however many wait; the rest are in a heap. Entries that left are skipped when they
 * come up.
 */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import { HeapEntry, type QueuedPod } from './queued-pod.ts';

/** The list is cut when this many have left, and half of it. */
const TRIM = 1024;

export class PodHeap {
  readonly #before: (a: HeapEntry, b: HeapEntry) => boolean;
  readonly #heap: PriorityQueue<HeapEntry>;
  /** Sorted; the entries before `#next` have left. */
  #list: HeapEntry[] = [];
  #next = 0;
  #size = 0;
  #sequence = 0;

  /** `before(a, b)`: a must come out first; neither way means order of arrival. */
  constructor(before: (a: HeapEntry, b: HeapEntry) => boolean) {
    this.#before = before;
    this.#heap = new PriorityQueue((a: HeapEntry, b: HeapEntry) => this.#compare(a, b));
  }

  get size(): number {
    return this.#size;
  }

  /** O(1) if the pod comes after all those in the list, else O(log n). */
  push(queued: QueuedPod, expiration = 0): void {
    const entry = new HeapEntry(queued, expiration, this.#sequence++);
    queued.entry = entry;
    const last = this.#list.at(-1);
    if (last === undefined || !this.#before(entry, last)) this.#list.push(entry);
    else this.#heap.push(entry);
    this.#size++;
  }

  peek(): HeapEntry | undefined {
    const listed = this.#frontOfList();
    if (this.#heap.size() === 0) return listed;
    const heaped = this.#frontOfHeap();
    if (listed === undefined || heaped === undefined) return listed ?? heaped;
    return this.#compare(listed, heaped) < 0 ? listed : heaped;
  }

  pop(): QueuedPod | undefined {
    const front = this.peek();
    if (front === undefined) return undefined;
    if (front === this.#list[this.#next]) this.#leaveList();
    else this.#heap.pop();
    this.#size--;
    front.queued.entry = undefined;
    return front.queued;
  }

  /** Takes a pod of this heap out. O(1), paid when its entry comes up. */
  remove(queued: QueuedPod): void {
    if (queued.entry === undefined) return;
    queued.entry.alive = false;
    queued.entry = undefined;
    this.#size--;
  }

  /** In no particular order. */
  *values(): IterableIterator<QueuedPod> {
    for (let i = this.#next; i < this.#list.length; i++)
      if (this.#list[i]!.alive) yield this.#list[i]!.queued;
    for (const entry of this.#heap.toArray()) if (entry.alive) yield entry.queued;
  }

  #compare(a: HeapEntry, b: HeapEntry): number {
    if (this.#before(a, b)) return -1;
    return this.#before(b, a) ? 1 : a.sequence - b.sequence;
  }

  #frontOfList(): HeapEntry | undefined {
    for (;;) {
      const front = this.#list[this.#next];
      if (front === undefined || front.alive) return front;
      this.#leaveList();
    }
  }

  #leaveList(): void {
    if (this.#list.length === 1) {
      this.#list.pop();
      return;
    }
    this.#next++;
    if (this.#next < this.#list.length && (this.#next < TRIM || this.#next * 2 < this.#list.length)) return;
    this.#list.splice(0, this.#next);
    this.#next = 0;
  }

  #frontOfHeap(): HeapEntry | undefined {
    for (;;) {
      const front = this.#heap.front();
      if (front === null || front.alive) return front ?? undefined;
      this.#heap.pop();
    }
  }
}
