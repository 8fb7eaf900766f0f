import { describe, expect, it } from 'vitest';
import { type DistributionSpec, distribution } from '../../sim/engine/distributions.ts';
import { exp, log, pow } from '../../sim/engine/maths.ts';
import { normalQuantile } from '../../sim/engine/normal.ts';
import { RandomStreams } from '../../sim/engine/random.ts';
import { Tally } from '../../sim/engine/statistics.ts';

/** Standard normal distribution function by its series (A&S 26.2.11): |x| < 6 here. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17; k++) sum += term *= (x * x) / (2 * k + 1);
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Erlang distribution function of k stages with mean `scale` each. */
function erlangCdf(k: number, scale: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let i = 1; i < k; i++) sum += term *= x / scale / i;
  return 1 - sum * Math.exp(-x / scale);
}

interface Row {
  readonly spec: DistributionSpec;
  readonly mean: number;
  readonly variance: number;
  readonly cdf: (x: number) => number;
}

const rows: Record<string, Row> = {
  uniform: { spec: { uniform: { min: 2, max: 6 } }, mean: 4, variance: 16 / 12, cdf: (x) => (x - 2) / 4 },
  exponential: { spec: { exponential: { mean: 3 } }, mean: 3, variance: 9, cdf: (x) => 1 - Math.exp(-x / 3) },
  weibull: {
    spec: { weibull: { shape: 2, scale: 5 } },
    mean: 5 * Math.sqrt(Math.PI / 4),
    variance: 25 * (1 - Math.PI / 4),
    cdf: (x) => 1 - Math.exp(-((x / 5) ** 2)),
  },
  lognormal: {
    spec: { lognormal: { median: 4, sigma: 0.5 } },
    mean: 4 * Math.exp(0.125),
    variance: 16 * Math.exp(0.25) * (Math.exp(0.25) - 1),
    cdf: (x) => normalCdf(Math.log(x / 4) / 0.5),
  },
  pareto: {
    spec: { pareto: { shape: 6, scale: 2 } },
    mean: 2.4,
    variance: (4 * 6) / (25 * 4),
    cdf: (x) => 1 - (2 / x) ** 6,
  },
  boundedPareto: {
    spec: { boundedPareto: { shape: 1.5, min: 0.5, max: 100 } },
    mean: 1.394426987,
    variance: 1.394426987 ** 2 * 4.070948767,
    cdf: (x) => (1 - (0.5 / x) ** 1.5) / (1 - 0.005 ** 1.5),
  },
  erlang: {
    spec: { gamma: { shape: 4, scale: 0.5 } },
    mean: 2,
    variance: 1,
    cdf: (x) => erlangCdf(4, 0.5, x),
  },
  'gamma of shape 1/2': {
    spec: { gamma: { shape: 0.5, scale: 2 } },
    mean: 1,
    variance: 2,
    cdf: (x) => 2 * normalCdf(Math.sqrt(x)) - 1,
  },
  quantiles: {
    spec: { quantiles: { at: [0, 0.5, 0.9, 1], values: [0, 10, 20, 100] } },
    mean: 2.5 + 6 + 6,
    variance: 0.5 * (100 / 3) + 0.4 * (700 / 3) + 0.1 * (12400 / 3) - 14.5 ** 2,
    cdf: (x) => (x < 10 ? x / 20 : x < 20 ? 0.5 + (x - 10) / 25 : 0.9 + (x - 20) / 800),
  },
  'mixture (hyperexponential)': {
    spec: {
      mixture: [
        { weight: 1, of: { exponential: { mean: 5 } } },
        { weight: 9, of: { exponential: { mean: 5 / 9 } } },
      ],
    },
    mean: 1,
    variance: 4.555555556,
    cdf: (x) => 1 - 0.1 * Math.exp(-x / 5) - 0.9 * Math.exp(-1.8 * x),
  },
};

const N = 40_000;

