import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avalanche, Hash64, TextHashes } from '../../sim/engine/hash.ts';

const hashOf = (...texts: readonly string[]): Hash64 => {
  const hash = new Hash64();
  for (const text of texts) hash.text(text);
  return hash;
};

describe('Hash64', () => {
  it('does not collide on half a million similar names, not even nearly so in 32 bits', () => {
    const whole = new Set<number>();
    const low = new Set<number>();
    const high = new Set<number>();
    const N = 500_000;
    for (let i = 0; i < N; i++) {
      const hash = hashOf(`default/web-${i}`);
      whole.add((hash.high >>> 0) * 2 ** 21 + (hash.low >>> 11));
      low.add(hash.low);
      high.add(hash.high);
    }
    expect(whole.size).toBe(N);
    // Random 32-bit numbers: N²/2³³ = 29 collisions expected, 60 is more than five standard deviations off.
    for (const lane of [low, high]) expect(N - lane.size).toBeLessThan(60);
  });

  it('knows where one text ends and the next begins', () => {
    const hexes = [
      hashOf('ab', 'c'),
      hashOf('a', 'bc'),
      hashOf('abc'),
      hashOf('abc', ''),
      hashOf('', 'abc'),
      hashOf('acb'),
    ].map((h) => h.hex());
    expect(new Set(hexes).size).toBe(hexes.length);
  });

  it('covers both halves of integers, and their sign', () => {
    const hexOf = (n: number): string => {
      const hash = new Hash64();
      hash.integer(n);
      return hash.hex();
    };
    const numbers = [
      0,
      1,
      -1,
      2 ** 32,
      -(2 ** 32),
      2 ** 32 + 1,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2 ** 31,
      -(2 ** 31),
    ];
    expect(new Set(numbers.map(hexOf)).size).toBe(numbers.length);
  });

  it('has a finaliser that is a bijection and reaches every bit', () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, i) => avalanche(i))).size).toBe(100_000);
    const counts = new Array<number>(32).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const changed = avalanche(i) ^ avalanche(i ^ 1);
      for (let b = 0; b < 32; b++) counts[b]! += (changed >>> b) & 1;
    }
    for (const n of counts) expect(Math.abs(n / 10_000 - 0.5)).toBeLessThan(0.03);
  });
});

describe('TextHashes', () => {
  it('gives the same as hashing each time, however often places in the cache change hands', () => {
    const texts = new TextHashes(64);
    const name = fc
      .tuple(fc.constantFrom('', 'a', 'ns/', 'default/web-'), fc.nat(30_000))
      .map(([prefix, n]) => `${prefix}${n}`);
    const check = (names: string[]): void => {
      for (const text of names) {
        texts.of(text);
        const direct = hashOf(text);
        if (texts.low !== direct.low || texts.high !== direct.high) expect.fail(text);
      }
    };
    fc.assert(fc.property(fc.array(fc.oneof(name, fc.string()), { minLength: 50, maxLength: 500 }), check), {
      seed: 10,
      numRuns: 200,
    });
  });
});
