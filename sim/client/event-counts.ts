/** How often equal Events came: the event logger of client-go tools/record/events_cache.go, Kubernetes v1.36. The latest used are remembered. */
import type { SimTime } from '../engine/index.ts';
import { correlation, type EventFacts } from './event-correlator.ts';

/** What to write: a new Event, or the count and time of one written before. */
export interface Counted {
  readonly count: number;
  readonly first: SimTime;
  readonly name: string;
  /** False for a new one. */
  readonly written: boolean;
}

export class EventCounts {
  readonly #memory: number;
  /** The latest used comes last. */
  readonly #counted = new Map<string, Counted>();

  constructor(memory: number = correlation.memory) {
    this.#memory = memory;
  }

  /** Combined ones count together whatever they say. `nameOf` names a new Event. */
  count(facts: EventFacts, combined: boolean, now: SimTime, nameOf: () => string): Counted {
    const { about, type, reason, message } = facts;
    const key = JSON.stringify(combined ? [about, type, reason] : [about, type, reason, message]);
    const known = this.#counted.get(key);
    const counted =
      known === undefined
        ? { count: 1, first: now, name: nameOf(), written: false }
        : { count: known.count + 1, first: known.first, name: known.name, written: true };
    this.#counted.delete(key);
    this.#counted.set(key, counted);
    if (this.#counted.size > this.#memory) this.#forgetOldest();
    return counted;
  }

  #forgetOldest(): void {
    for (const oldest of this.#counted.keys()) {
      this.#counted.delete(oldest);
      return;
    }
  }
}
