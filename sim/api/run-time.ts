/** How long a process runs, as an annotation says it: a duration, or how durations are distributed. */
import type { DistributionSpec, Duration } from '../engine/index.ts';
import { parseDuration } from './duration.ts';

export const RUN_TIME_FORMAT =
  'duration (90s, 1h30m) or distribution: exponential MEAN, uniform MIN MAX, lognormal MEDIAN SIGMA, weibull SHAPE SCALE, pareto SHAPE MIN, gamma SHAPE SCALE';

type Reader = (words: readonly string[]) => DistributionSpec | undefined;

const durations =
  (build: (a: number, b: number) => DistributionSpec, count: 1 | 2): Reader =>
  (words) => {
    const [a, b = a] = words.map(parseDuration);
    return words.length !== count || a === undefined || b === undefined ? undefined : build(a, b);
  };

const shaped =
  (build: (shape: number, scale: number) => DistributionSpec): Reader =>
  ([shape, scale, ...more]) => {
    const duration = scale === undefined ? undefined : parseDuration(scale);
    const value = positive(shape);
    return value === undefined || duration === undefined || more.length > 0
      ? undefined
      : build(value, duration);
  };

function positive(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** Durations in µs. */
const readers: Readonly<Record<string, Reader>> = {
  exponential: durations((mean) => ({ exponential: { mean } }), 1),
  uniform: durations((a, b) => ({ uniform: { min: Math.min(a, b), max: Math.max(a, b) } }), 2),
  lognormal: ([median, sigma, ...more]) =>
    shaped((s, m) => ({ lognormal: { median: m, sigma: s } }))([sigma ?? '', median ?? '', ...more]),
  weibull: shaped((shape, scale) => ({ weibull: { shape, scale } })),
  pareto: shaped((shape, scale) => ({ pareto: { shape, scale } })),
  gamma: shaped((shape, scale) => ({ gamma: { shape, scale } })),
};

/** E.g. `90s` or `lognormal 5m 0.8`; undefined if it is neither. */
export function parseRunTime(text: string): Duration | DistributionSpec | undefined {
  if (!text.includes(' ')) return parseDuration(text);
  const [name = '', ...words] = text.split(' ').filter((word) => word !== '');
  return words.length === 0 ? parseDuration(name) : readers[name]?.(words);
}
