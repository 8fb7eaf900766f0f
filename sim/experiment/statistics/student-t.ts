/**
 * Student's t distribution through the incomplete beta function, by its continued fraction (Abramowitz & Stegun 26.5.8,
 * evaluated by Lentz's method) and the bit-identical maths, so that intervals are the same on every machine.
 */
import { exp, log, logGamma } from '../../engine/index.ts';

const EPSILON = 1e-16;
/** Stands in for 0 in Lentz's method. */
const TINY = 1e-300;
const MOST_TERMS = 10_000;

/** Regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1. About 1e-14 absolute. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`incomplete beta: x = ${x}`);
  if (x === 0 || x === 1) return x;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(a * log(x) + b * log(1 - x) - logGamma(a) - logGamma(b) + logGamma(a + b)) / a;
  return front / continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  let value = 1;
  let c = 1;
  let d = 0;
  for (let n = 1; n <= MOST_TERMS; n++) {
    const m = n >> 1;
    const term =
      (n & 1) === 1
        ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
        : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + term * d || TINY);
    c = 1 + term / c || TINY;
    value *= c * d;
    if (Math.abs(c * d - 1) < EPSILON) break;
  }
  return value;
}

/** P(|T| >= |t|) with `df` > 0 degrees of freedom. */
export function twoSidedP(t: number, df: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? t : 0;
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** P(T <= t). */
export function studentCdf(t: number, df: number): number {
  const tail = twoSidedP(t, df) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** t with P(T <= t) = p, for 0 < p < 1: bisection on the upper half, to the last bits. */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile of probability ${p}`);
  if (p < 0.5) return -studentQuantile(1 - p, df);
  const tail = 2 * (1 - p);
  let low = 0;
  let high = 1;
  while (twoSidedP(high, df) > tail) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (twoSidedP(middle, df) > tail) low = middle;
    else high = middle;
  }
}
