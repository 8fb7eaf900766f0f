/**
 * When a proxier's sync may run. Two runners, as pure state machines that the caller drives.
 * Source: pkg/util/async and pkg/proxy/runner, Kubernetes v1.36.3 and v1.25.16 (`golden/proxy/README.md`, "When a sync runs").
 */
import { after, type Duration, NEVER, type SimTime, START } from '../engine/index.ts';

export interface RunnerTiming {
  /** Nothing starts earlier than this after the end of a run. */
  readonly minSyncPeriod: Duration;
  /** How soon a failed run is tried again. */
  readonly syncPeriod: Duration;
  /** A run without any request at the latest so long after the last one. */
  readonly idleMaximum: Duration;
  /** How many runs may follow each other at once before minSyncPeriod counts: 1 since v1.34, 2 up to v1.25. */
  readonly burst: number;
}

/** One request waits at most; what comes meanwhile merges into it. */
export class SyncRunner {
  readonly #timing: RunnerTiming;
  #tokens: number;
  #tokensAt: SimTime = START;
  #lastEnd: SimTime | undefined;
  #running = false;
  #requested = false;

  constructor(timing: RunnerTiming) {
    this.#timing = timing;
    this.#tokens = timing.burst;
  }

  get running(): boolean {
    return this.#running;
  }

  /** A change asks for a run: when it may start, NEVER while one is running (the end of that run will say). */
  request(now: SimTime): SimTime {
    this.#requested = true;
    return this.#running ? NEVER : this.#earliest(now);
  }

  begin(now: SimTime): void {
    this.#refill(now);
    this.#tokens = Math.max(0, this.#tokens - 1);
    this.#running = true;
    this.#requested = false;
  }

  /** A run ended: when the next one is due, requested or not. */
  end(now: SimTime, failed = false): SimTime {
    this.#running = false;
    this.#lastEnd = now;
    if (this.#requested) return this.#earliest(now);
    return after(now, failed ? this.#timing.syncPeriod : this.#timing.idleMaximum);
  }

  #earliest(now: SimTime): SimTime {
    const { minSyncPeriod, burst } = this.#timing;
    if (this.#lastEnd === undefined || minSyncPeriod === 0) return now;
    this.#refill(now);
    if (burst > 1 && this.#tokens >= 1) return now;
    const next = after(this.#lastEnd, minSyncPeriod);
    return next > now ? next : now;
  }

  #refill(now: SimTime): void {
    const { minSyncPeriod, burst } = this.#timing;
    if (minSyncPeriod > 0) this.#tokens += (now - this.#tokensAt) / minSyncPeriod;
    this.#tokens = Math.min(burst, this.#tokens);
    this.#tokensAt = now;
  }
}
