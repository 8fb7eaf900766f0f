/** Durations and quantities, or how they are distributed. */
import * as z from 'zod';
import { duration, positive, quantity } from './values.ts';

const weighted = z.lazy(() => z.strictObject({ weight: positive, of: distribution }));

/** A duration, or how durations are distributed. Sampled through keyed streams. */
export const distribution: z.ZodType<DistributionInput> = z.union(
  [
    duration,
    z.strictObject({ uniform: z.strictObject({ min: duration, max: duration }) }),
    z.strictObject({ exponential: z.strictObject({ mean: duration }) }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: duration }) }),
    z.strictObject({ lognormal: z.strictObject({ median: duration, sigma: positive }) }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: duration }) }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: duration }) }),
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

const drawn = { step: quantity.optional(), most: quantity.optional() };

/** Quantities, or how they are distributed: rounded up to `step`, at most `most`. */
export const drawnQuantity = z.union(
  [
    quantity,
    z.strictObject({ uniform: z.strictObject({ min: quantity, max: quantity }), ...drawn }),
    z.strictObject({ exponential: z.strictObject({ mean: quantity }), ...drawn }),
    z.strictObject({ lognormal: z.strictObject({ median: quantity, sigma: positive }), ...drawn }),
    z.strictObject({ weibull: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
    z.strictObject({ gamma: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
    z.strictObject({ pareto: z.strictObject({ shape: positive, scale: quantity }), ...drawn }),
  ],
  { error: 'expected a quantity or one of uniform, exponential, lognormal, weibull, gamma, pareto' },
);

export type DrawnQuantity = z.output<typeof drawnQuantity>;
