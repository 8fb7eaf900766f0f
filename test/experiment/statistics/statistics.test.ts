/** Statistics against published tables, closed forms and hand-computed examples. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../sim/engine/index.ts';
import {
  estimate,
  holm,
  incompleteBeta,
  pairedDifference,
  signedRankP,
  studentCdf,
  studentQuantile,
  twoSidedP,
} from '../../../sim/experiment/statistics/index.ts';

describe("Student's t", () => {
  // Critical values as printed in statistical tables (NIST/SEMATECH e-Handbook 1.3.6.7.2), three decimals.
  it.each([
    [1, 3.078, 6.314, 12.706, 31.821, 63.657],
    [2, 1.886, 2.92, 4.303, 6.965, 9.925],
    [3, 1.638, 2.353, 3.182, 4.541, 5.841],
    [4, 1.533, 2.132, 2.776, 3.747, 4.604],
    [5, 1.476, 2.015, 2.571, 3.365, 4.032],
    [9, 1.383, 1.833, 2.262, 2.821, 3.25],
    [10, 1.372, 1.812, 2.228, 2.764, 3.169],
    [19, 1.328, 1.729, 2.093, 2.539, 2.861],
    [20, 1.325, 1.725, 2.086, 2.528, 2.845],
    [29, 1.311, 1.699, 2.045, 2.462, 2.756],
    [30, 1.31, 1.697, 2.042, 2.457, 2.75],
    [60, 1.296, 1.671, 2.0, 2.39, 2.66],
    [100, 1.29, 1.66, 1.984, 2.364, 2.626],
    [1e6, 1.282, 1.645, 1.96, 2.326, 2.576],
  ])('quantiles for %d degrees of freedom', (df, ...expected) => {
    const found = [0.9, 0.95, 0.975, 0.99, 0.995].map((p) => studentQuantile(p, df));
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 3);
  });

  it.each([0.001, 0.1, 0.5, 0.6, 0.975, 0.9999])(
    'has the closed forms of 1 and 2 degrees of freedom at %d',
    (p) => {
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5) || 1e-300)).toBeCloseTo(
        p === 0.5 ? 0 : 1,
        9,
      );
      expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 9);
    },
  );

  it('inverts itself', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, df) => {
          expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 10);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  it('is sure at infinity and even at 0', () => {
    expect(twoSidedP(Number.POSITIVE_INFINITY, 5)).toBe(0);
    expect(twoSidedP(0, 5)).toBe(1);
    expect(() => studentQuantile(1, 5)).toThrow(RangeError);
  });
});

describe('incomplete beta', () => {
  it.each([
    [0.5, 2, 3, 0.6875],
    [0.2, 1, 4, 1 - 0.8 ** 4],
    [0.9, 5, 1, 0.9 ** 5],
    [0.3, 0.5, 0.5, (2 / Math.PI) * Math.asin(Math.sqrt(0.3))],
  ])('I_%d(%d, %d)', (x, a, b, expected) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 12);
  });

  it('of whole numbers is a binomial tail', () => {
    const [x, a, b] = [0.25, 10, 30];
    const n = a + b - 1;
    let term = (1 - x) ** n;
    let tail = 0;
    for (let j = 0; j <= n; j++) {
      if (j >= a) tail += term;
      term *= ((n - j) / (j + 1)) * (x / (1 - x));
    }
    expect(incompleteBeta(x, a, b)).toBeCloseTo(tail, 12);
  });
});

describe('estimate', () => {
  it('is mean ± t · s / √n', () => {
    // 9.2, 8.6, 9.9, 9.4, 8.9: mean 9.2, s² = 0.245; t(0.975, 4) = 2.776445.
    const { mean, standardDeviation, halfWidth } = estimate([9.2, 8.6, 9.9, 9.4, 8.9]);
    expect(mean).toBeCloseTo(9.2, 12);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(0.245), 12);
    expect(halfWidth).toBeCloseTo(2.7764451 * Math.sqrt(0.245 / 5), 6);
  });

  it('gives no interval below three values', () => {
    expect(estimate([1, 2]).halfWidth).toBeUndefined();
    expect(estimate([1]).standardDeviation).toBeUndefined();
    expect(estimate([]).mean).toBeNaN();
    expect(estimate([1, 2, 3]).halfWidth).toBeCloseTo(4.3026527 / Math.sqrt(3), 6);
  });

  it('covers the true mean in about 95 % of samples', () => {
    const random = new RandomStreams('coverage').stream('values', 'uniform');
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const { mean, halfWidth } = estimate(Array.from({ length: 6 }, () => random() + random() + random()));
      if (Math.abs(mean - 1.5) <= halfWidth!) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.965);
  });
});

describe('paired difference', () => {
  it('is the t test of the differences', () => {
    // Differences 1, 2, 3, 4: mean 2.5, s² = 5/3, t = 2.5 / √(5/12) = 3.872983, df 3: p = 0.030466.
    const { mean, p, halfWidth } = pairedDifference([10, 20, 30, 40], [11, 22, 33, 44]);
    expect(mean).toBe(2.5);
    expect(p).toBeCloseTo(0.030466, 5);
    expect(halfWidth).toBeCloseTo(3.1824463 * Math.sqrt(5 / 12), 6);
  });

  it('shows what common random numbers gain', () => {
    const random = new RandomStreams('1').stream('values', 'crn');
    const load = Array.from({ length: 50 }, () => 100 * random());
    const shared = pairedDifference(
      load,
      load.map((value) => value + 1 + random()),
    );
    expect(shared.varianceRatio).toBeLessThan(0.01);
    expect(shared.p).toBeLessThan(1e-6);
    const apart = pairedDifference(
      load,
      load.map(() => 100 * random()),
    );
    expect(apart.varianceRatio).toBeGreaterThan(0.6);
  });

  it('knows differences that do not vary', () => {
    expect(pairedDifference([1, 2, 3], [1, 2, 3])).toMatchObject({
      mean: 0,
      halfWidth: 0,
      p: 1,
      varianceRatio: 0,
    });
    expect(pairedDifference([1, 2, 3], [2, 3, 4])).toMatchObject({ mean: 1, halfWidth: 0, p: 0 });
    expect(pairedDifference([1, 1, 1], [2, 2, 2]).varianceRatio).toBeUndefined();
  });

  it('refuses a test of too few pairs, and unequal lengths', () => {
    expect(pairedDifference([1, 2], [3, 5])).toMatchObject({ p: undefined, halfWidth: undefined });
    expect(() => pairedDifference([1], [1, 2])).toThrow(RangeError);
  });
});

describe('Holm', () => {
  it.each([
    [
      [0.01, 0.04, 0.03, 0.005],
      [0.03, 0.06, 0.06, 0.02],
    ],
    [[0.5], [0.5]],
    [[], []],
    [
      [0.9, 0.8],
      [1, 1],
    ],
    [
      [0.02, 0.02],
      [0.04, 0.04],
    ],
  ])('%j', (ps, expected) => {
    const found = holm(ps);
    expect(found).toHaveLength(expected.length);
    for (const [i, p] of found.entries()) expect(p).toBeCloseTo(expected[i]!, 12);
  });

  it('never lowers a p, keeps their order, and is at most Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (ps) => {
        const found = holm(ps);
        for (const [i, p] of ps.entries()) {
          expect(found[i]).toBeGreaterThanOrEqual(p);
          expect(found[i]).toBeLessThanOrEqual(Math.min(1, p * ps.length));
          for (const [j, q] of ps.entries()) if (p < q) expect(found[i]).toBeLessThanOrEqual(found[j]!);
        }
      }),
      { seed: 4 },
    );
  });
});

describe('signed ranks', () => {
  it.each([
    // All positive: the rank sum of one side is 0, one subset in 2^n.
    [[1, 2, 3, 4, 5], 2 / 32],
    // Wilcoxon's example (1945): differences of plant heights by Darwin, rank sum 24 of 120, n = 15: exact p = 0.041260.
    [[49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], 0.0412598],
    [[0, 0], 1],
    // Ties: |d| = 1, 1, 2 → doubled ranks 3, 3, 6; P(sum <= 3) = 3/8.
    [[1, -1, 2], 0.75],
  ])('%j', (differences, p) => {
    expect(signedRankP(differences)).toBeCloseTo(p, 6);
  });

  it('agrees with counting all signs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 }),
        (differences) => {
          expect(signedRankP(differences)).toBeCloseTo(countedP(differences), 12);
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });
});

/** By enumeration of all signs. */
function countedP(differences: readonly number[]): number {
  const found = differences.filter((d) => d !== 0);
  if (found.length === 0) return 1;
  const sizes = found.map(Math.abs);
  const ranks = sizes.map(
    (v) => sizes.filter((w) => w < v).length + (sizes.filter((w) => w === v).length + 1) / 2,
  );
  const total = ranks.reduce((a, b) => a + b, 0);
  const sum = (positive: (i: number) => boolean) =>
    ranks.reduce((s, rank, i) => s + (positive(i) ? rank : 0), 0);
  const observed = sum((i) => found[i]! > 0);
  const extreme = Math.min(observed, total - observed);
  let count = 0;
  for (let signs = 0; signs < 2 ** found.length; signs++)
    if (sum((i) => ((signs >> i) & 1) === 1) <= extreme) count++;
  return Math.min(1, (2 * count) / 2 ** found.length);
}
