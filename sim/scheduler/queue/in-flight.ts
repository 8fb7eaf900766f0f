/** Pods being scheduled, and what happened meanwhile that might let them fit: `backend/queue/active_queue.go`, v1.36. */
import type { ClusterEvent } from '../framework/cluster-event.ts';
import { SteadyMap } from './steady-map.ts';

export interface HappenedEvent {
  readonly event: ClusterEvent;
  readonly before: unknown;
  readonly after: unknown;
}

/** Events are dropped in steps of this many once no pod in flight saw them. */
const TRIM = 1024;

export class InFlight {
  /**
   * The pod that is being tried, and those that Permit holds: uid, in order of pop → number of the first event after the pop.
   */
  readonly #since = new SteadyMap<number>();
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
    if (this.#since.delete(uid)) this.#trim();
  }

  /** Forgets the events that came before the oldest pop. */
  #trim(): void {
    const end = this.#first + this.#events.length;
    const oldest = this.any ? (this.#since.values().next().value ?? end) : end;
    if (oldest < end && oldest - this.#first < TRIM) return;
    if (oldest > this.#first) this.#events = this.#events.slice(oldest - this.#first);
    this.#first = oldest;
  }
}
