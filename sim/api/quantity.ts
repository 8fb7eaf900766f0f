/** Quantities as texts, the form in which API objects hold them. What a text means is remembered. */
import {
  type Amount,
  compareAmounts,
  parseQuantity,
  printQuantity,
  quantityMilliValue,
  quantityValue,
  roundAway,
  wholeAmount,
} from './amount.ts';
import type { Quantity } from './types/meta.ts';

/** Entries a memo may hold before it starts afresh: bounds memory when quantities are drawn at random. */
const MEMO_LIMIT = 1 << 16;

/** The function with its results remembered by text. */
function memoised<T>(compute: (text: Quantity) => T): (text: Quantity) => T {
  const memo = new Map<Quantity, T>();
  return (text) => {
    const known = memo.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (memo.size >= MEMO_LIMIT) memo.clear();
    memo.set(text, result);
    return result;
  };
}

/** The amount of a quantity already known to be valid, as all stored ones are. Throws RangeError otherwise. Memoised. */
export const amountOf = memoised((text: Quantity): Amount => {
  const amount = parseQuantity(text);
  if ('error' in amount) throw new RangeError(`${amount.error}: ${JSON.stringify(text)}`);
  return amount;
});

/** Milli-units, rounded up: CPU requests. O(1) for a text seen before. */
export const cpuMilli = memoised((text) => Number(quantityMilliValue(amountOf(text))));
/** Whole units, rounded up: bytes and counts. O(1) for a text seen before. */
export const wholeUnits = memoised((text) => Number(quantityValue(amountOf(text))));
/** Bytes, rounded up. */
export const bytesOf = wholeUnits;

export const compareQuantities = (a: Quantity, b: Quantity): -1 | 0 | 1 =>
  compareAmounts(amountOf(a), amountOf(b));

/** The quantity itself, or the next thousandth above (away from zero) if it is finer: `Quantity.RoundUp(Milli)`. */
export function roundUpToMilli(text: Quantity): Quantity {
  const amount = amountOf(text);
  const unscaled = roundAway(amount.unscaled, amount.scale, -3);
  const milli = { ...amount, unscaled, scale: -3, literal: undefined };
  return compareAmounts(amount, milli) === 0 ? text : printQuantity(milli);
}

/** Canonical quantity of an integer number of thousandths, e.g. CPU. */
export const milliQuantity = (milli: number): Quantity =>
  printQuantity({ unscaled: BigInt(milli), scale: -3, small: true, format: 'DecimalSI' });
/** Canonical quantity of an integer number of bytes, in binary units where they are exact. */
export const bytesQuantity = (bytes: number): Quantity =>
  printQuantity({ unscaled: BigInt(bytes), scale: 0, small: true, format: 'BinarySI' });
/** Canonical quantity of a plain count. */
export const countQuantity = (count: number): Quantity => printQuantity(wholeAmount(BigInt(count)));
