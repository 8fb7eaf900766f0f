/** Keyed randomness (law 4): a stream is identified by (seed, purpose, object), never by order of creation. */
import seedrandom from 'seedrandom';
import { avalanche, Hash64 } from './hash.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

const TWO_32 = 4294967296;

export class RandomStreams {
  readonly #seed: string;
  readonly #streams = new Map<string, Random>();
  readonly #hash = new Hash64();

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

  /** One-off draw number `n` of (purpose, object), uniform in [0, 1) with 53 bits: a counter hash, no state. */
  draw(purpose: string, object: string, n = 0): number {
    return drawAt(this.keyOf(purpose, object), n);
  }

  /** The key of (purpose, object) under this seed for `drawAt`: a safe integer >= 0, to be kept where draws are frequent. */
  keyOf(purpose: string, object: string): number {
    const hash = this.#hash;
    hash.reset();
    hash.text(this.#seed);
    hash.text(purpose);
    hash.text(object);
    const low = avalanche(hash.low ^ hash.high) >>> 0;
    return (avalanche(hash.high + Math.imul(low, 5)) >>> 11) * TWO_32 + low;
  }
}

/**
 * Draw number `n` (an integer modulo 2^32) under a key from `keyOf`, uniform in [0, 1) with 53 bits. Counter-based as in
 * Salmon et al., SC'11: no state, any order. Two rounds of MurmurHash3's finaliser over key and counter.
 */
export function drawAt(key: number, n: number): number {
  const low = key | 0;
  const high = (key / TWO_32) | 0;
  const a = avalanche(low ^ Math.imul(n, 0x9e3779b1));
  const b = avalanche((a + high) ^ (n + 0x7f4a7c15));
  const c = avalanche((a ^ low) + Math.imul(b, 0x85ebca6b));
  return ((b >>> 5) * 67108864 + (c >>> 6)) / 9007199254740992;
}

/** The stream that draws 0, 1, 2, … of a key: for a distribution that needs more than one uniform number. */
export function drawsOf(key: number): Random {
  let n = 0;
  return () => drawAt(key, n++);
}
