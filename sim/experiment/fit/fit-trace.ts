/** A trace in a few numbers: arrivals, run times and what pods ask for, each with how it was found and how well it fits. */
import type { DistributionSpec } from '../../engine/index.ts';
import type { Trace, TraceShape } from '../../workload/index.ts';
import { type ArrivalPattern, arrivalPattern, DISPERSION_WINDOWS } from './arrival-pattern.ts';
import { countsOf, dispersionOf } from './counts.ts';
import { chooseFit, type Family, type Fit, fitFamilies } from './families.ts';

export interface FittedTimes {
  /** Values, s. */
  readonly count: number;
  readonly mean: number;
  /** Standard deviation over mean. */
  readonly variation: number;
  /** Values of 0, which were taken as half of the smallest other one. */
  readonly zeros: number;
  /** Best first, in seconds; empty if the values are all the same or too few. */
  readonly fits: readonly Fit[];
  /** The one to use; see {@link chooseFit}. */
  readonly chosen: Fit | undefined;
  /** Median, 90th and 99th percentile. */
  readonly quantiles: readonly number[];
}

export interface FittedArrivals extends FittedTimes {
  readonly perSecond: number;
  /** Correlation of neighbouring gaps: far from 0, arrivals come in bursts that independent gaps cannot show. */
  readonly autocorrelation: number;
  /** Variance over mean of the counts in {@link DISPERSION_WINDOWS} windows; 1 for a Poisson process. */
  readonly dispersion: number;
  /** What is used instead of independent gaps, unless their family was named. */
  readonly pattern: ArrivalPattern;
}

export interface FittedClass {
  readonly weight: number;
  readonly shape: TraceShape;
}

export interface FittedSizes {
  /** Exact requests, the most frequent first. */
  readonly classes: readonly FittedClass[];
  /** Pods of rarer requests, by number of GPUs. */
  readonly rest: readonly FittedRest[];
}

export interface FittedRest {
  readonly weight: number;
  readonly gpus: number;
  /** Millicores and bytes. */
  readonly cpuMilli: DistributionSpec;
  readonly memoryBytes: DistributionSpec;
  readonly mostCpuMilli: number;
  readonly mostMemoryBytes: number;
}

export interface TraceFit {
  readonly pods: number;
  /** From the first to the last arrival, s. */
  readonly spanSeconds: number;
  readonly arrivals: FittedArrivals;
  /** Undefined if no pod has a run time. */
  readonly runTimes: FittedTimes | undefined;
  /** Pods that run for ever. */
  readonly endless: number;
  readonly sizes: FittedSizes;
}

export const QUANTILES = [0.5, 0.9, 0.99] as const;
export const GAP_FAMILIES: readonly Family[] = ['exponential', 'lognormal', 'weibull', 'gamma'];
const MOST_CLASSES = 20;
const LEAST_SHARE = 0.002;

/** Families to use whatever the criterion says. */
export interface FitOptions {
  readonly gaps?: Family | undefined;
  readonly runTime?: Family | undefined;
}

/** Throws RangeError for a trace of fewer than three pods. */
export function fitTrace(trace: Trace, options: FitOptions = {}): TraceFit {
  if (trace.count < 3) throw new RangeError(`a trace of ${trace.count} pods is too short to be fitted`);
  const runTimes = trace.runTimeUs.filter((us) => !Number.isNaN(us)).map((us) => us / 1e6);
  return {
    pods: trace.count,
    spanSeconds: (trace.arrivalUs[trace.count - 1]! - trace.arrivalUs[0]!) / 1e6,
    arrivals: fitArrivals(trace.arrivalUs, options.gaps),
    runTimes: runTimes.length === 0 ? undefined : fitTimes(runTimes, options.runTime),
    endless: trace.count - runTimes.length,
    sizes: fitSizes(trace),
  };
}

const INDEPENDENT: ArrivalPattern = { process: undefined, reasons: [] };

function fitArrivals(arrivalUs: Float64Array, family: Family | undefined): FittedArrivals {
  const gaps = new Float64Array(arrivalUs.length - 1);
  for (let i = 0; i < gaps.length; i++) gaps[i] = (arrivalUs[i + 1]! - arrivalUs[i]!) / 1e6;
  const times = fitTimes(gaps, family, GAP_FAMILIES);
  return {
    ...times,
    perSecond: 1 / times.mean,
    autocorrelation: autocorrelation(gaps, times.mean),
    dispersion: times.mean === 0 ? Number.NaN : dispersionOf(countsOf(arrivalUs, DISPERSION_WINDOWS)),
    pattern: family === undefined ? arrivalPattern(arrivalUs, times.variation) : INDEPENDENT,
  };
}

function fitTimes(
  values: Float64Array,
  family: Family | undefined,
  families?: readonly Family[],
): FittedTimes {
  const sorted = values.toSorted();
  const zeros = sorted.findIndex((value) => value > 0);
  const least = zeros < 0 ? 0 : sorted[zeros]!;
  const positive = zeros === 0 ? values : values.map((value) => (value > 0 ? value : least / 2));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const fits = zeros < 0 ? [] : fitFamilies(positive, families);
  return {
    count: values.length,
    mean,
    variation: mean === 0 ? 0 : Math.sqrt(variance) / mean,
    zeros: zeros < 0 ? values.length : zeros,
    fits,
    chosen:
      family === undefined ? chooseFit(fits, mean, values.length) : fits.find((fit) => fit.family === family),
    quantiles: QUANTILES.map((p) => sorted[Math.floor(p * (sorted.length - 1))]!),
  };
}

function autocorrelation(gaps: Float64Array, mean: number): number {
  let [joint, variance] = [0, 0];
  for (let i = 0; i < gaps.length; i++) {
    const off = gaps[i]! - mean;
    variance += off * off;
    if (i > 0) joint += off * (gaps[i - 1]! - mean);
  }
  return variance === 0 ? 0 : joint / variance;
}

function fitSizes({ shape, shapes, count }: Trace): FittedSizes {
  const weights = new Float64Array(shapes.length);
  for (const index of shape) weights[index]!++;
  const order = shapes.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || a - b);
  const kept =
    order.length <= MOST_CLASSES
      ? order
      : order.slice(0, MOST_CLASSES).filter((i) => weights[i]! >= LEAST_SHARE * count);
  const rare = new Set(order.slice(kept.length));
  return {
    classes: kept.map((i) => ({ weight: weights[i]!, shape: shapes[i]! })),
    rest: restOf(
      shapes,
      [...shape].filter((index) => rare.has(index)),
    ),
  };
}

/** One class of drawn amounts per number of GPUs. */
function restOf(shapes: readonly TraceShape[], pods: readonly number[]): FittedRest[] {
  const gpus = [...new Set(pods.map((index) => shapes[index]!.gpus))].sort((a, b) => a - b);
  return gpus.map((number) => {
    const own = pods.filter((index) => shapes[index]!.gpus === number);
    const cpu = Float64Array.from(own, (index) => Math.max(1, shapes[index]!.cpuMilli));
    const memory = Float64Array.from(own, (index) => Math.max(1, shapes[index]!.memoryBytes));
    return {
      weight: own.length,
      gpus: number,
      cpuMilli: amountOf(cpu),
      memoryBytes: amountOf(memory),
      mostCpuMilli: mostOf(cpu),
      mostMemoryBytes: mostOf(memory),
    };
  });
}

const mostOf = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

function amountOf(values: Float64Array): DistributionSpec {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return chooseFit(fitFamilies(values), mean, values.length)?.spec ?? { deterministic: { value: mean } };
}
