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
  /** In order of pop: the pod that is being tried, and those that Permit holds. */
  readonly #uids: string[] = [];
  /** Number of the first event after the pop of each. */
  readonly #since: number[] = [];
  #events: HappenedEvent[] = [];
  /** Number of `#events[0]`. */
  #first = 0;

  get any(): boolean {
    return this.#uids.length > 0;
  }

  /** O(pods in flight), as what follows. */
  has(uid: string): boolean {
    return this.#uids.includes(uid);
  }

  begin(uid: string): void {
    this.#uids.push(uid);
    this.#since.push(this.#first + this.#events.length);
  }

  record(event: ClusterEvent, before: unknown, after: unknown): void {
    if (this.any) this.#events.push({ event, before, after });
  }

  /** What happened since the pod was popped. */
  eventsFor(uid: string): readonly HappenedEvent[] {
    const at = this.#uids.indexOf(uid);
    return at < 0 ? [] : this.#events.slice(this.#since[at]! - this.#first);
  }

  done(uid: string): void {
    const at = this.#uids.lastIndexOf(uid);
    if (at < 0) return;
    if (at === this.#uids.length - 1) {
      this.#uids.pop();
      this.#since.pop();
    } else {
      this.#uids.splice(at, 1);
      this.#since.splice(at, 1);
    }
    this.#trim();
  }

  /** Forgets the events that came before the oldest pop. */
  #trim(): void {
    const oldest = this.#since[0];
    if (oldest === undefined) {
      this.#first += this.#events.length;
      if (this.#events.length > 0) this.#events = [];
    } else if (oldest - this.#first >= TRIM) {
      this.#events = this.#events.slice(oldest - this.#first);
      this.#first = oldest;
    }
  }
}