describe.each(Object.entries(rows))('%s', (name, { spec, mean, variance, cdf }) => {
  const random = new RandomStreams('distributions').stream(name, '');
  const made = distribution(spec);
  const samples = Array.from({ length: N }, () => made.sample(random));

  it('has the mean of its closed form', () => {
    expect(made.mean / mean).toBeCloseTo(1, 8);
  });

  it('has its first two moments in a sample', () => {
    const tally = new Tally();
    const squares = new Tally();
    for (const x of samples) {
      tally.add(x);
      squares.add((x - mean) ** 2);
    }
    expect(Math.abs(tally.mean - mean) / (tally.standardDeviation / Math.sqrt(N))).toBeLessThan(3.5);
    expect(Math.abs(squares.mean - variance) / (squares.standardDeviation / Math.sqrt(N))).toBeLessThan(3.5);
  });

  it('passes Kolmogorov and Smirnov at 1 in 1000', () => {
    const sorted = samples.toSorted((a, b) => a - b);
    let distance = 0;
    for (const [i, x] of sorted.entries()) {
      const p = cdf(x);
      distance = Math.max(distance, Math.abs(p - i / N), Math.abs(p - (i + 1) / N));
    }
    expect(distance * Math.sqrt(N)).toBeLessThan(1.95);
  });
});

describe('distribution', () => {
  it('needs one uniform number per sample, unless it is gamma or a mixture', () => {
    for (const [name, { spec }] of Object.entries(rows)) {
      if (/erlang|gamma|mixture/.test(name)) continue;
      let calls = 0;
      const counting = (): number => (calls++ % 97) / 97;
      for (let i = 0; i < 97; i++) distribution(spec).sample(counting);
      expect([name, calls]).toEqual([name, 97]);
    }
  });

  it('stays finite at the ends of the stream', () => {
    for (const { spec } of Object.values(rows)) {
      for (const u of [0, 1 - 2 ** -32, 1 - 2 ** -53]) {
        let n = 0;
        expect(distribution(spec).sample(() => (n++ === 0 ? u : 0.5))).toBeLessThan(1e6);
      }
    }
  });

  it('is a constant, or one of a list, where asked', () => {
    expect(distribution({ deterministic: { value: 7 } }).sample(() => 0.3)).toBe(7);
    const list = distribution({ empirical: { values: [1, 5, 9] } });
    expect(list.mean).toBe(5);
    expect([0, 0.34, 0.999].map((u) => list.sample(() => u))).toEqual([1, 5, 9]);
  });

  it('has no mean where the tail is too heavy', () => {
    expect(distribution({ pareto: { shape: 1, scale: 1 } }).mean).toBe(Infinity);
  });

  it.each<[DistributionSpec, string]>([
    [{ exponential: { mean: 0 } }, 'exponential.mean: expected > 0, not 0'],
    [{ uniform: { min: 2, max: 1 } }, 'uniform.max: expected >= min (2), not 1'],
    [{ weibull: { shape: -1, scale: 1 } }, 'weibull.shape: expected > 0, not -1'],
    [{ lognormal: { median: 1, sigma: NaN } }, 'lognormal.sigma: expected >= 0, not NaN'],
    [{ empirical: { values: [] } }, 'empirical.values: expected a list with at least one value, not 0'],
    [{ quantiles: { at: [0, 1], values: [2, 1] } }, 'quantiles.values[1]: expected ascending, not 1'],
    [{ mixture: [] }, 'mixture: expected a list with at least one part, not 0'],
  ])('refuses %j', (spec, message) => {
    expect(() => distribution(spec)).toThrow(new RangeError(message));
  });
});

describe('normalQuantile', () => {
  /** Solved with 40 digits. */
  const exact = [
    [1e-300, -37.0470962993612],
    [1e-30, -11.464024688443615],
    [1e-12, -7.034483825301132],
    [0.0009765625, -3.0972690781987846],
    [0.0625, -1.5341205443525463],
    [0.25, -0.6744897501960817],
    [0.4375, -0.1573106846101707],
  ] as const;

  it('inverts the distribution function', () => {
    for (let x = -5; x <= 5; x += 0.01) {
      const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
      expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(4e-15 + 1e-15 / density);
    }
    for (const [p, x] of exact) expect(Math.abs(normalQuantile(p) / x - 1)).toBeLessThan(1e-15);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});

describe('maths in use', () => {
  it('inverts itself to the last bits', () => {
    for (const x of [1e-3, 0.7, 12, 1e6]) expect(exp(log(x)) / x).toBeCloseTo(pow(x, 0), 12);
  });
});
