/**
 * Terminated pods in the order in which the pod garbage collector takes them: evicted ones first, then by creation,
 * then by name (byEvictionAndCreationTimestamp in pkg/controller/podgc, Kubernetes v1.36.3). A pod costs O(log n) once.
 */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import { type Pod, parseTimestamp } from '../api/index.ts';

interface Waiting {
  readonly key: string;
  readonly uid: string;
  readonly evicted: boolean;
  /** µs since 1970. */
  readonly created: number;
}

const byTurn = (a: Waiting, b: Waiting): number =>
  Number(b.evicted) - Number(a.evicted) || a.created - b.created || (a.key < b.key ? -1 : 1);

export class TerminatedPods {
  readonly #pods = new Map<string, Pod>();
  /** Holds every pod once; those that went meanwhile are passed over when their turn comes. */
  readonly #queue = new PriorityQueue<Waiting>(byTurn);
  /** Given out by the last `first`: back in the queue if they are still there. */
  #given: Waiting[] = [];

  get size(): number {
    return this.#pods.size;
  }

  /** A terminated pod is seen, for the first time or changed. */
  set(key: string, pod: Pod): void {
    const known = this.#pods.get(key);
    this.#pods.set(key, pod);
    const { uid, creationTimestamp } = pod.metadata;
    if (known?.metadata.uid === uid) return;
    const created = parseTimestamp(creationTimestamp) ?? 0;
    this.#queue.push({ key, uid, evicted: pod.status?.reason === 'Evicted', created });
  }

  delete(key: string): void {
    this.#pods.delete(key);
  }

  /** The first `count` to go. O(count log n). */
  first(count: number): readonly Pod[] {
    for (const waiting of this.#given) if (this.#podOf(waiting) !== undefined) this.#queue.push(waiting);
    this.#given = [];
    const pods: Pod[] = [];
    for (let next = this.#queue.pop(); next !== null; next = this.#queue.pop()) {
      const pod = this.#podOf(next);
      if (pod === undefined) continue;
      this.#given.push(next);
      if (pods.push(pod) === count) break;
    }
    return pods;
  }

  #podOf({ key, uid }: Waiting): Pod | undefined {
    const pod = this.#pods.get(key);
    return pod?.metadata.uid === uid ? pod : undefined;
  }
}
