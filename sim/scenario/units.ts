/** Units of a scenario file: their lexical form, and their values once the form has been checked. */
import { parseDuration } from '../api/index.ts';
import { type DistributionSpec, type Duration, instant, type SimTime } from '../engine/index.ts';
import type { DistributionInput } from './schema.ts';

/** Go's time.ParseDuration without sign, plus `d` for days. */
export const DURATION_PATTERN = /^(0|(\d+(\.\d+)?(d|h|ms|m|s|us|µs))+)$/;
/** resource.Quantity, without sign. */
export const QUANTITY_PATTERN = /^\d+(\.\d*)?((Ki|Mi|Gi|Ti|Pi|Ei)|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Throws RangeError for text that the schema would have refused. */
export function durationOf(text: string): Duration {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`not a duration: ${text}`);
  return duration;
}

export const instantOf = (text: string): SimTime => instant(durationOf(text));

/** A distribution of durations in µs. */
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
