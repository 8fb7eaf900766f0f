/** Which arrival process of a scenario a trace calls for, and why. */
import { countsOf, dispersionOf } from './counts.ts';
import { type DailyCycle, fitDaily } from './daily.ts';
import { type FittedModulation, fitModulation } from './modulated.ts';

export interface ArrivalPattern {
  /** Undefined: independent gaps. */
  readonly process: { readonly diurnal: DailyCycle } | { readonly bursty: FittedModulation } | undefined;
  /** What the choice rests on, a sentence each. */
  readonly reasons: readonly string[];
}

export const DISPERSION_WINDOWS = 200;
const SCALES = [50, 100, DISPERSION_WINDOWS] as const;
/** Counts this many times as uneven as independent gaps make them are not chance. */
const EXCESS = 4;
const SIGNIFICANT = 0.001;
const SIGNIFICANT_IF_WANDERING = 0.01;
const LEAST_AMPLITUDE = 0.1;
const LEAST_SHARE = 0.5;

/**
 * Diurnal, where the harmonic of the day is no chance (F test p < 0.001, and p < 0.01 against rates that wander without a
 * period), swings the rate by a tenth or more and explains half of what makes the counts uneven; else bursty, where counts
 * in 50, 100 and 200 windows are all four times as dispersed as independent gaps of this coefficient of variation make
 * them (the larger of 1 and its square); else independent gaps.
 */
export function arrivalPattern(arrivalUs: Float64Array, variation: number): ArrivalPattern {
  if (arrivalUs[0] === arrivalUs.at(-1)) return { process: undefined, reasons: [] };
  const daily = fitDaily(arrivalUs);
  if (daily === undefined || !isPeriodic(daily)) return burstyOrIndependent(arrivalUs, variation);
  if (daily.share >= LEAST_SHARE) return { process: { diurnal: daily }, reasons: [cycle(daily)] };
  const { process, reasons } = burstyOrIndependent(arrivalUs, variation);
  return {
    process,
    reasons: [
      cycle(daily),
      'That is less than half, so the cycle is left out: `diurnal` arrivals would keep it and lose the rest.',
      ...reasons,
    ],
  };
}

function burstyOrIndependent(arrivalUs: Float64Array, variation: number): ArrivalPattern {
  const dispersions = SCALES.map((windows) => dispersionOf(countsOf(arrivalUs, windows)));
  const even = Math.max(1, variation * variation);
  const uneven = dispersions.filter((dispersion) => dispersion > EXCESS * even);
  if (uneven.length === 0) return { process: undefined, reasons: [] };
  const printed = dispersions.map((dispersion) => dispersion.toPrecision(3)).join(', ');
  const reason = `Counts in ${SCALES.join(', ')} windows have variance/mean ${printed}; independent gaps would give ${even.toPrecision(3)}.`;
  const bursty = uneven.length === SCALES.length ? fitModulation(arrivalUs) : undefined;
  return bursty === undefined
    ? {
        process: undefined,
        reasons: [reason, 'No two states are clear in it: the load here is more even than the trace.'],
      }
    : { process: { bursty }, reasons: [reason, states(bursty)] };
}

const isPeriodic = ({ p, aperiodicP, amplitude }: DailyCycle): boolean =>
  p < SIGNIFICANT && aperiodicP < SIGNIFICANT_IF_WANDERING && amplitude >= LEAST_AMPLITUDE;

const cycle = ({ p, share, amplitude }: DailyCycle): string =>
  `Hourly counts follow the time of day (amplitude ${amplitude.toPrecision(3)}, F test p ${p < 1e-6 ? '< 1e-6' : `= ${p.toPrecision(2)}`}); that explains ${(100 * share).toFixed(0)} % of their variance beyond a Poisson process's.`;

const states = ({ windowSeconds }: FittedModulation): string =>
  `Two Poisson states fitted to counts in windows of ${windowSeconds.toPrecision(3)} s (hidden Markov chain, Baum-Welch).`;
