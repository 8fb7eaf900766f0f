/** Collectors of one pass: a tally of values, and the average of a level over simulated time. */
import { type SimTime, START } from './time.ts';

/** Count, mean, variance, extremes by Welford's method (Technometrics 4(3), 1962): no cancellation, no values kept. */
export class Tally {
  count = 0;
  /** NaN if empty, as all of the following. */
  min = Number.NaN;
  max = Number.NaN;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const off = value - this.#mean;
    this.#mean += off / this.count;
    this.#squares += off * (value - this.#mean);
    this.min = this.count === 1 || value < this.min ? value : this.min;
    this.max = this.count === 1 || value > this.max ? value : this.max;
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.#mean;
  }

  get sum(): number {
    return this.#mean * this.count;
  }

  /** Of the sample, divided by n - 1; NaN below two values. */
  get variance(): number {
    return this.count < 2 ? Number.NaN : this.#squares / (this.count - 1);
  }

  get standardDeviation(): number {
    return Math.sqrt(this.variance);
  }

  /** As if all values of `other` had been added here (Chan, Golub & LeVeque, 1979); last bits depend on the order. */
  merge(other: Tally): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const off = other.#mean - this.#mean;
    this.#mean += (off * other.count) / count;
    this.#squares += other.#squares + (off * off * this.count * other.count) / count;
    this.min = this.count === 0 || other.min < this.min ? other.min : this.min;
    this.max = this.count === 0 || other.max > this.max ? other.max : this.max;
    this.count = count;
  }
}

/** A level that stays as it is between changes: queue length, nodes ready, millicores in use. */
export class TimeWeighted {
  #level: number;
  #since: SimTime;
  #from: SimTime;
  #area = 0;
  #squares = 0;
  #min: number;
  #max: number;

  constructor(level = 0, from: SimTime = START) {
    this.#level = level;
    this.#min = level;
    this.#max = level;
    this.#since = from;
    this.#from = from;
  }

  get level(): number {
    return this.#level;
  }

  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** The level becomes `level` at `time`, which must not be before the last change. */
  set(time: SimTime, level: number): void {
    this.#advance(time);
    this.#level = level;
    if (level < this.#min) this.#min = level;
    if (level > this.#max) this.#max = level;
  }

  add(time: SimTime, change: number): void {
    this.set(time, this.#level + change);
  }

  /** Forgets everything before `time` (end of warm-up); the level stays. */
  restart(time: SimTime): void {
    this.#advance(time);
    this.#from = time;
    this.#area = 0;
    this.#squares = 0;
    this.#min = this.#level;
    this.#max = this.#level;
  }

  /** Level times microseconds since the start. */
  integral(now: SimTime): number {
    return this.#area + this.#level * (now - this.#since);
  }

  /** NaN if no time has passed. */
  average(now: SimTime): number {
    return now === this.#from ? Number.NaN : this.integral(now) / (now - this.#from);
  }

  /** Time-weighted variance of the level; NaN if no time has passed. */
  variance(now: SimTime): number {
    const squares = this.#squares + this.#level * this.#level * (now - this.#since);
    const average = this.average(now);
    return squares / (now - this.#from) - average * average;
  }

  #advance(time: SimTime): void {
    if (time < this.#since) throw new RangeError(`level changes at ${time} µs, before ${this.#since} µs`);
    const length = time - this.#since;
    this.#area += this.#level * length;
    this.#squares += this.#level * this.#level * length;
    this.#since = time;
  }
}
