/**
 * A queue whose order changes while pods wait in it, as that of fair queues does: one heap per group, in which the order is
 * fixed; the groups' first pods are compared when a pod is taken.
 */
import type { Pod } from '../../api/index.ts';
import { PodHeap } from './pod-heap.ts';
import type { HeapEntry, QueuedPod } from './queued-pod.ts';

export class GroupedPodHeap {
  readonly #heaps = new Map<string, PodHeap>();
  readonly #before: (a: HeapEntry, b: HeapEntry) => boolean;
  readonly #groupOf: (pod: Pod) => string;
  #size = 0;

  constructor(before: (a: HeapEntry, b: HeapEntry) => boolean, groupOf: (pod: Pod) => string) {
    this.#before = before;
    this.#groupOf = groupOf;
  }

  get size(): number {
    return this.#size;
  }

  push(queued: QueuedPod): void {
    const group = this.#groupOf(queued.pod);
    let heap = this.#heaps.get(group);
    if (heap === undefined) this.#heaps.set(group, (heap = new PodHeap(this.#before)));
    heap.push(queued);
    this.#size++;
  }

  /** O(groups). */
  peek(): HeapEntry | undefined {
    return this.#first()?.peek();
  }

  /** O(groups + log n). */
  pop(): QueuedPod | undefined {
    const queued = this.#first()?.pop();
    if (queued !== undefined) this.#size--;
    return queued;
  }

  /** Takes a pod of this heap out. O(1). */
  remove(queued: QueuedPod): void {
    if (queued.entry === undefined) return;
    this.#heaps.get(this.#groupOf(queued.entry.pod))?.remove(queued);
    this.#size--;
  }

  /** The heap of the group whose turn it is; among equals the first by name. */
  #first(): PodHeap | undefined {
    let first: PodHeap | undefined;
    let firstName = '';
    for (const [name, heap] of this.#heaps) {
      const front = heap.peek();
      if (front === undefined) {
        this.#heaps.delete(name);
        continue;
      }
      const best = first?.peek();
      const earlier =
        best === undefined || this.#before(front, best) || (!this.#before(best, front) && name < firstName);
      if (!earlier) continue;
      first = heap;
      firstName = name;
    }
    return first;
  }
}
