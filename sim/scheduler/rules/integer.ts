/** Integer arithmetic as Go's int64 does it, on numbers. */

/** Beyond this a product with 100 or its quotient may round: 2^45. */
const EXACT_LIMIT = 35_184_372_088_832;

/** 100 · part / whole, truncated; exact for all amounts a quantity can state. `whole` > 0. */
export function percentOf(part: number, whole: number): number {
  if (whole > EXACT_LIMIT || part > EXACT_LIMIT) return Number((BigInt(part) * 100n) / BigInt(whole));
  return Math.trunc((part * 100) / whole);
}

/** Rounds half away from zero, as Go's math.Round. */
export const roundHalfAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));
