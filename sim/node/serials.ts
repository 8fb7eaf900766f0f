/** Serial numbers of pod states. A number names one state and never comes back while events may hold it. */

/** serial = generation · 2^24 + slot: 16 million pods on nodes at once, 500 million uses of a slot. */
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
