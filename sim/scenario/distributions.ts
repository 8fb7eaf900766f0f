/** Distributions of durations as a scenario writes them. */
import type { DistributionSpec } from '../engine/index.ts';
import type { DistributionInput } from './schema/distributions.ts';
import { durationOf } from './units.ts';

/** In µs. */
export function distributionOf(input: DistributionInput): DistributionSpec {
  if (typeof input === 'string') return { deterministic: { value: durationOf(input) } };
  if ('uniform' in input)
    return { uniform: { min: durationOf(input.uniform.min), max: durationOf(input.uniform.max) } };
  if ('exponential' in input) return { exponential: { mean: durationOf(input.exponential.mean) } };
  if ('weibull' in input)
    return { weibull: { shape: input.weibull.shape, scale: durationOf(input.weibull.scale) } };
  if ('lognormal' in input)
    return { lognormal: { median: durationOf(input.lognormal.median), sigma: input.lognormal.sigma } };
  if ('pareto' in input)
    return { pareto: { shape: input.pareto.shape, scale: durationOf(input.pareto.scale) } };
  if ('gamma' in input) return { gamma: { shape: input.gamma.shape, scale: durationOf(input.gamma.scale) } };
  if ('empirical' in input) return { empirical: { values: input.empirical.map(durationOf) } };
  return { mixture: input.mixture.map(({ weight, of }) => ({ weight, of: distributionOf(of) })) };
}
