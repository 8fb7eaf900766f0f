/** How long a work queue makes a failing key wait: client-go util/workqueue/default_rate_limiters.go, Kubernetes v1.36. */
import {
  type Duration,
  elapsed,
  microseconds,
  milliseconds,
  type SimTime,
  seconds,
} from '../engine/index.ts';
import { TokenBucket } from './token-bucket.ts';

export interface RateLimiter {
  /** Counts a failure of `key` and returns how long it has to wait. */
  when(key: string, now: SimTime): Duration;
  /** The key succeeded or was given up. */
  forget(key: string): void;
  /** Failures counted since the last forget. */
  requeues(key: string): number;
}

/** base · 2^failures, at most max. */
export class ExponentialFailureRateLimiter implements RateLimiter {
  readonly #base: Duration;
  readonly #max: Duration;
  readonly #failures = new Map<string, number>();

  constructor(base: Duration, max: Duration) {
    this.#base = base;
    this.#max = max;
  }

  when(key: string): Duration {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    let waitUs: number = this.#base;
    for (let i = 0; i < failures && waitUs < this.#max; i++) waitUs *= 2;
    return microseconds(Math.min(waitUs, this.#max));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  requeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/** One bucket for all keys. */
export class BucketRateLimiter implements RateLimiter {
  readonly #bucket: TokenBucket;

  constructor(qps: number, burst: number) {
    this.#bucket = new TokenBucket(qps, burst);
  }

  when(_key: string, now: SimTime): Duration {
    return elapsed(now, this.#bucket.reserve(now));
  }

  forget(): void {}

  requeues(): number {
    return 0;
  }
}

/** The longest of several. */
export class MaxOfRateLimiter implements RateLimiter {
  readonly #limiters: readonly RateLimiter[];

  constructor(...limiters: readonly RateLimiter[]) {
    this.#limiters = limiters;
  }

  when(key: string, now: SimTime): Duration {
    let longest = microseconds(0);
    for (const limiter of this.#limiters) {
      const wait = limiter.when(key, now);
      if (wait > longest) longest = wait;
    }
    return longest;
  }

  forget(key: string): void {
    for (const limiter of this.#limiters) limiter.forget(key);
  }

  requeues(key: string): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.requeues(key)));
  }
}

/** DefaultTypedControllerRateLimiter: 5 ms to 1,000 s per key, 10 a second and 100 at once over all. Documented. */
export const defaultControllerRateLimiter = (): RateLimiter =>
  new MaxOfRateLimiter(
    new ExponentialFailureRateLimiter(milliseconds(5), seconds(1000)),
    new BucketRateLimiter(10, 100),
  );
