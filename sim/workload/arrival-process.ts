/**
 * When pods arrive, as plain data, and the instants it gives. Rates that change (Markov-modulated and piecewise ones) are
 * followed by inverting the cumulated rate; a sinusoidal one by thinning (Lewis & Shedler, Naval Research Logistics 26(3),
 * 1979). All streams are keyed by the generator's name.
 */
import {
  type Distribution,
  distribution,
  log,
  type Random,
  type RandomStreams,
  sin,
} from '../engine/index.ts';

export type ArrivalProcess =
  /** Renewal process: times between arrivals, µs. */
  | { readonly every: Distribution }
  | { readonly poissonPerSecond: number }
  /** All, one if not told how many, at one instant, µs. */
  | { readonly at: number }
  /**
   * Markov-modulated Poisson process of two states, the quiet one first: rates per second, and mean stays in µs,
   * exponentially distributed.
   */
  | { readonly bursty: { readonly quiet: ModulatedState; readonly burst: ModulatedState } }
  /** Rate mean · (1 + amplitude · sin(2π (t − peak)/period + π/2)): highest at `peakUs`. Amplitude 0 to 1. */
  | {
      readonly sinusoidal: {
        readonly perSecond: number;
        readonly amplitude: number;
        readonly periodUs: number;
        readonly peakUs: number;
      };
    }
  /** Rates in force from `fromUs` on, ascending from 0, repeated every period. */
  | { readonly piecewise: { readonly periodUs: number; readonly pieces: readonly RatePiece[] } };

export interface ModulatedState {
  readonly perSecond: number;
  readonly meanStayUs: number;
}

export interface RatePiece {
  readonly fromUs: number;
  readonly perSecond: number;
}

/** The next arrival after the one at `timeUs`, in µs, not rounded. */
export type ArrivalTimes = (timeUs: number) => number;

const SECOND = 1e6;
const TWO_PI = 6.283185307179586;

/** `fromUs`: the process starts there. Throws RangeError that names the offending parameter. */
export function arrivalTimes(
  process: ArrivalProcess,
  name: string,
  random: RandomStreams,
  fromUs: number,
): ArrivalTimes {
  const arrivals = random.stream('arrivals', name);
  if ('every' in process) return (time) => time + process.every.sample(arrivals);
  if ('at' in process) return () => process.at;
  if ('poissonPerSecond' in process) {
    const gaps = distribution({ exponential: { mean: SECOND / process.poissonPerSecond } });
    return (time) => time + gaps.sample(arrivals);
  }
  if ('bursty' in process) {
    const { quiet, burst } = process.bursty;
    return followRate(modulatedRate([quiet, burst], random.stream('bursts', name), fromUs), arrivals, fromUs);
  }
  if ('piecewise' in process) return followRate(piecewiseRate(process.piecewise), arrivals, fromUs);
  return thinned(process.sinusoidal, arrivals, random.stream('thinning', name));
}

interface Stretch {
  readonly perSecond: number;
  /** µs. */
  readonly until: number;
}

/** The stretch of constant rate that begins at `from`, called with ascending instants: 0 or the end of the one before. */
type Rate = (from: number) => Stretch;

/** Each arrival uses up an exponential amount of cumulated rate: the time change theorem. */
function followRate(rate: Rate, arrivals: Random, fromUs: number): ArrivalTimes {
  let stretch = rate(fromUs);
  return (time) => {
    let need = -log(1 - arrivals());
    let now = time;
    for (;;) {
      const offered = ((stretch.until - now) / SECOND) * stretch.perSecond;
      if (offered >= need) return now + (need / stretch.perSecond) * SECOND;
      need -= offered;
      now = stretch.until;
      stretch = rate(now);
    }
  };
}

function modulatedRate(
  states: readonly [ModulatedState, ModulatedState],
  stays: Random,
  fromUs: number,
): Rate {
  const lengths = states.map(({ meanStayUs }) => distribution({ exponential: { mean: meanStayUs } }));
  if (!(Math.max(states[0].perSecond, states[1].perSecond) > 0))
    throw new RangeError('bursty: expected a rate above 0');
  // Which state comes first is drawn by their share of time: the process is stationary from its start.
  let state = stays() * (states[0].meanStayUs + states[1].meanStayUs) < states[0].meanStayUs ? 1 : 0;
  let until = fromUs;
  return () => {
    state = 1 - state;
    until += lengths[state]!.sample(stays);
    return { perSecond: states[state]!.perSecond, until };
  };
}

function piecewiseRate({ periodUs, pieces }: { periodUs: number; pieces: readonly RatePiece[] }): Rate {
  if (!pieces.some(({ perSecond }) => perSecond > 0))
    throw new RangeError('piecewise: expected a rate above 0');
  if (pieces[0]?.fromUs !== 0) throw new RangeError('piecewise: expected a first piece at 0');
  return (from) => {
    const turn = Math.floor(from / periodUs);
    const within = from - turn * periodUs;
    const at = pieces.findLastIndex((piece) => piece.fromUs <= within);
    const end = pieces[at + 1]?.fromUs ?? periodUs;
    return { perSecond: pieces[at]!.perSecond, until: turn * periodUs + end };
  };
}

interface Sinusoid {
  readonly perSecond: number;
  readonly amplitude: number;
  readonly periodUs: number;
  readonly peakUs: number;
}

function thinned(
  { perSecond, amplitude, periodUs, peakUs }: Sinusoid,
  arrivals: Random,
  thinning: Random,
): ArrivalTimes {
  const highest = 1 + amplitude;
  const candidates = distribution({ exponential: { mean: SECOND / (perSecond * highest) } });
  return (from) => {
    for (let time = from; ; ) {
      time += candidates.sample(arrivals);
      const turn = ((time - peakUs) / periodUs) % 1;
      if (thinning() * highest < 1 + amplitude * sin((turn + 0.25) * TWO_PI)) return time;
    }
  };
}
