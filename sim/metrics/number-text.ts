/**
 * Numbers as text, as `String` writes them. The search for the fewest digits that read back as the number is long; most numbers
 * of a result are instants in seconds, whole microseconds, whose digits are known: of those with up to 15, no two are one number.
 */
const MILLION = 1e6;
/** µs: so many have 15 digits at most. */
const LIMIT = 1e15;

/** Three digits of a fraction: all of them, and without the zeros at the end. */
const PADDED = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const TRIMMED = PADDED.map((digits) => digits.replace(/0+$/, ''));

export function numberText(value: number): string {
  const us = Math.round(value * MILLION);
  if (!(us >= 0 && us < LIMIT) || us / MILLION !== value) return String(value);
  const whole = Math.floor(us / MILLION);
  const fraction = us - whole * MILLION;
  if (fraction === 0) return String(whole);
  const high = Math.floor(fraction / 1000);
  const low = fraction - high * 1000;
  return low === 0 ? `${whole}.${TRIMMED[high]!}` : `${whole}.${PADDED[high]!}${TRIMMED[low]!}`;
}
