import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { drawAt, drawsOf, RandomStreams } from '../../sim/engine/random.ts';

/** Chi-square of counts against equal expectation, as a standard normal score (Wilson & Hilferty). */
function chiSquareScore(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  const degrees = counts.length - 1;
  const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  const variance = 2 / (9 * degrees);
  return (Math.cbrt(chi / degrees) - (1 - variance)) / Math.sqrt(variance);
}

function histogram(size: number, places: Iterable<number>): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const place of places) counts[place] = counts[place]! + 1;
  return counts;
}

const N = 200_000;
const streams = new RandomStreams('quality');
const key = streams.keyOf('service-time', 'default/pod-1');
/** The ways in which model code numbers its draws; each must look random. */
const sequences: readonly (readonly [string, (i: number) => number])[] = [
  ['over n', (i) => drawAt(key, i)],
  ['over n, strided', (i) => drawAt(key, i * 16384)],
  ['over objects', (i) => streams.draw('service-time', `default/pod-${i}`)],
  ['over seeds', (i) => new RandomStreams(String(i)).draw('service-time', 'default/pod-1')],
  ['over keys that are neighbours', (i) => drawAt(key + i, 0)],
  ['over the high half of keys', (i) => drawAt(i * 4294967296 + 12345, 3)],
];

describe('RandomStreams', () => {
  it('gives the same stream for the same key and goes on with it', () => {
    const one = new RandomStreams('s');
    const first = one.stream('arrivals', 'a')();
    const second = one.stream('arrivals', 'a')();
    const other = new RandomStreams('s');
    other.stream('failures', 'a')();
    expect([other.stream('arrivals', 'a')(), other.stream('arrivals', 'a')()]).toEqual([first, second]);
  });

  it('is seedrandom.alea of seed, purpose and object', () => {
    const alea = seedrandom.alea('s\u0000arrivals\u0000a');
    const stream = new RandomStreams('s').stream('arrivals', 'a');
    expect([stream(), stream(), stream()]).toEqual([alea(), alea(), alea()]);
  });

  it('tells seed, purpose, object and n apart', () => {
    const draws = [
      new RandomStreams('ab').draw('c', 'd'),
      new RandomStreams('a').draw('bc', 'd'),
      new RandomStreams('ab').draw('', 'cd'),
      new RandomStreams('ab').draw('cd', ''),
      new RandomStreams('ab').draw('c', 'd', 1),
    ];
    expect(new Set(draws).size).toBe(draws.length);
    expect(new RandomStreams('ab').draw('c', 'd', 0)).toBe(draws[0]);
  });

  it('draws by key as by name', () => {
    const draws = drawsOf(key);
    const byName = [0, 1, 2].map((n) => streams.draw('service-time', 'default/pod-1', n));
    expect([draws(), draws(), draws()]).toEqual(byName);
    expect(Number.isSafeInteger(key) && key >= 0).toBe(true);
  });

  it('has keys without collisions among a million objects', () => {
    const keys = new Set<number>();
    for (let i = 0; i < 1_000_000; i++) keys.add(streams.keyOf('x', `pod-${i}`));
    expect(keys.size).toBe(1_000_000);
  });
});

describe.each(sequences)('draws %s', (_name, draw) => {
  const values = Array.from({ length: N }, (_, i) => draw(i));

  it('are uniform: in 256 classes, in the lowest bits, and in pairs', () => {
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
    const low = values.map((u) => (u * 2 ** 53) % 256);
    const pairs = values.slice(1).map((u, i) => Math.floor(u * 16) * 16 + Math.floor(values[i]! * 16));
    for (const places of [values.map((u) => Math.floor(u * 256)), low, pairs]) {
      expect(Math.abs(chiSquareScore(histogram(256, places)))).toBeLessThan(3.5);
    }
  });

  it('are not correlated with their followers', () => {
    for (const lag of [1, 2, 3, 16]) {
      let sum = 0;
      for (let i = lag; i < N; i++) sum += (values[i]! - 0.5) * (values[i - lag]! - 0.5);
      expect(Math.abs((sum / (N - lag)) * 12 * Math.sqrt(N))).toBeLessThan(3.5);
    }
  });
});

describe('drawAt', () => {
  it('changes each bit of the result with probability one half when one bit of key or counter changes', () => {
    const flips = (bit: number): number[] => {
      const counts = new Array<number>(53).fill(0);
      for (let i = 0; i < 4000; i++) {
        const k = streams.keyOf('avalanche', String(i));
        const other =
          bit < 32 ? drawAt(k, i ^ (1 << bit)) : drawAt(Number(BigInt(k) ^ (1n << BigInt(bit - 32))), i);
        let changed = BigInt(drawAt(k, i) * 2 ** 53) ^ BigInt(other * 2 ** 53);
        for (let b = 0; b < 53; b++, changed >>= 1n) counts[b]! += Number(changed & 1n);
      }
      return counts.map((n) => n / 4000);
    };
    for (const bit of [0, 1, 7, 15, 31, 32, 40, 63, 64, 75, 84]) {
      for (const share of flips(bit)) expect(Math.abs(share - 0.5)).toBeLessThan(0.045);
    }
  });
});
