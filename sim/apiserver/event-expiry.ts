/** Event objects live for an hour after their last write (flag event-ttl, Kubernetes v1.36; upstream by etcd leases). */
import { after, type Duration, minutes, type SimTime } from '../engine/index.ts';
import type { ResourceTable } from './resource-table.ts';

/** Documented: flag event-ttl. */
export const eventTtl: Duration = minutes(60);

interface Due {
  readonly at: SimTime;
  readonly namespace: string;
  readonly name: string;
  /** The write that set the time: a later one sets it anew. */
  readonly revision: number;
}

/** A queue in order of expiry, since all live equally long. */
export class EventExpiry {
  #queue: Due[] = [];
  #head = 0;

  /** The instant of the next expiry; undefined if nothing waits. */
  get next(): SimTime | undefined {
    return this.#queue[this.#head]?.at;
  }

  written(now: SimTime, namespace: string, name: string, revision: number): void {
    this.#queue.push({ at: after(now, eventTtl), namespace, name, revision });
  }

  /** Takes what is due and was not written again; O(due). */
  takeDue(now: SimTime, table: ResourceTable): Due[] {
    const due: Due[] = [];
    for (
      let first = this.#queue[this.#head];
      first !== undefined && first.at <= now;
      first = this.#queue[this.#head]
    ) {
      this.#head++;
      if (table.find(first.namespace, first.name)?.revision === first.revision) due.push(first);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return due;
  }
}
