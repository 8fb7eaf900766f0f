/**
 * Lease renewals of one kubelet as a closed form: they are accounted for, not ticked. One at the kubelet's start, then one
 * per period on a grid of the node's own. Source: client-go lease controller as used by the kubelet, Kubernetes v1.36.3.
 */
import { type SimTime, START } from '../engine/index.ts';

export class Heartbeat {
  readonly #periodUs: number;
  /** Where in the period this node's grid lies, 0 <= phase < period. */
  readonly #phaseUs: number;
  #startedAt: SimTime = START;
  #stoppedAt: SimTime | undefined = START;
  #lastBeforeStop: SimTime | undefined;

  constructor(periodUs: number, phaseUs: number) {
    this.#periodUs = periodUs;
    this.#phaseUs = phaseUs;
  }

  start(now: SimTime): void {
    this.#startedAt = now;
    this.#stoppedAt = undefined;
  }

  stop(now: SimTime): void {
    if (this.#stoppedAt !== undefined) return;
    this.#lastBeforeStop = this.last(now);
    this.#stoppedAt = now;
  }

  /** The latest renewal at or before `now`; undefined if there has been none. O(1). */
  last(now: SimTime): SimTime | undefined {
    if (this.#stoppedAt !== undefined) return this.#lastBeforeStop;
    const onGrid = now - ((((now - this.#phaseUs) % this.#periodUs) + this.#periodUs) % this.#periodUs);
    return Math.max(onGrid, this.#startedAt) as SimTime;
  }

  /** The first renewal after `now` while the kubelet runs. */
  next(now: SimTime): SimTime {
    return (now -
      ((((now - this.#phaseUs) % this.#periodUs) + this.#periodUs) % this.#periodUs) +
      this.#periodUs) as SimTime;
  }
}
