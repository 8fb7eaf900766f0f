/**
 * Numbers out of a range, random start then the next free one: pkg/registry/core/service/{ipallocator,portallocator},
 * Kubernetes v1.36. The lower band is kept for numbers that users choose and used only when the rest is full.
 */
export class RangeAllocator {
  readonly size: number;
  readonly #band: number;
  readonly #used = new Set<number>();

  /** Offsets 0 … size - 1; the first `band` are the lower band. */
  constructor(size: number, band: number) {
    this.size = size;
    this.#band = band;
  }

  has(offset: number): boolean {
    return this.#used.has(offset);
  }

  /** False if it is taken. */
  take(offset: number): boolean {
    if (this.#used.has(offset)) return false;
    this.#used.add(offset);
    return true;
  }

  /** A free offset, searched from `draw` (uniform in [0, 1)) on; undefined if all are taken. */
  takeNext(draw: number): number | undefined {
    const found = this.#search(this.#band, this.size, draw) ?? this.#search(0, this.#band, draw);
    if (found !== undefined) this.#used.add(found);
    return found;
  }

  release(offset: number): void {
    this.#used.delete(offset);
  }

  #search(from: number, to: number, draw: number): number | undefined {
    const n = to - from;
    const start = Math.floor(draw * n);
    for (let i = 0; i < n; i++) {
      const offset = from + ((start + i) % n);
      if (!this.#used.has(offset)) return offset;
    }
    return undefined;
  }
}

/** Size of the lower band of a range: a fraction of it within bounds, none of a tiny range. */
export const bandOf = (size: number, divisor: number, max: number): number =>
  size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / divisor)), max);
