/**
 * Pods that wait a while before they are tried again: `backend/queue/backoff_queue.go`, Kubernetes v1.36. Times end on whole
 * seconds so that pods that become ready within one second leave in scheduling order.
 */
import { type Duration, type SimTime, seconds } from '../../engine/index.ts';
import { PodHeap } from './pod-heap.ts';
import { type HeapEntry, NOT_YET, type QueuedPod } from './queued-pod.ts';

/** Upstream's backoffQOrderingWindowDuration. */
export const ORDERING_WINDOW: Duration = seconds(1);

export interface BackoffOptions {
  readonly initial: Duration;
  readonly max: Duration;
}

export class BackoffQueue {
  readonly #options: BackoffOptions;
  readonly #rejected: PodHeap;
  /** Failed with an error, not by a plugin: never taken early. */
  readonly #failed: PodHeap;

  constructor(options: BackoffOptions, less: (a: HeapEntry, b: HeapEntry) => boolean) {
    this.#options = options;
    const before = (a: HeapEntry, b: HeapEntry): boolean =>
      a.expiration < b.expiration || (a.expiration === b.expiration && less(a, b));
    this.#rejected = new PodHeap(before);
    this.#failed = new PodHeap(before);
  }

  get size(): number {
    return this.#rejected.size + this.#failed.size;
  }

  /** End of the pod's back-off in whole seconds; before the start of the run if it has none. O(1). */
  expiration(queued: QueuedPod): number {
    if (queued.backoffExpiration === NOT_YET)
      queued.backoffExpiration = align(queued.timestamp + this.#duration(queued));
    return queued.attempts === 0 ? NOT_YET : queued.backoffExpiration;
  }

  /** True also in the second in which the back-off ends. */
  isBackingOff(queued: QueuedPod, now: SimTime): boolean {
    return this.expiration(queued) >= align(now);
  }

  add(queued: QueuedPod): void {
    queued.queue = queued.rejected ? 'backoff' : 'error-backoff';
    (queued.rejected ? this.#rejected : this.#failed).push(queued, this.expiration(queued));
  }

  remove(queued: QueuedPod): void {
    (queued.queue === 'error-backoff' ? this.#failed : this.#rejected).remove(queued);
  }

  /** Appends to `done` all pods whose back-off is over. */
  popCompleted(now: SimTime, done: QueuedPod[]): void {
    for (const heap of [this.#rejected, this.#failed]) {
      for (let front = heap.peek(); front !== undefined; front = heap.peek()) {
        if (this.isBackingOff(front.queued, now)) break;
        done.push(heap.pop()!);
      }
    }
  }

  /** The pod that a plugin rejected whose back-off ends first, ended or not. */
  popEarly(): QueuedPod | undefined {
    return this.#rejected.pop();
  }

  /** The next instant at which `popCompleted` finds something: a whole second. */
  nextRelease(): number {
    const ends = [this.#rejected.peek(), this.#failed.peek()].map((front) => front?.expiration ?? Infinity);
    return align(Math.min(...ends)) + ORDERING_WINDOW;
  }

  *values(): IterableIterator<QueuedPod> {
    yield* this.#rejected.values();
    yield* this.#failed.values();
  }

  /** Doubles with every rejected attempt, or with every error in a row, up to the maximum. */
  #duration(queued: QueuedPod): number {
    const { initial, max } = this.#options;
    const count = queued.consecutiveErrors > 0 ? queued.consecutiveErrors : queued.unschedulableCount;
    if (count === 0) return 0;
    let duration: number = initial;
    for (let i = 1; i < count; i++) {
      if (duration > max - duration) return max;
      duration += duration;
    }
    return duration;
  }
}

/** The epoch is a whole second, so seconds of the run are seconds of the clock. */
const align = (time: number): number => Math.floor(time / ORDERING_WINDOW) * ORDERING_WINDOW;
