/**
 * What becomes of similar Events: client-go tools/record/events_cache.go, Kubernetes v1.36. Many that differ in the message only
 * become one "combined" Event, equal ones are counted, and a source that floods one object is cut off.
 */
import { elapsed, minutes, type SimTime } from '../engine/index.ts';
import { LruMap } from './lru.ts';
import { TokenBucket } from './token-bucket.ts';

/** All documented in the source named above. */
export const correlation = {
  /** Entries of each memory. */
  memory: 4096,
  /** Similar Events after which they are combined. */
  maxSimilar: 10,
  /** After a pause of this length similar Events count from zero. */
  window: minutes(10),
  /** Events of one source about one object at once, and then one per this many seconds. */
  spamBurst: 25,
  spamSecondsPerEvent: 300,
} as const;

export interface EventFacts {
  /** The object that one source tells of: equal for the same object only. */
  readonly about: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** What to write: a new Event, or the count and time of one written before. */
export interface Correlated {
  readonly message: string;
  readonly count: number;
  readonly first: SimTime;
  /** Name of the Event that is counted up; undefined for a new one. */
  readonly written: string | undefined;
  /** To be called with the name of a new one. */
  readonly key: string;
}

interface Similar {
  /** Unlike ones, oldest first. */
  readonly messages: string[];
  last: SimTime;
}

interface Observed {
  readonly name: string;
  count: number;
  readonly first: SimTime;
}

export class EventCorrelator {
  readonly #similar = new LruMap<Similar>(correlation.memory);
  readonly #observed = new LruMap<Observed>(correlation.memory);
  readonly #sources = new LruMap<TokenBucket>(correlation.memory);

  /** Undefined if the source is cut off. `nameOf` names a new Event. */
  correlate(facts: EventFacts, now: SimTime, nameOf: () => string): Correlated | undefined {
    const { key, message } = this.#aggregate(facts, now);
    const before = this.#observed.get(key);
    const observed: Observed = before ?? { name: nameOf(), count: 0, first: now };
    observed.count++;
    if (before === undefined) this.#observed.set(key, observed);
    if (!this.#bucketOf(facts.about).tryTake(now)) return undefined;
    return {
      message,
      count: observed.count,
      first: observed.first,
      written: before?.name,
      key: observed.name,
    };
  }

  /** The key under which the Event is counted, and its message: its own, or the combined one's. */
  #aggregate(
    { about, type, reason, message }: EventFacts,
    now: SimTime,
  ): { readonly key: string; readonly message: string } {
    const group = `${about}\u0000${type}\u0000${reason}`;
    const known = this.#similar.get(group);
    const similar: Similar =
      known === undefined || elapsed(known.last, now) > correlation.window
        ? { messages: [], last: now }
        : known;
    similar.last = now;
    if (!similar.messages.includes(message)) similar.messages.push(message);
    if (similar !== known) this.#similar.set(group, similar);
    if (similar.messages.length < correlation.maxSimilar) return { key: `${group}\u0000${message}`, message };
    similar.messages.shift();
    return { key: group, message: `(combined from similar events): ${message}` };
  }

  #bucketOf(about: string): TokenBucket {
    let bucket = this.#sources.get(about);
    if (bucket === undefined) {
      bucket = new TokenBucket(1 / correlation.spamSecondsPerEvent, correlation.spamBurst);
      this.#sources.set(about, bucket);
    }
    return bucket;
  }
}
