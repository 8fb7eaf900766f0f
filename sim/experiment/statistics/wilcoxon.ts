/**
 * Wilcoxon's signed-rank test (Biometrics Bulletin 1(6), 1945), for differences that are far from normal: exact, given the
 * ranks found, ties included. Differences of 0 are left out (Wilcoxon's own rule).
 */

/** More differences than this would need more steps than the answer is worth; undefined then. */
export const MOST_DIFFERENCES = 1000;

/** Two-sided p; 1 if all differences are 0, undefined above {@link MOST_DIFFERENCES}. */
export function signedRankP(differences: readonly number[]): number | undefined {
  const found = differences.filter((difference) => difference !== 0);
  if (found.length === 0) return 1;
  if (found.length > MOST_DIFFERENCES) return undefined;
  const ranks = doubledRanks(found.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (found[i]! > 0 ? rank : 0), 0);
  return Math.min(1, 2 * probabilityUpTo(ranks, Math.min(positive, total - positive), total));
}

/** Twice the mid-rank of every value: whole numbers also where values tie. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]! || i - j);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = from + to + 1;
    from = to;
  }
  return ranks;
}

/** P(sum of a random subset of `ranks` <= limit), every subset as likely as the others. */
function probabilityUpTo(ranks: readonly number[], limit: number, total: number): number {
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      chance[sum] = (chance[sum]! + (sum >= rank ? chance[sum - rank]! : 0)) / 2;
    }
  }
  let probability = 0;
  for (let sum = 0; sum <= limit; sum++) probability += chance[sum]!;
  return probability;
}
