/** Durations and quantities, or how they are distributed. */
import * as z from 'zod';
import { parseDuration, parseQuantity, quantityMilliValue } from '../../api/index.ts';
import { duration, positive, positiveDuration, positiveQuantity, quantity } from './values.ts';

const ORDERED = { path: ['max'], error: 'expected no less than min' };
const durations = z
  .strictObject({ min: duration, max: duration })
  .refine(({ min, max }) => !(usOf(max) < usOf(min)), ORDERED);
const quantities = z
  .strictObject({ min: quantity, max: quantity })
  .refine(({ min, max }) => !(amountOf(max) < amountOf(min)), ORDERED);

/** NaN, which is less than nothing, for what is told to be malformed. */
const usOf = (text: string): number => parseDuration(text) ?? Number.NaN;
const amountOf = (value: string | number): number => {
  const amount = parseQuantity(String(value));
  return 'error' in amount ? Number.NaN : Number(quantityMilliValue(amount));
};

const weighted = z.lazy(() => z.strictObject({ weight: positive, of: distribution }));

/** A duration, or how durations are distributed. Sampled through keyed streams. */
export const distribution: z.ZodType<DistributionInput> = z.union(
  [
    duration,
    z.strictObject({ uniform: durations }),
    z.strictObject({ exponential: z.strictObject({ mean: positiveDuration }) }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: positiveDuration }) }),
    z.strictObject({ lognormal: z.strictObject({ median: positiveDuration, sigma: positive }) }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: positiveDuration }) }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: positiveDuration }) }),
    z.strictObject({ empirical: z.array(duration).min(1) }),
    z.strictObject({ mixture: z.array(weighted).min(1) }),
  ],
  {
    error:
      'expected a duration (10m) or one of uniform, exponential, weibull, lognormal, pareto, gamma, empirical, mixture',
  },
);

export type DistributionInput =
  | string
  | { uniform: { min: string; max: string } }
  | { exponential: { mean: string } }
  | { weibull: { shape: number; scale: string } }
  | { lognormal: { median: string; sigma: number } }
  | { pareto: { shape: number; scale: string } }
  | { gamma: { shape: number; scale: string } }
  | { empirical: string[] }
  | { mixture: { weight: number; of: DistributionInput }[] };

/** Times from one event to the next: if all were 0, the clock would never advance. */
export const gap = distribution.refine((input) => !isZero(input), {
  error: 'expected times that are not all 0',
});

function isZero(input: DistributionInput): boolean {
  if (typeof input === 'string') return parseDuration(input) === 0;
  if ('uniform' in input) return isZero(input.uniform.max);
  if ('empirical' in input) return input.empirical.every(isZero);
  return 'mixture' in input && input.mixture.every(({ of }) => isZero(of));
}

const drawn = { step: positiveQuantity.optional(), most: quantity.optional() };

/** Quantities, or how they are distributed: rounded up to `step`, at most `most`. */
export const drawnQuantity = z.union(
  [
    quantity,
    z.strictObject({ uniform: quantities, ...drawn }),
    z.strictObject({ exponential: z.strictObject({ mean: positiveQuantity }), ...drawn }),
    z.strictObject({ lognormal: z.strictObject({ median: positiveQuantity, sigma: positive }), ...drawn }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: positiveQuantity }), ...drawn }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: positiveQuantity }), ...drawn }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: positiveQuantity }), ...drawn }),
  ],
  { error: 'expected a quantity or one of uniform, exponential, lognormal, weibull, gamma, pareto' },
);

export type DrawnQuantity = z.output<typeof drawnQuantity>;
