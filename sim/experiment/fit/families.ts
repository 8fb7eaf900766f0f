/**
 * Distributions fitted to positive samples by maximum likelihood (Evans, Hastings & Peacock, Statistical Distributions),
 * and the choice among them by Akaike's information criterion.
 */
import {
  type DistributionSpec,
  distribution,
  exp,
  log,
  logGamma,
  pow,
  RandomStreams,
} from '../../engine/index.ts';

export interface Fit {
  readonly family: Family;
  /** In the unit of the samples. */
  readonly spec: DistributionSpec;
  readonly logLikelihood: number;
  /** 2 · parameters − 2 · log-likelihood: the smaller the better. */
  readonly aic: number;
}

/** What the fits need of the samples, computed once. */
interface Sample {
  readonly values: Float64Array;
  readonly count: number;
  readonly mean: number;
  readonly meanLog: number;
  readonly min: number;
}

interface Fitted {
  readonly spec: DistributionSpec;
  readonly logLikelihood: number;
  readonly parameters: number;
}

export type Family = keyof typeof FAMILIES;

/** Undefined where the samples allow no such fit. */
const FAMILIES = { exponential, lognormal, weibull, gamma, pareto } as const satisfies Record<
  string,
  (sample: Sample) => Fitted | undefined
>;

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly Family[];

/** Fits of the families, the best one first. Values must be positive; fewer than two different ones give no fit. */
export function fitFamilies(values: Float64Array, families: readonly Family[] = FAMILY_NAMES): Fit[] {
  const sample = describe(values);
  if (!(sample.count > 1 && values.some((value) => value !== sample.min))) return [];
  return families
    .flatMap((family) => {
      const fitted = FAMILIES[family](sample);
      if (fitted === undefined) return [];
      const { spec, logLikelihood, parameters } = fitted;
      return [{ family, spec, logLikelihood, aic: 2 * parameters - 2 * logLikelihood }];
    })
    .sort((a, b) => a.aic - b.aic);
}

/** A mean further off than this would be another load. */
const MEAN_TOLERANCE = 0.1;
/** Log-likelihood per value below which the simpler exponential is as good: rounding of the trace makes more. */
const EVEN_PER_VALUE = 0.001;

/**
 * The fit to use for `count` values of this mean: of those that keep the mean within a tenth, the one with the smallest
 * AIC, but the exponential where it is as good. Undefined if there is none.
 */
export function chooseFit(fits: readonly Fit[], mean: number, count: number): Fit | undefined {
  const keeping = fits.filter(({ spec }) => Math.abs(distribution(spec).mean / mean - 1) <= MEAN_TOLERANCE);
  const [best] = keeping;
  const simple = keeping.find(({ family }) => family === 'exponential');
  if (best === undefined || simple === undefined) return best;
  const even =
    simple.aic - best.aic <= 2 || best.logLikelihood - simple.logLikelihood <= EVEN_PER_VALUE * count;
  return even ? simple : best;
}

function describe(values: Float64Array): Sample {
  let [sum, sumLog, min] = [0, 0, Number.POSITIVE_INFINITY];
  for (const value of values) {
    sum += value;
    sumLog += log(value);
    if (value < min) min = value;
  }
  const count = values.length;
  return { values, count, mean: sum / count, meanLog: sumLog / count, min };
}

function exponential({ count, mean }: Sample): Fitted {
  return { spec: { exponential: { mean } }, logLikelihood: -count * (log(mean) + 1), parameters: 1 };
}

const LOG_TWO_PI = 1.8378770664093453;

function lognormal({ values, count, meanLog }: Sample): Fitted {
  let squares = 0;
  for (const value of values) {
    const off = log(value) - meanLog;
    squares += off * off;
  }
  const variance = squares / count;
  const logLikelihood = -count * (meanLog + 0.5 * (LOG_TWO_PI + log(variance) + 1));
  return {
    spec: { lognormal: { median: exp(meanLog), sigma: Math.sqrt(variance) } },
    logLikelihood,
    parameters: 2,
  };
}

