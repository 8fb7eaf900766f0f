import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../sim/engine/log-histogram.ts';
import { Tally } from '../../sim/engine/statistics.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });

const tallyOf = (xs: readonly number[]): Tally => {
  const tally = new Tally();
  for (const x of xs) tally.add(x);
  return tally;
};

describe('Tally', () => {
  it('agrees with the two-pass formulas', () => {
    const check = (xs: number[]): void => {
      const tally = tallyOf(xs);
      const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
      expect(tally.count).toBe(xs.length);
      expect(tally.mean).toBeCloseTo(mean, 5);
      expect(tally.sum).toBeCloseTo(mean * xs.length, 2);
      expect([tally.min, tally.max]).toEqual([Math.min(...xs), Math.max(...xs)]);
      if (xs.length < 2) return void expect(tally.variance).toBeNaN();
      const variance = xs.reduce((a, x) => a + (x - mean) ** 2, 0) / (xs.length - 1);
      expect(Math.abs(tally.variance - variance)).toBeLessThanOrEqual(1e-9 * (variance + 1e6));
    };
    fc.assert(fc.property(values, check), { seed: 2, numRuns: 200 });
  });

  it('keeps its digits where the textbook formula loses them', () => {
    const tally = tallyOf([4, 7, 13, 16].map((x) => x + 1e9));
    expect(tally.variance).toBe(30);
    expect(tally.standardDeviation).toBe(Math.sqrt(30));
  });

  it('merges', () => {
    const check = (a: number[], b: number[]): void => {
      const merged = tallyOf(a);
      merged.merge(tallyOf(b));
      merged.merge(new Tally());
      const whole = tallyOf([...a, ...b]);
      expect([merged.count, merged.min, merged.max]).toEqual([whole.count, whole.min, whole.max]);
      expect(merged.mean).toBeCloseTo(whole.mean, 5);
      expect(Math.abs(merged.variance - whole.variance)).toBeLessThanOrEqual(1e-9 * (whole.variance + 1e6));
    };
    fc.assert(fc.property(values, values, check), { seed: 3, numRuns: 100 });
    const empty = new Tally();
    empty.merge(tallyOf([3, 5]));
    expect([empty.count, empty.mean, empty.min, empty.max]).toEqual([2, 4, 3, 5]);
  });

  it('has no mean, no extremes while empty', () => {
    const tally = new Tally();
    expect([tally.mean, tally.min, tally.max, tally.variance, tally.sum]).toEqual([NaN, NaN, NaN, NaN, 0]);
  });
});

describe('LogHistogram', () => {
  const positive = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 300 });
  const histogramOf = (xs: readonly number[]): LogHistogram => {
    const histogram = new LogHistogram();
    for (const x of xs) histogram.add(x);
    return histogram;
  };

  it('has quantiles within its stated error of the exact ones', () => {
    const check = (xs: number[], q: number): void => {
      const exact = xs.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * xs.length) - 1)]!;
      const got = histogramOf(xs).quantile(q);
      expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact * LogHistogram.RELATIVE_ERROR);
    };
    fc.assert(fc.property(positive, fc.double({ min: 0, max: 1, noNaN: true }), check), {
      seed: 4,
      numRuns: 500,
    });
  });

  it('is exact at both ends and counts zeros', () => {
    const histogram = histogramOf([0, 0, 0, 7, 1e9 + 1]);
    expect([0, 0.2, 0.6, 1].map((q) => histogram.quantile(q))).toEqual([0, 0, 0, 1e9 + 1]);
  });

  it('merges to what it would be had all been added to one', () => {
    const check = (a: number[], b: number[]): void => {
      const merged = histogramOf(a);
      merged.merge(histogramOf(b));
      merged.merge(new LogHistogram());
      const whole = histogramOf([...a, ...b]);
      expect([merged.count, merged.min, merged.max]).toEqual([whole.count, whole.min, whole.max]);
      for (const q of [0.1, 0.5, 0.9, 0.99]) expect(merged.quantile(q)).toBe(whole.quantile(q));
      expect(merged.mean).toBeCloseTo(whole.mean, 2);
    };
    fc.assert(fc.property(positive, positive, check), { seed: 5, numRuns: 200 });
  });

  it('counts several at once', () => {
    const histogram = new LogHistogram();
    histogram.add(10, 99);
    histogram.add(1000, 1);
    expect([histogram.count, histogram.mean]).toEqual([100, 19.9]);
    expect(histogram.quantile(0.99)).toBeCloseTo(10, 1);
    expect(histogram.quantile(0.995)).toBe(1000);
  });

  it('takes no negative or unbounded value, and has no quantile while empty', () => {
    const histogram = new LogHistogram();
    expect(histogram.quantile(0.5)).toBeNaN();
    for (const bad of [-1, NaN, Infinity]) expect(() => histogram.add(bad)).toThrow(RangeError);
    expect(histogram.count).toBe(0);
  });
});
