/**
 * A two-state Markov-modulated Poisson process fitted to counts: a hidden Markov chain with Poisson counts, by expectation
 * maximisation (Baum et al., Annals of Mathematical Statistics 41(1), 1970; Zucchini & MacDonald, Hidden Markov Models for
 * Time Series, 2009), whose transition matrix is then read as that of a chain in continuous time (Fischer &
 * Meier-Hellstern, Performance Evaluation 18(2), 1993).
 */
import { exp, log } from '../../engine/index.ts';
import { autocovariance, countsOf, meanOf } from './counts.ts';

export interface FittedState {
  readonly perSecond: number;
  /** Mean time in this state, s. */
  readonly staySeconds: number;
}

export interface FittedModulation {
  readonly quiet: FittedState;
  readonly burst: FittedState;
  /** Windows of the counts, s. */
  readonly windowSeconds: number;
}

/** Arrivals per window by state, and the chances to leave the states from one window to the next; quiet, burst. */
interface Chain {
  readonly rates: Pair;
  readonly leave: Pair;
}
type Pair = readonly [number, number];

const MOST_WINDOWS = 50_000;
/** Windows in the time the process takes to forget its state: few enough changes of state fall inside one. */
const WINDOWS_PER_RELAXATION = 10;
const MOST_ROUNDS = 300;
const PRECISION = 1e-7;
/** A trend or a single burst is not a chain of states. */
const LEAST_BURSTS = 5;

/** Undefined where the trace shows fewer than five bursts, or states that last no longer than a window. */
export function fitModulation(arrivalUs: Float64Array): FittedModulation | undefined {
  const spanSeconds = (arrivalUs[arrivalUs.length - 1]! - arrivalUs[0]!) / 1e6;
  const windows = windowsFor(arrivalUs);
  const counts = countsOf(arrivalUs, windows);
  let chain = thresholdChain(counts);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = improved(counts, chain);
    const settled = distance(chain, next) < PRECISION;
    chain = next;
    if (settled) break;
  }
  const windowSeconds = spanSeconds / windows;
  const [a, b] = chain.leave;
  if (!(a > 0 && b > 0 && a + b < 1)) return undefined;
  // Over a window of length w a chain that leaves at rates α, β forgets its state by e^−(α+β)w = 1 − a − b.
  const perChance = -log(1 - a - b) / (a + b) / windowSeconds;
  const state = (i: 0 | 1): FittedState => ({
    perSecond: chain.rates[i] / windowSeconds,
    staySeconds: 1 / (chain.leave[i] * perChance),
  });
  const [quiet, burst] = chain.rates[0] <= chain.rates[1] ? [state(0), state(1)] : [state(1), state(0)];
  const bursts = spanSeconds / (quiet.staySeconds + burst.staySeconds);
  return bursts < LEAST_BURSTS ? undefined : { quiet, burst, windowSeconds };
}

/** A tenth of the lag, in windows of about two arrivals, at which the counts' covariance has fallen to 1/e. */
function windowsFor(arrivalUs: Float64Array): number {
  const windows = Math.max(2, Math.min(MOST_WINDOWS, Math.floor(arrivalUs.length / 2)));
  const counts = countsOf(arrivalUs, windows);
  const fallen = autocovariance(counts, 1) / Math.E;
  let lag = 1;
  while (lag < windows / 4 && autocovariance(counts, lag + 1) > fallen) lag = Math.ceil(lag * 1.25);
  return Math.min(MOST_WINDOWS, Math.ceil((windows / lag) * WINDOWS_PER_RELAXATION));
}

/** Where to start from: windows above the mean are the burst. */
function thresholdChain(counts: Float64Array): Chain {
  const mean = meanOf(counts);
  const [visits, sums, left] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < counts.length; i++) {
    const state = counts[i]! > mean ? 1 : 0;
    visits[state]!++;
    sums[state]! += counts[i]!;
    if (i + 1 < counts.length && counts[i + 1]! > mean !== counts[i]! > mean) left[state]!++;
  }
  const ratio = (over: number[], state: 0 | 1): number => over[state]! / Math.max(1, visits[state]!);
  return { rates: [ratio(sums, 0), ratio(sums, 1)], leave: [ratio(left, 0), ratio(left, 1)] };
}

/** One round of expectation maximisation; the backward pass sums the expected visits and changes of state as it goes. */
function improved(counts: Float64Array, chain: Chain): Chain {
  const [a, b] = chain.leave;
  const forward = filtered(counts, chain);
  const n = counts.length;
  let after = forward[n - 1]!;
  let [inBurst, burstSum, sum, rises, falls] = [after, after * counts[n - 1]!, counts[n - 1]!, 0, 0];
  for (let i = n - 2; i >= 0; i--) {
    const now = forward[i]!;
    const predicted = now * (1 - b) + (1 - now) * a;
    const rise = predicted > 0 ? (after * (1 - now) * a) / predicted : 0;
    const fall = predicted < 1 ? ((1 - after) * now * b) / (1 - predicted) : 0;
    after += fall - rise;
    rises += rise;
    falls += fall;
    inBurst += after;
    burstSum += after * counts[i]!;
    sum += counts[i]!;
  }
  return {
    rates: [(sum - burstSum) / (n - inBurst), burstSum / inBurst],
    leave: [rises / (n - inBurst), falls / inBurst],
  };
}

/** The chance of the burst in each window, given the counts up to it. */
function filtered(counts: Float64Array, { rates, leave: [a, b] }: Chain): Float64Array {
  let burst = a / (a + b);
  return burstOdds(counts, rates).map((odds) => {
    const weight = burst * odds;
    const now = weight / (weight + (1 - burst) * (1 - odds));
    burst = now * (1 - b) + (1 - now) * a;
    return now;
  });
}

/** Likelihood of each count in the burst, over the sum of those in both states. */
function burstOdds(counts: Float64Array, [quiet, burst]: Pair): Float64Array {
  const logRatio = log(Math.max(burst, Number.MIN_VALUE)) - log(Math.max(quiet, Number.MIN_VALUE));
  return counts.map((count) => 1 / (1 + exp(burst - quiet - count * logRatio)));
}

const distance = (one: Chain, other: Chain): number =>
  Math.max(
    ...[0, 1].flatMap((i) => [
      Math.abs(one.rates[i]! - other.rates[i]!) / (one.rates[i]! + other.rates[i]!),
      Math.abs(one.leave[i]! - other.leave[i]!) / (one.leave[i]! + other.leave[i]!),
    ]),
  );
