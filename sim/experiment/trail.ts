/**
 * The digest trail: one byte of the rolling digest per event. Two runs that part differ in the trail from then on, so
 * that `verify` can name the first differing event (with probability 255/256; else the next one) of millions.
 */
import type { SimEvent, SimTime, Simulation } from '../engine/index.ts';

const CHUNK = 1 << 16;

/** The event at which a run left a recorded trail. */
export interface DifferingEvent {
  /** 1 is the first event of the run. */
  readonly eventNumber: number;
  readonly time: SimTime;
  readonly component: string;
  readonly event: SimEvent;
}

export class DigestTrail {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  readonly #expected: Uint8Array | undefined;
  /** Set once the run leaves the expected trail. */
  differing: DifferingEvent | undefined;

  /** `expected`: the trail of an earlier run to compare with. */
  constructor(expected?: Uint8Array) {
    this.#expected = expected;
  }

  attach(simulation: Simulation): void {
    const { digest } = simulation;
    simulation.trace((eventNumber, time, _phase, component, event) => {
      const byte = digest.lastByte;
      this.#push(byte);
      const expected = this.#expected;
      if (expected !== undefined && this.differing === undefined && expected[eventNumber - 1] !== byte)
        this.differing = { eventNumber, time, component, event };
    });
  }

  #push(byte: number): void {
    const at = this.#length++ % CHUNK;
    if (at === 0) this.#chunks.push(new Uint8Array(CHUNK));
    this.#chunks.at(-1)![at] = byte;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    for (const [i, chunk] of this.#chunks.entries())
      all.set(chunk.subarray(0, Math.min(CHUNK, this.#length - i * CHUNK)), i * CHUNK);
    return all;
  }
}
