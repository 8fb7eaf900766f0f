/**
 * Simulated time: integer microseconds since the start of the run (law 2).
 * Exact for 285 years. The calendar date is `epoch + SimTime`; the epoch is scenario data.
 */
declare const simTime: unique symbol;
declare const duration: unique symbol;

/** An instant, integer µs since the start of the run, >= 0. */
export type SimTime = number & { readonly [simTime]: true };
/** A length of time, integer µs, >= 0. */
export type Duration = number & { readonly [duration]: true };

export const START = 0 as SimTime;
/** Later than every instant of a run. */
export const NEVER = Number.MAX_SAFE_INTEGER as SimTime;

/** Round raw microseconds, once, to a duration. Throws RangeError if negative or not finite. */
export function microseconds(us: number): Duration {
  if (!(us >= 0) || us > Number.MAX_SAFE_INTEGER) throw new RangeError(`not a duration in µs: ${us}`);
  return Math.round(us) as Duration;
}

export const milliseconds = (ms: number): Duration => microseconds(ms * 1e3);
export const seconds = (s: number): Duration => microseconds(s * 1e6);
export const minutes = (m: number): Duration => microseconds(m * 60e6);

/** The instant `d` after `t`. */
export const after = (t: SimTime, d: Duration): SimTime => (t + d) as SimTime;
/** The time from `from` to `to`; 0 if `to` is earlier. */
export const elapsed = (from: SimTime, to: SimTime): Duration => (to > from ? to - from : 0) as Duration;
/** An instant from raw integer µs. Throws RangeError if negative or not a safe integer. */
export function instant(us: number): SimTime {
  if (!Number.isSafeInteger(us) || us < 0) throw new RangeError(`not an instant in integer µs: ${us}`);
  return us as SimTime;
}

export const toSeconds = (t: SimTime | Duration): number => t / 1e6;
