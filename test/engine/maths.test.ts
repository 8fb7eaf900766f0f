import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hash64 } from '../../sim/engine/hash.ts';
import { cos, exp, gamma, log, logGamma, MAX_ANGLE, pow, sin } from '../../sim/engine/maths.ts';

type Vector = readonly [name: string, x: string, y: string | null, value: string];
const path = new URL('../golden/maths/vectors.json.gz', import.meta.url);
const vectors = JSON.parse(gunzipSync(readFileSync(path)).toString()) as readonly Vector[];

/** Distance to the next double away from zero. */
function ulp(x: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(x));
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return bits.getFloat64(0) - Math.abs(x);
}

const relative = (allowed: number) => (got: number, exact: number) =>
  Math.abs(got - exact) <= allowed * Math.max(1e-300, Math.abs(exact));
const ulps = (allowed: number) => (got: number, exact: number) =>
  Math.abs(got - exact) <= allowed * ulp(exact);

const functions = [
  ['exp', exp, ulps(1)],
  ['log', log, ulps(1)],
  ['pow', pow, ulps(1)],
  ['sin', sin, ulps(1)],
  ['cos', cos, ulps(1.5)],
  ['gamma', gamma, relative(1.5e-14)],
  [
    'logGamma',
    logGamma,
    (got: number, exact: number) => Math.abs(got - exact) <= 1e-14 * Math.max(1, Math.abs(exact)),
  ],
] as const;

describe('maths', () => {
  it.each(functions)('%s is within its stated error of 400-bit values', (name, f, close) => {
    const mine = vectors.filter((v) => v[0] === name);
    expect(mine.length).toBe(400);
    for (const [, x, y, value] of mine) {
      const got = f(Number(x), Number(y ?? 0));
      if (!close(got, Number(value))) expect.fail(`${name}(${x}, ${y}) = ${got}, exact ${value}`);
    }
  });

  it('gives the same bits as when this was written', () => {
    const hash = new Hash64();
    const words = new Int32Array(2);
    const double = new Float64Array(words.buffer);
    const put = (x: number): void => {
      double[0] = x;
      hash.pair(words[0]!, words[1]!);
    };
    for (let i = 1; i <= 20_000; i++) {
      put(exp((i - 10_000) * 0.0701));
      put(log(i * 0.00037));
      put(pow(i * 0.0013, (i % 97) * 0.11 - 5));
      put(sin(i * 0.77 - 7000));
      put(cos(i * 0.77 - 7000));
      put(gamma((i % 1700) * 0.1 + 0.1));
    }
    expect(hash.hex()).toBe('47e2bfdcae05ed09');
  });

  const anything = fc.double();
  it('stays close to Math.* and shares its special values', () => {
    const specials = [
      0,
      -0,
      1,
      -1,
      2,
      -2,
      0.5,
      -0.5,
      3,
      -3,
      Infinity,
      -Infinity,
      NaN,
      Number.MIN_VALUE,
      -Number.MIN_VALUE,
      2 ** 70,
      1e308,
    ];
    const same = (got: number, want: number): boolean => Object.is(got, want) || ulps(2)(got, want);
    for (const x of specials) {
      if (!same(exp(x), Math.exp(x)) || !same(log(x), Math.log(x))) expect.fail(`${x}: ${exp(x)} ${log(x)}`);
      for (const y of specials) if (!same(pow(x, y), x ** y)) expect.fail(`${x} ** ${y} = ${pow(x, y)}`);
    }
    fc.assert(
      fc.property(
        anything,
        anything,
        (x, y) => same(exp(x), Math.exp(x)) && same(log(x), Math.log(x)) && same(pow(x, y), x ** y),
      ),
      { seed: 6, numRuns: 5000 },
    );
  });

  it('takes subnormal numbers', () => {
    expect(ulps(1)(exp(-740), Math.exp(-740))).toBe(true);
    expect(exp(-745.13)).toBe(Number.MIN_VALUE);
    expect(ulps(1)(log(5e-324), Math.log(5e-324))).toBe(true);
    expect(ulps(1)(pow(2 ** -1060, 0.5), 2 ** -530)).toBe(true);
  });

  it('refuses angles it cannot reduce', () => {
    expect(sin(MAX_ANGLE)).toBeCloseTo(Math.sin(MAX_ANGLE), 14);
    expect(() => cos(MAX_ANGLE + 1)).toThrow(RangeError);
    expect(sin(Infinity)).toBeNaN();
  });

  it('knows factorials', () => {
    for (let n = 1, factorial = 1; n <= 20; n++, factorial *= n - 1)
      expect(relative(2e-14)(gamma(n), factorial)).toBe(true);
    expect(gamma(0.5)).toBeCloseTo(Math.sqrt(Math.PI), 13);
    expect(logGamma(-1)).toBeNaN();
  });
});
