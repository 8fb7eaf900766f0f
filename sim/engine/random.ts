/** Keyed randomness (law 4): a stream is identified by (seed, purpose, object), never by order of creation. */
import seedrandom from 'seedrandom';

/** Uniform in [0, 1). */
export type Random = () => number;

export class RandomStreams {
  readonly #seed: string;
  readonly #streams = new Map<string, Random>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The stream of a process (arrivals, failures); the same key always returns the same, advancing, stream. */
  stream(purpose: string, object: string): Random {
    const key = `${this.#seed}\u0000${purpose}\u0000${object}`;
    let random = this.#streams.get(key);
    if (random === undefined) {
      random = seedrandom.alea(key);
      this.#streams.set(key, random);
    }
    return random;
  }

  /** One-off draw number `n` of (purpose, object), uniform in [0, 1) with 32 bits: a counter hash, no state. */
  draw(purpose: string, object: string, n = 0): number {
    let h = 0x811c9dc5;
    const key = `${this.#seed}\u0000${purpose}\u0000${object}`;
    for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 16) ^ n, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
  }
}
