/** A heap of queued pods from which any pod can be taken: entries that left are skipped when they come up. */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import { HeapEntry, type QueuedPod } from './queued-pod.ts';

export class PodHeap {
  readonly #heap: PriorityQueue<HeapEntry>;
  #size = 0;
  #sequence = 0;

  /** `before(a, b)`: a must come out first; neither way means order of arrival. */
  constructor(before: (a: HeapEntry, b: HeapEntry) => boolean) {
    this.#heap = new PriorityQueue((a: HeapEntry, b: HeapEntry) =>
      before(a, b) ? -1 : before(b, a) ? 1 : a.sequence - b.sequence,
    );
  }

  get size(): number {
    return this.#size;
  }

  /** O(log n). */
  push(queued: QueuedPod, expiration = 0): void {
    const entry = new HeapEntry(queued, expiration, this.#sequence++);
    queued.entry = entry;
    this.#heap.push(entry);
    this.#size++;
  }

  peek(): HeapEntry | undefined {
    for (;;) {
      const front = this.#heap.front();
      if (front === null) return undefined;
      if (front.alive) return front;
      this.#heap.pop();
    }
  }

  pop(): QueuedPod | undefined {
    const front = this.peek();
    if (front === undefined) return undefined;
    this.#heap.pop();
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
    for (const entry of this.#heap.toArray()) if (entry.alive) yield entry.queued;
  }
}
