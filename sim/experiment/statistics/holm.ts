/** Holm's step-down adjustment of p values (Scandinavian Journal of Statistics 6(2), 1979): keeps the family-wise error. */

/** Adjusted p values in the order given; compare them with the level wanted for the whole family. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((i, j) => ps[i]! - ps[j]! || i - j);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, ps[i]! * (ps.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}
