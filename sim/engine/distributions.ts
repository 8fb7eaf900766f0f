/**
 * Probability distributions as plain data, sampled through `maths.ts` so that a seed gives the same numbers everywhere.
 * By inverse transform: one uniform number per sample, which keeps common random numbers in step. Only gamma (Marsaglia
 * & Tsang, ACM TOMS 26(3), 2000) draws a random number of them, and a mixture one more to choose.
 */
import { exp, gamma, log, pow } from './maths.ts';
import { normalQuantile } from './normal.ts';
import type { Random } from './random.ts';

/** One of these keys. Values are in the caller's unit; shapes, sigma and weights have none. */
export type DistributionSpec =
  | { readonly deterministic: { readonly value: number } }
  | { readonly uniform: { readonly min: number; readonly max: number } }
  | { readonly exponential: { readonly mean: number } }
  | { readonly weibull: { readonly shape: number; readonly scale: number } }
  /** ln X is normal with mean ln(median) and standard deviation sigma. */
  | { readonly lognormal: { readonly median: number; readonly sigma: number } }
  /** P(X > x) = (scale / x)^shape for x >= scale. */
  | { readonly pareto: { readonly shape: number; readonly scale: number } }
  /** Pareto with scale `min`, conditioned on X <= max. */
  | { readonly boundedPareto: { readonly shape: number; readonly min: number; readonly max: number } }
  /** Mean shape · scale; an Erlang distribution of k stages has shape k. */
  | { readonly gamma: { readonly shape: number; readonly scale: number } }
  /** Each value as likely as the others. */
  | { readonly empirical: { readonly values: readonly number[] } }
  /** Linear between quantiles: P(X <= values[i]) = at[i], from at = 0 up to at = 1. */
  | { readonly quantiles: { readonly at: readonly number[]; readonly values: readonly number[] } }
  | { readonly mixture: readonly { readonly weight: number; readonly of: DistributionSpec }[] };

export interface Distribution {
  /** Infinity if there is none. */
  readonly mean: number;
  sample(random: Random): number;
}

/** Throws RangeError that names the offending parameter. */
export function distribution(spec: DistributionSpec): Distribution {
  if ('deterministic' in spec)
    return { mean: spec.deterministic.value, sample: () => spec.deterministic.value };
  if ('uniform' in spec) return uniform(spec.uniform.min, spec.uniform.max);
  if ('exponential' in spec) return exponential(spec.exponential.mean);
  if ('weibull' in spec) return weibull(spec.weibull.shape, spec.weibull.scale);
  if ('lognormal' in spec) return lognormal(spec.lognormal.median, spec.lognormal.sigma);
  if ('pareto' in spec) return pareto(spec.pareto.shape, spec.pareto.scale);
  if ('boundedPareto' in spec) {
    return boundedPareto(spec.boundedPareto.shape, spec.boundedPareto.min, spec.boundedPareto.max);
  }
  if ('gamma' in spec) return gammaDistribution(spec.gamma.shape, spec.gamma.scale);
  if ('empirical' in spec) return empirical(spec.empirical.values);
  if ('quantiles' in spec) return quantiles(spec.quantiles.at, spec.quantiles.values);
  return mixture(spec.mixture);
}

function uniform(min: number, max: number): Distribution {
  require(max >= min, 'uniform.max', max, `>= min (${min})`);
  return { mean: (min + max) / 2, sample: (random) => min + (max - min) * random() };
}

function exponential(mean: number): Distribution {
  positive('exponential.mean', mean);
  return { mean, sample: (random) => -mean * log(1 - random()) };
}

function weibull(shape: number, scale: number): Distribution {
  positive('weibull.shape', shape);
  positive('weibull.scale', scale);
  const power = 1 / shape;
  return { mean: scale * gamma(1 + power), sample: (random) => scale * pow(-log(1 - random()), power) };
}

function lognormal(median: number, sigma: number): Distribution {
  positive('lognormal.median', median);
  require(sigma >= 0, 'lognormal.sigma', sigma, '>= 0');
  return {
    mean: median * exp((sigma * sigma) / 2),
    sample: (random) => median * exp(sigma * standardNormal(random)),
  };
}

