/** Arrivals counted in equal windows, and how uneven the counts are (Gusella, IEEE JSAC 9(2), 1991: indexes of dispersion). */

/** Counts in `windows` equal parts of the time from the first arrival to the last. Instants ascending, µs. */
export function countsOf(arrivalUs: Float64Array, windows: number): Float64Array {
  const first = arrivalUs[0]!;
  const span = arrivalUs[arrivalUs.length - 1]! - first;
  const counts = new Float64Array(windows);
  for (const at of arrivalUs) counts[Math.min(windows - 1, Math.floor(((at - first) / span) * windows))]!++;
  return counts;
}

export const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sum of (xᵢ − mean)(xᵢ₊ₗ − mean) over all pairs `lag` apart, per value. */
export function autocovariance(values: Float64Array, lag: number): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += (values[i]! - mean) * (values[i - lag]! - mean);
  return sum / values.length;
}

/** Variance over mean: 1 for the counts of a Poisson process, whatever the windows. */
export const dispersionOf = (counts: Float64Array): number => autocovariance(counts, 0) / meanOf(counts);
