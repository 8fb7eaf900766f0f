/** When requests arrive: a Poisson process whose rate may change in steps (open loop). */
import { log, NEVER, type SimTime } from '../engine/index.ts';

/** From this instant on, so many requests per second. */
export interface RateStep {
  readonly from: SimTime;
  readonly perSecond: number;
}

/**
 * A non-homogeneous Poisson process by time change: unit exponentials are consumed at the current rate, which is exact for
 * steps. Arrivals depend on the draws and the profile alone.
 */
export class PoissonArrivals {
  readonly #steps: readonly RateStep[];
  readonly #until: number;
  /** The last arrival, µs, not rounded, so that rounding does not add up. */
  #atUs = 0;
  #step = -1;

  /** `steps` ordered by time; before the first there are no arrivals. */
  constructor(steps: readonly RateStep[], until: SimTime = NEVER) {
    this.#steps = steps;
    this.#until = until;
  }

  /** The instant of the next arrival, NEVER if there is none. `draw`: uniform in [0, 1). O(1) as a rule. */
  next(draw: number): SimTime {
    let left = -log(1 - draw);
    for (;;) {
      const end = this.#steps[this.#step + 1]?.from ?? this.#until;
      const perUs = (this.#steps[this.#step]?.perSecond ?? 0) / 1e6;
      const room = (end - this.#atUs) * perUs;
      if (left <= room && perUs > 0) {
        this.#atUs += left / perUs;
        return this.#atUs < this.#until ? (Math.round(this.#atUs) as SimTime) : NEVER;
      }
      left -= Math.max(0, room);
      this.#step++;
      if (this.#step >= this.#steps.length || end >= this.#until) return NEVER;
      this.#atUs = Math.max(this.#atUs, end);
    }
  }
}
