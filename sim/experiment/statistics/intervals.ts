/** Means over replications with Student-t intervals, alone and as differences paired by seed. */
import { mean, sampleVariance } from 'simple-statistics';
import { studentQuantile, twoSidedP } from './student-t.ts';

/** Below this many replications no interval and no test is given: with 2, a 95 % t interval is ±9 standard deviations wide. */
export const LEAST_REPLICATIONS = 3;
export const LEVEL = 0.95;

export interface Estimate {
  readonly count: number;
  /** NaN if there is no value. */
  readonly mean: number;
  /** Of one value; undefined below two. */
  readonly standardDeviation: number | undefined;
  /** Half the width of the interval; undefined below {@link LEAST_REPLICATIONS}. */
  readonly halfWidth: number | undefined;
}

export function estimate(values: readonly number[], level = LEVEL): Estimate {
  const count = values.length;
  if (count === 0) return { count, mean: Number.NaN, standardDeviation: undefined, halfWidth: undefined };
  const standardDeviation = count < 2 ? undefined : Math.sqrt(sampleVariance([...values]));
  return {
    count,
    mean: mean([...values]),
    standardDeviation,
    halfWidth: halfWidthOf(count, standardDeviation, level),
  };
}

function halfWidthOf(
  count: number,
  standardDeviation: number | undefined,
  level: number,
): number | undefined {
  if (count < LEAST_REPLICATIONS || standardDeviation === undefined) return undefined;
  return studentQuantile((1 + level) / 2, count - 1) * (standardDeviation / Math.sqrt(count));
}

export interface PairedDifference extends Estimate {
  /** Probability of a mean difference at least so large if there were none; undefined below {@link LEAST_REPLICATIONS}. */
  readonly p: number | undefined;
  /**
   * Variance of the paired differences over that of differences between independent runs: below 1 where common random
   * numbers help. Undefined below {@link LEAST_REPLICATIONS}, or if neither side varies.
   */
  readonly varianceRatio: number | undefined;
}

/** b − a, value by value: position i of both is the same seed. Throws RangeError if the lengths differ. */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  level = LEVEL,
): PairedDifference {
  if (a.length !== b.length) throw new RangeError(`pairs of ${a.length} and ${b.length} values`);
  const difference = estimate(
    b.map((value, i) => value - a[i]!),
    level,
  );
  return { ...difference, p: pOf(difference), varianceRatio: varianceRatio(a, b, difference) };
}

/** Equal differences under every seed leave no doubt: 1 if they are all 0, else 0. */
function pOf({ count, mean: m, standardDeviation: s }: Estimate): number | undefined {
  if (count < LEAST_REPLICATIONS || s === undefined) return undefined;
  if (s === 0) return m === 0 ? 1 : 0;
  return twoSidedP((m / s) * Math.sqrt(count), count - 1);
}

function varianceRatio(a: readonly number[], b: readonly number[], difference: Estimate): number | undefined {
  if (difference.count < LEAST_REPLICATIONS || difference.standardDeviation === undefined) return undefined;
  const unpaired = sampleVariance([...a]) + sampleVariance([...b]);
  return unpaired === 0 ? undefined : difference.standardDeviation ** 2 / unpaired;
}
