/** Quantile by the nearest rank: a value that was seen. NaN of nothing. `sorted` ascends, 0 <= p <= 1. */
export const quantile = (sorted: readonly number[], p: number): number =>
  sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