function pareto(shape: number, scale: number): Distribution {
  positive('pareto.shape', shape);
  positive('pareto.scale', scale);
  return {
    mean: shape > 1 ? (shape * scale) / (shape - 1) : Number.POSITIVE_INFINITY,
    sample: (random) => scale * pow(1 - random(), -1 / shape),
  };
}

function boundedPareto(shape: number, min: number, max: number): Distribution {
  positive('boundedPareto.shape', shape);
  positive('boundedPareto.min', min);
  require(max > min, 'boundedPareto.max', max, `> min (${min})`);
  const range = 1 - pow(min / max, shape);
  const excess = shape - 1;
  const mean =
    shape === 1
      ? (min * log(max / min)) / range
      : ((min * shape) / (excess * range)) * (1 - pow(min / max, excess));
  return { mean, sample: (random) => min * pow(1 - random() * range, -1 / shape) };
}

function gammaDistribution(shape: number, scale: number): Distribution {
  positive('gamma.shape', shape);
  positive('gamma.scale', scale);
  const mean = shape * scale;
  if (shape >= 1) return { mean, sample: (random) => scale * gammaFromOne(shape, random) };
  // A gamma variate of shape + 1 times U^(1/shape) has the shape wanted.
  return { mean, sample: (random) => scale * gammaFromOne(shape + 1, random) * pow(1 - random(), 1 / shape) };
}

function gammaFromOne(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(random);
    const cube = 1 + c * x;
    if (cube <= 0) continue;
    const v = cube * cube * cube;
    if (log(1 - random()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

function empirical(values: readonly number[]): Distribution {
  require(values.length > 0, 'empirical.values', values.length, 'a list with at least one value');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sample: (random) => values[Math.floor(random() * values.length)]! };
}

function quantiles(at: readonly number[], values: readonly number[]): Distribution {
  const last = at.length - 1;
  require(last >= 1 &&
    values.length ===
      at.length, 'quantiles.values', values.length, `as long as at (${at.length}), 2 or more`);
  require(at[0] === 0 && at[last] === 1, 'quantiles.at', at.length, 'from 0 to 1');
  let mean = 0;
  for (let i = 1; i <= last; i++) {
    require(at[i]! >= at[i - 1]!, `quantiles.at[${i}]`, at[i]!, 'ascending');
    require(values[i]! >= values[i - 1]!, `quantiles.values[${i}]`, values[i]!, 'ascending');
    mean += ((at[i]! - at[i - 1]!) * (values[i]! + values[i - 1]!)) / 2;
  }
  const sample = (random: Random): number => {
    const u = random();
    let i = 1;
    while (at[i]! <= u) i++;
    return values[i - 1]! + ((values[i]! - values[i - 1]!) * (u - at[i - 1]!)) / (at[i]! - at[i - 1]!);
  };
  return { mean, sample };
}

function mixture(parts: readonly { readonly weight: number; readonly of: DistributionSpec }[]): Distribution {
  require(parts.length > 0, 'mixture', parts.length, 'a list with at least one part');
  const distributions = parts.map((part) => distribution(part.of));
  const bounds: number[] = [];
  let total = 0;
  for (const { weight } of parts) {
    positive('mixture.weight', weight);
    bounds.push((total += weight));
  }
  const mean = distributions.reduce((sum, part, i) => sum + (parts[i]!.weight / total) * part.mean, 0);
  const sample = (random: Random): number => {
    const u = random() * total;
    let i = 0;
    while (i < bounds.length - 1 && bounds[i]! <= u) i++;
    return distributions[i]!.sample(random);
  };
  return { mean, sample };
}

/** A stream of 32 bits gives 0 once in 2^32 draws: there, the middle of the first class. */
function standardNormal(random: Random): number {
  return normalQuantile(random() || 2 ** -33);
}

function positive(parameter: string, value: number): void {
  require(value > 0 && value < Number.POSITIVE_INFINITY, parameter, value, '> 0');
}

function require(holds: boolean, parameter: string, value: number, expected: string): void {
  if (!holds) throw new RangeError(`${parameter}: expected ${expected}, not ${value}`);
}
