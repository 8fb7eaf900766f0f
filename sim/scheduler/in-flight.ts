/** Pods being scheduled, and what happened meanwhile that might let them fit: `backend/queue/active_queue.go`, v1.36. */
import type { ClusterEvent } from './cluster-event.ts';

export interface HappenedEvent {
  readonly event: ClusterEvent;
  readonly before: unknown;
  readonly after: unknown;
}

/** Events are dropped in steps of this many once no pod in flight saw them. */
const TRIM = 1024;

export class InFlight {
  /** By uid: number of the first event after its pop; in order of pop. */
  readonly #since = new Map<string, number>();
  #events: HappenedEvent[] = [];
  /** Number of `#events[0]`. */
  #first = 0;

  get any(): boolean {
    return this.#since.size > 0;
  }

  has(uid: string): boolean {
    return this.#since.has(uid);
  }

  begin(uid: string): void {
    this.#since.set(uid, this.#first + this.#events.length);
  }

  record(event: ClusterEvent, before: unknown, after: unknown): void {
    if (this.any) this.#events.push({ event, before, after });
  }

  /** What happened since the pod was popped. */
  eventsFor(uid: string): readonly HappenedEvent[] {
    const since = this.#since.get(uid);
    return since === undefined ? [] : this.#events.slice(since - this.#first);
  }

  done(uid: string): void {
    if (!this.#since.delete(uid)) return;
    if (this.#since.size === 0) {
      this.#first += this.#events.length;
      this.#events = [];
      return;
    }
    const oldest: number = this.#since.values().next().value ?? this.#first;
    if (oldest - this.#first < TRIM) return;
    this.#events = this.#events.slice(oldest - this.#first);
    this.#first = oldest;
  }
}
