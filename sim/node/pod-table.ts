/** The states of all pods by serial number. A number names one state and never comes back while events may hold it. */
import type { PodState } from './pod-state.ts';

/** serial = generation · 2^24 + slot: 16 million pods on nodes at once, 500 million uses of a slot. */
const SLOTS = 2 ** 24;

export class PodTable {
  readonly #slots: (PodState | undefined)[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];

  get(serial: number): PodState | undefined {
    const state = this.#slots[serial % SLOTS];
    return state !== undefined && state.serial === serial ? state : undefined;
  }

  /** Gives the state a serial number. O(1). */
  add(state: PodState): void {
    const slot = this.#free.pop() ?? this.#slots.length;
    const generation = (this.#generations[slot] ?? 0) + 1;
    this.#generations[slot] = generation;
    this.#slots[slot] = state;
    state.serial = generation * SLOTS + slot;
  }

  remove(state: PodState): void {
    const slot = state.serial % SLOTS;
    if (this.#slots[slot] !== state) return;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
  }
}
