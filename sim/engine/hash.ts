/**
 * Non-cryptographic hashing in 32-bit integer arithmetic, the same on every machine: two lanes of 32 bits
 * mixed with the constants and rotations of MurmurHash3 (Appleby, 2011). Changing anything here changes all digests.
 */
const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593;
const SEED_LOW = 0x811c9dc5 | 0;
const SEED_HIGH = 0x9747b28c | 0;

/** MurmurHash3's finaliser: every input bit reaches every output bit. A bijection of the 32-bit integers. */
export function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A running hash of 64 bits. */
export class Hash64 {
  low = SEED_LOW;
  high = SEED_HIGH;

  reset(): void {
    this.low = SEED_LOW;
    this.high = SEED_HIGH;
  }

  /** Two words of 32 bits, one per lane, then the lanes meet. */
  pair(v: number, w: number): void {
    const low = Math.imul(this.low ^ v, C1);
    const high = Math.imul(this.high ^ w, C2);
    this.low = (((low << 13) | (low >>> 19)) + high) | 0;
    this.high = ((high << 15) | (high >>> 17)) ^ this.low;
  }

  /** A safe integer, exactly; of another number only the integer part modulo 2^64. */
  integer(n: number): void {
    this.pair(n | 0, Math.floor(n / 4294967296) | 0);
  }

  /** Any text, by UTF-16 code units and length. */
  text(s: string): void {
    const n = s.length;
    let low = this.low ^ n;
    let high = this.high;
    let i = 0;
    for (; i + 3 < n; i += 4) {
      low = Math.imul(low ^ (s.charCodeAt(i) | (s.charCodeAt(i + 1) << 16)), C1);
      high = Math.imul(high ^ (s.charCodeAt(i + 2) | (s.charCodeAt(i + 3) << 16)), C2);
      low = (low << 13) | (low >>> 19);
      high = (high << 15) | (high >>> 17);
    }
    for (; i < n; i++) {
      low = Math.imul(low ^ s.charCodeAt(i), C1);
      high = (high << 5) | (high >>> 27);
    }
    this.low = low;
    this.high = high;
    this.pair(n, low);
  }

  /** 16 hexadecimal digits. */
  hex(): string {
    const low = avalanche(this.low ^ this.high);
    const high = avalanche(this.high + Math.imul(low, 5));
    return hex32(high) + hex32(low);
  }
}

const hex32 = (v: number): string => (v >>> 0).toString(16).padStart(8, '0');

/** Text hashes with a direct-mapped cache: the same names come again and again. */
export class TextHashes {
  /** The hash of the text last asked for. */
  low = 0;
  high = 0;
  #last = '';
  readonly #mask: number;
  readonly #texts: string[];
  readonly #hashes: Int32Array;
  readonly #hash = new Hash64();

  /** `size`: of the cache, a power of two. */
  constructor(size: number) {
    this.#mask = size - 1;
    this.#texts = new Array<string>(size).fill('');
    this.#hashes = new Int32Array(2 * size);
    for (let place = 0; place < size; place++) this.#fill(place, '');
    this.#found(0);
  }

  /** Sets `low` and `high`. */
  of(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    const n = text.length;
    let place = n;
    // Names differ at their ends, the more so in digits: 11 is the least prime above ten.
    if (n > 3)
      place +=
        text.charCodeAt(n - 1) +
        text.charCodeAt(n - 2) * 11 +
        text.charCodeAt(n - 3) * 121 +
        text.charCodeAt(n - 4) * 1331;
    place &= this.#mask;
    if (this.#texts[place] !== text) this.#fill(place, text);
    this.#found(place);
  }

  #found(place: number): void {
    this.low = this.#hashes[2 * place]!;
    this.high = this.#hashes[2 * place + 1]!;
  }

  #fill(place: number, text: string): void {
    this.#hash.reset();
    this.#hash.text(text);
    this.#texts[place] = text;
    this.#hashes[2 * place] = this.#hash.low;
    this.#hashes[2 * place + 1] = this.#hash.high;
  }
}
