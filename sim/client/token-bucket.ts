/**
 * Client-side rate limiting as in client-go (util/flowcontrol over golang.org/x/time/rate, Kubernetes v1.36): a bucket
 * of `burst` tokens refilled at `qps`; who comes too early reserves the next token and waits, in order.
 */
import type { SimTime } from '../engine/index.ts';

export class TokenBucket {
  /** µs per token; 0 for no limit. */
  readonly #periodUs: number;
  readonly #burst: number;
  /** Tokens at `#at`, negative when reserved ahead. */
  #tokens: number;
  #at = 0;

  /** `qps` 0 or negative means no limit. */
  constructor(qps: number, burst: number) {
    this.#periodUs = qps > 0 ? 1e6 / qps : 0;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes one token and returns when it is there, rounded to whole µs: `now` or later. O(1). */
  reserve(now: SimTime): SimTime {
    if (this.#periodUs === 0) return now;
    this.#refill(now);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? now : (Math.ceil(now - this.#tokens * this.#periodUs) as SimTime);
  }

  /** Takes one token if there is one. O(1). */
  tryTake(now: SimTime): boolean {
    if (this.#periodUs === 0) return true;
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(now: SimTime): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) / this.#periodUs);
    this.#at = now;
  }
}
