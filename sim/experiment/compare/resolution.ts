/** What two runs must differ by to differ at all: values closer than that are one value. */

/** Sums in another order differ in their last bits: relative, some 1e-16 times the root of the number of terms. */
const ROUNDING = 1e-12;
/**
 * Instants are whole microseconds (engine/time.ts): half of one, in seconds, is where means of them are written the same.
 * Request latencies, which are finer, are in µs and have no such floor.
 */
const HALF_TICK_S = 0.5e-6;

export function isSameValue(a: number, b: number, unit: string): boolean {
  const floor = unit === 's' ? HALF_TICK_S : 0;
  return Math.abs(a - b) <= Math.max(floor, ROUNDING * Math.max(Math.abs(a), Math.abs(b)));
}
