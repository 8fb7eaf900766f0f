/**
 * A daily cycle in arrivals: the first harmonic of 24 h, by least squares on hourly counts (cosinor analysis: Nelson, Tong,
 * Lee & Halberg, Chronobiologia 6, 1979).
 */
import { cos, exp, pow, sin } from '../../engine/index.ts';
import { autocovariance, meanOf } from './counts.ts';

/** Rate perSecond · (1 + amplitude · cos(2π (t − peak) / 24 h)), t on the clock of the trace. */
export interface DailyCycle {
  readonly perSecond: number;
  /** 0 to 1. */
  readonly amplitude: number;
  /** 0 to 24 h, µs. */
  readonly peakUs: number;
  /** F test of the harmonic against a constant rate with independent hours. */
  readonly p: number;
  /** The chance of such a share without a period: see {@link aperiodicP}. */
  readonly aperiodicP: number;
  /** Of the variance of hourly counts beyond a Poisson process's, what the cycle explains. */
  readonly share: number;
}

const HOUR = 3600e6;
const DAY = 24 * HOUR;
const LEAST_HOURS = 48;
const TURN = 6.283185307179586;
/** A sinusoid seen through hourly windows is lower by sin(π/24)/(π/24). */
const ATTENUATION = sin(TURN / 48) / (TURN / 48);

/** Undefined for less than two days, and for counts that do not vary. */
export function fitDaily(arrivalUs: Float64Array): DailyCycle | undefined {
  const first = arrivalUs[0]!;
  const hours = Math.floor((arrivalUs[arrivalUs.length - 1]! - first) / HOUR);
  if (hours < LEAST_HOURS) return undefined;
  const counts = new Float64Array(hours);
  for (const at of arrivalUs) {
    const hour = Math.floor((at - first) / HOUR);
    if (hour < hours) counts[hour]!++;
  }
  const total = hours * autocovariance(counts, 0);
  if (total === 0) return undefined;
  const angles = counts.map((_, hour) => ((((hour + 0.5) * HOUR + first) / DAY) % 1) * TURN);
  const { mean, x, y, explained } = harmonic(counts, angles);
  const size = Math.sqrt(x * x + y * y);
  const share = Math.min(1, explained / Math.max(total - hours * meanOf(counts), Number.MIN_VALUE));
  const f = explained / 2 / ((total - explained) / (hours - 3));
  return {
    perSecond: mean / 3600,
    amplitude: Math.min(1, size / mean / ATTENUATION),
    peakUs: (angleOf(x / size, y / size) / TURN) * DAY,
    // The F distribution with 2 and d degrees of freedom has this tail in closed form.
    p: pow(1 + (2 * f) / (hours - 3), -(hours - 3) / 2),
    aperiodicP: aperiodicP(share, hours / 24),
    share,
  };
}

/**
 * Rates that wander, as those of a Markov chain do, look periodic over a few days. With covariance e^(−t/τ) their spectrum
 * gives one harmonic of D days 4τ/(1 + (2πτ)²)/D of the variance (τ in days), at most 1/(πD) whatever τ; a periodogram's
 * ordinate is exponentially distributed about it (Priestley, Spectral Analysis and Time Series, 1981).
 */
const aperiodicP = (share: number, days: number): number => exp((-TURN / 2) * days * share);

/** Least squares of counts = mean + x · cos + y · sin; `explained`: the sum of squares that x and y take away. */
function harmonic(counts: Float64Array, angles: Float64Array) {
  const [cosines, sines] = [angles.map(cos), angles.map(sin)];
  const [c, s, m] = [meanOf(cosines), meanOf(sines), meanOf(counts)];
  let [cc, cs, ss, cn, sn] = [0, 0, 0, 0, 0];
  for (let i = 0; i < counts.length; i++) {
    const [u, v, n] = [cosines[i]! - c, sines[i]! - s, counts[i]! - m];
    cc += u * u;
    cs += u * v;
    ss += v * v;
    cn += u * n;
    sn += v * n;
  }
  const determinant = cc * ss - cs * cs;
  const x = (ss * cn - cs * sn) / determinant;
  const y = (cc * sn - cs * cn) / determinant;
  return { mean: m - x * c - y * s, x, y, explained: x * cn + y * sn };
}

/** Angle in [0, 2π) of a unit vector: from its quadrant's middle, each step leaves a sixth of the error's cube. */
function angleOf(x: number, y: number): number {
  const quadrant = y >= 0 ? (x >= 0 ? 0 : 1) : x < 0 ? 2 : 3;
  let angle = ((quadrant + 0.5) / 4) * TURN;
  for (let step = 0; step < 5; step++) angle += y * cos(angle) - x * sin(angle);
  return (angle + TURN) % TURN;
}
