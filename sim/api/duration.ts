/** Go's text form of durations: `metav1.Duration` fields and scenario files, which also know days. */
import type { Duration } from '../engine/index.ts';
import { microseconds } from '../engine/index.ts';

const UNIT_US: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-3],
  ['us', 1],
  ['µs', 1],
  ['μs', 1],
  ['ms', 1e3],
  ['s', 1e6],
  ['m', 60e6],
  ['h', 3600e6],
  ['d', 86_400e6],
]);
const PART = /([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)/y;
/** So many digits are exact in a number. */
const MAX_DIGITS = 15;

/** Reads e.g. `1h30m`, `1.5s`, `300ms`, `0` and, beyond Go, `2d`; rounded once to µs. Undefined if it is not one, or negative. */
export function parseDuration(text: string): Duration | undefined {
  if (text === '0') return microseconds(0);
  const whole = wholeNumber(text);
  return whole < Number.MAX_SAFE_INTEGER ? microseconds(whole) : parseParts(text);
}

/** µs of one whole number and its unit, as in `90s`; NaN for any other form. Most durations are such: no regular expression. */
function wholeNumber(text: string): number {
  let value = 0;
  let at = 0;
  for (; at < MAX_DIGITS; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    value = value * 10 + digit;
  }
  return at === 0 ? Number.NaN : value * (UNIT_US.get(text.slice(at)) ?? Number.NaN);
}

function parseParts(text: string): Duration | undefined {
  let total = 0;
  let at = text.startsWith('+') ? 1 : 0;
  if (at === text.length) return undefined;
  while (at < text.length) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (match === null) return undefined;
    total += Number(match[1]) * (UNIT_US.get(match[2] ?? '') ?? 0);
    at = PART.lastIndex;
  }
  return total > Number.MAX_SAFE_INTEGER ? undefined : microseconds(total);
}
