/** The correlation of Events in plain words: two maps by text, each in order of use. Oracle of sim/client/event-correlator.ts. */
import { type Correlated, correlation, type EventFacts } from '../../../sim/client/event-correlator.ts';
import { TokenBucket } from '../../../sim/client/token-bucket.ts';
import type { SimTime } from '../../../sim/engine/index.ts';

export class NaiveEventCorrelator {
  readonly #memory: number;
  readonly #similar = new Map<string, { messages: string[]; last: number }>();
  readonly #sources = new Map<string, TokenBucket>();

  constructor(memory: number) {
    this.#memory = memory;
  }

  correlate(facts: EventFacts, now: SimTime): Correlated {
    const { about, type, reason, message } = facts;
    const group = `${about}\u0000${type}\u0000${reason}`;
    const similar = this.#recall(this.#similar, group, () => ({ messages: [], last: now }));
    if (now - similar.last > correlation.window) similar.messages = [];
    similar.last = now;
    similar.messages = [...new Set([...similar.messages, message])];
    const combined = similar.messages.length >= correlation.maxSimilar;
    if (combined) similar.messages = similar.messages.slice(1);
    const bucket = this.#recall(
      this.#sources,
      about,
      () => new TokenBucket(1 / correlation.spamSecondsPerEvent, correlation.spamBurst),
    );
    return { combined, cutOff: !bucket.tryTake(now) };
  }

  /** The value of `key`, which is the latest used now; the one used longest ago goes if there are too many. */
  #recall<T>(map: Map<string, T>, key: string, make: () => T): T {
    const value = map.get(key) ?? make();
    map.delete(key);
    map.set(key, value);
    for (const oldest of map.keys()) {
      if (map.size > this.#memory) map.delete(oldest);
      break;
    }
    return value;
  }
}
