/** Of values in one pass: count, mean, variance, extremes (Welford, Technometrics 4(3), 1962): no cancellation, no values kept. */
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
