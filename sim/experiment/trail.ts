/**
 * The digest trail: 16 bits of the rolling digest per event. Two runs that part differ in the trail from then on, so that
 * `verify` can name the first differing event (with probability 65535/65536; else the next one) of millions.
 */
import type { SimTime, Simulation } from '../engine/index.ts';

const CHUNK = 1 << 16;
const BYTES = 2;
/** So many events before the differing one are kept. */
const CONTEXT = 5;

export interface TracedEvent {
  /** 1 is the first event of the run. */
  readonly eventNumber: number;
  readonly time: SimTime;
  readonly component: string;
  /** Of the event, only what the digest covers: the rest is the component's and may change. */
  readonly kind: string;
  readonly key: string;
  readonly n: number | undefined;
}

/** The event at which a run left a recorded trail. */
export interface DifferingEvent extends TracedEvent {
  /** The last ones that were still the same. */
  readonly before: readonly TracedEvent[];
}

export class DigestTrail {
  #chunk = new Uint16Array(CHUNK);
  readonly #chunks = [this.#chunk];
  #length = 0;
  readonly #expected: DataView | undefined;
  #before: TracedEvent[] = [];
  #differing: DifferingEvent | undefined;

  /** `expected`: the trail of an earlier run to compare with. */
  constructor(expected?: Uint8Array) {
    this.#expected =
      expected && new DataView(expected.buffer, expected.byteOffset, expected.byteLength & -BYTES);
  }

  /** Events that a stored trail covers. */
  static eventsIn(bytes: Uint8Array): number {
    return Math.floor(bytes.byteLength / BYTES);
  }

  /** Set once the run leaves the expected trail. */
  get differing(): DifferingEvent | undefined {
    return this.#differing;
  }

  attach(simulation: Simulation): void {
    const { digest } = simulation;
    simulation.trace((eventNumber, time, _phase, component, event) => {
      const word = digest.lastWord;
      this.#push(word);
      if (this.#expected !== undefined && this.#differing === undefined)
        this.#compare(word, { eventNumber, time, component, kind: event.kind, key: event.key, n: event.n });
    });
  }

  #push(word: number): void {
    const at = this.#length++ % CHUNK;
    if (at === 0 && this.#length > 1) this.#chunks.push((this.#chunk = new Uint16Array(CHUNK)));
    this.#chunk[at] = word;
  }

  #compare(word: number, traced: TracedEvent): void {
    const expected = this.#expected!;
    const at = (traced.eventNumber - 1) * BYTES;
    if (at < expected.byteLength && expected.getUint16(at, true) === word) {
      if (this.#before.push(traced) > CONTEXT) this.#before.shift();
    } else this.#differing = { ...traced, before: this.#before };
  }

  /** Little-endian, two bytes per event. */
  bytes(): Uint8Array {
    const view = new DataView(new ArrayBuffer(this.#length * BYTES));
    for (let i = 0; i < this.#length; i++)
      view.setUint16(i * BYTES, this.#chunks[Math.floor(i / CHUNK)]![i % CHUNK]!, true);
    return new Uint8Array(view.buffer);
  }
}
