/**
 * A histogram whose buckets grow with the value, as in HdrHistogram (Tene): quantiles within 0.4 %, mergeable,
 * about 1 KB per factor of two between the smallest and the largest value.
 */

/** Every factor of two is cut into 128 buckets. */
const MANTISSA_BITS = 7;
const SHIFT = 20 - MANTISSA_BITS;

export class LogHistogram {
  /** A quantile is off by at most this fraction of itself. */
  static readonly RELATIVE_ERROR = 1 / 256;

  count = 0;
  sum = 0;
  /** Exact; NaN if empty. */
  min = Number.NaN;
  max = Number.NaN;
  #zeros = 0;
  /** Bucket numbers [#first, #first + #buckets.length). */
  #buckets = new Float64Array(0);
  #first = 0;
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);

  /** A finite number >= 0, else RangeError. `times` of it at once if given. */
  add(value: number, times = 1): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`a histogram takes numbers >= 0, not ${value}`);
    if (!(this.min <= value)) this.min = value;
    if (!(this.max >= value)) this.max = value;
    this.count += times;
    this.sum += value * times;
    if (value === 0) this.#zeros += times;
    else this.#count(this.#bucketOf(value), times);
  }

  /** NaN if empty. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** The value of rank ceil(q · count), within RELATIVE_ERROR of itself; exact at both ends; NaN if empty. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (rank >= this.count) return this.max;
    if (rank === 1) return this.min;
    let seen = this.#zeros;
    if (seen >= rank) return 0;
    for (let i = 0; i < this.#buckets.length; i++) {
      seen += this.#buckets[i]!;
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, this.#middle(this.#first + i)));
    }
    return this.max;
  }

  /** As if all values of `other` had been added here. */
  merge(other: LogHistogram): void {
    if (other.count === 0) return;
    if (!(this.min <= other.min)) this.min = other.min;
    if (!(this.max >= other.max)) this.max = other.max;
    this.count += other.count;
    this.sum += other.sum;
    this.#zeros += other.#zeros;
    for (let i = 0; i < other.#buckets.length; i++) {
      if (other.#buckets[i] !== 0) this.#count(other.#first + i, other.#buckets[i]!);
    }
  }

  #count(bucket: number, times: number): void {
    const i = bucket - this.#first;
    if (i >= 0 && i < this.#buckets.length) this.#buckets[i] = this.#buckets[i]! + times;
    else this.#grow(bucket, times);
  }

  /** Exponent and leading mantissa bits of an IEEE double, as one number. */
  #bucketOf(value: number): number {
    this.#double[0] = value;
    return this.#words[1]! >>> SHIFT;
  }

  #middle(bucket: number): number {
    this.#words[0] = 0;
    this.#words[1] = bucket << SHIFT;
    const low = this.#double[0]!;
    this.#words[1] = (bucket + 1) << SHIFT;
    return (low + this.#double[0]!) / 2;
  }

  /** Makes room in whole powers of two. */
  #grow(bucket: number, times: number): void {
    const octave = 1 << MANTISSA_BITS;
    const empty = this.#buckets.length === 0;
    const low = Math.floor(bucket / octave) * octave;
    const first = empty ? low : Math.min(this.#first, low);
    const end = empty ? low + octave : Math.max(this.#first + this.#buckets.length, low + octave);
    const buckets = new Float64Array(end - first);
    if (!empty) buckets.set(this.#buckets, this.#first - first);
    this.#buckets = buckets;
    this.#first = first;
    buckets[bucket - first] = buckets[bucket - first]! + times;
  }
}
