/** Units of a scenario file: their lexical form, and their values once the form has been checked. */
import { parseDuration } from '../api/index.ts';
import { type Duration, instant, type SimTime } from '../engine/index.ts';

/** Go's time.ParseDuration without sign, plus `d` for days. */
export const DURATION_PATTERN = /^(0|(\d+(\.\d+)?(d|h|ms|m|s|us|µs))+)$/;
/** resource.Quantity, without sign. */
export const QUANTITY_PATTERN = /^\d+(\.\d*)?((Ki|Mi|Gi|Ti|Pi|Ei)|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Throws RangeError for text that the schema would have refused. */
export function durationOf(text: string): Duration {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`not a duration: ${text}`);
  return duration;
}

export const instantOf = (text: string): SimTime => instant(durationOf(text));
