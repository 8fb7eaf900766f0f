/**
 * Serial numbers of pod states: what was planned under another number than the state has now is void. For that a count per state
 * would do; these are the `n` of events, which the digest covers, and have no other reason than that digests stay.
 */

/** serial = generation · 2^24 + place among those in use; no number comes back. */
const SLOTS = 2 ** 24;
/** Of a state that has none: it is gone from its node. */
export const NO_SERIAL = 0;

export class Serials {
  readonly #generations: number[] = [];
  readonly #free: number[] = [];

  /** O(1). */
  take(): number {
    const slot = this.#free.pop() ?? this.#generations.length;
    const generation = (this.#generations[slot] ?? 0) + 1;
    this.#generations[slot] = generation;
    return generation * SLOTS + slot;
  }

  giveBack(serial: number): void {
    if (serial !== NO_SERIAL) this.#free.push(serial % SLOTS);
  }
}