const MOST_STEPS = 100;
const PRECISION = 1e-10;

/** The shape solves Σxᵏ ln x / Σxᵏ − 1/k = mean of ln x; found by Newton's method on values scaled by their mean. */
function weibull({ values, count, mean, meanLog }: Sample): Fitted | undefined {
  const centre = meanLog - log(mean);
  let shape = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    let [s0, s1, s2] = [0, 0, 0];
    for (const value of values) {
      const x = value / mean;
      const l = log(x);
      const p = pow(x, shape);
      s0 += p;
      s1 += p * l;
      s2 += p * l * l;
    }
    const ratio = s1 / s0;
    const change = (ratio - 1 / shape - centre) / (s2 / s0 - ratio * ratio + 1 / (shape * shape));
    const next = shape - change > 0 ? shape - change : shape / 2;
    const settled = Math.abs(next - shape) < PRECISION * shape;
    shape = next;
    if (settled) break;
  }
  let powers = 0;
  for (const value of values) powers += pow(value / mean, shape);
  const scale = mean * pow(powers / count, 1 / shape);
  const logLikelihood = count * (log(shape) - shape * log(scale) + (shape - 1) * meanLog - 1);
  return Number.isFinite(logLikelihood)
    ? { spec: { weibull: { shape, scale } }, logLikelihood, parameters: 2 }
    : undefined;
}

/** ln k − ψ(k) = ln mean − mean ln, by Newton's method from Minka's start (2002). */
function gamma({ count, mean, meanLog }: Sample): Fitted | undefined {
  const s = log(mean) - meanLog;
  if (!(s > 0)) return undefined;
  let shape = (3 - s + Math.sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
  for (let step = 0; step < MOST_STEPS; step++) {
    const inverse =
      1 / shape + (log(shape) - digamma(shape) - s) / (shape * shape * (1 / shape - trigamma(shape)));
    const next = 1 / inverse;
    const settled = Math.abs(next - shape) < PRECISION * shape;
    shape = next;
    if (settled) break;
  }
  const scale = mean / shape;
  const logLikelihood = count * ((shape - 1) * meanLog - shape - shape * log(scale) - logGamma(shape));
  return Number.isFinite(logLikelihood)
    ? { spec: { gamma: { shape, scale } }, logLikelihood, parameters: 2 }
    : undefined;
}

/** Not offered where its mean would be infinite: a generator of such pods has no load to speak of. */
function pareto({ count, meanLog, min }: Sample): Fitted | undefined {
  const shape = 1 / (meanLog - log(min));
  if (!(shape > 1) || !Number.isFinite(shape)) return undefined;
  const logLikelihood = count * (log(shape) + shape * log(min) - (shape + 1) * meanLog);
  return { spec: { pareto: { shape, scale: min } }, logLikelihood, parameters: 2 };
}

/** ψ(x) for x > 0: recurrence up to 8, then its asymptotic series (Abramowitz & Stegun 6.3.18). */
export function digamma(x: number): number {
  let sum = 0;
  for (; x < 8; x++) sum -= 1 / x;
  const w = 1 / (x * x);
  return sum + log(x) - 1 / (2 * x) - w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w / 132))));
}

/** ψ′(x) for x > 0: recurrence up to 8, then its asymptotic series (Abramowitz & Stegun 6.4.12). */
export function trigamma(x: number): number {
  let sum = 0;
  for (; x < 8; x++) sum += 1 / (x * x);
  const w = 1 / (x * x);
  return sum + 1 / x + w / 2 + (w / x) * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - (5 / 66) * w))));
}

const DRAWS = 20_000;

/** Quantiles of a fit, from draws that are always the same. `at` ascending. */
export function quantilesOf(spec: DistributionSpec, at: readonly number[]): number[] {
  const { sample } = distribution(spec);
  const random = new RandomStreams('fit').stream('quantiles', 'draws');
  const draws = Float64Array.from({ length: DRAWS }, () => sample(random)).sort();
  return at.map((p) => draws[Math.floor(p * (DRAWS - 1))]!);
}
