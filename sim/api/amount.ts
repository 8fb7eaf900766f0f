/**
 * `resource.Quantity` of Kubernetes v1.36 (apimachinery, pkg/api/resource): parsing, canonical text, exact arithmetic and the
 * rounded integer readings. Upstream keeps small amounts as int64 and the rest as decimals; the few visible consequences
 * (which texts are kept verbatim, how readings wrap beyond int64) are reproduced.
 */
import type { Quantity } from './types/meta.ts';

export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/** A parsed quantity: exactly `unscaled · 10^scale`. */
export interface Amount {
  readonly unscaled: bigint;
  readonly scale: number;
  /** Upstream holds this amount in an int64; decides what readings beyond int64 give. */
  readonly small: boolean;
  readonly format: QuantityFormat;
  /** The text as given, where upstream prints it unchanged. */
  readonly literal?: Quantity | undefined;
}

export const FORMAT_WRONG =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
export const SUFFIX_WRONG = "unable to parse quantity's suffix";

export interface QuantityError {
  readonly error: typeof FORMAT_WRONG | typeof SUFFIX_WRONG;
}

const MAX_INT64 = (1n << 63n) - 1n;
const NANO = -9;
/** Decimal exponents beyond this are refused; no quantity of a cluster comes near. */
const MAX_EXPONENT = 400;
const ZERO: Amount = { unscaled: 0n, scale: 0, small: true, format: 'DecimalSI', literal: '0' };

const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const binarySuffixes = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const suffixOf = (table: ReadonlyMap<string, number>, exponent: number): string | undefined => {
  for (const [suffix, value] of table) if (value === exponent) return suffix;
  return undefined;
};

const GRAMMAR = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const EXPONENT = /^[eE][-+]?[0-9]+$/;

interface Suffix {
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function readSuffix(text: string): Suffix | undefined {
  const decimal = decimalSuffixes.get(text);
  if (decimal !== undefined) return { exponent: decimal, format: 'DecimalSI' };
  const binary = binarySuffixes.get(text);
  if (binary !== undefined) return { exponent: binary, format: 'BinarySI' };
  if (!EXPONENT.test(text)) return undefined;
  const exponent = Number(text.slice(1));
  return Math.abs(exponent) > MAX_EXPONENT ? undefined : { exponent, format: 'DecimalExponent' };
}

/** Reads a quantity; the error is upstream's text. Amounts finer than 1n round away from zero. */
export function parseQuantity(text: string): Amount | QuantityError {
  if (text === '0') return ZERO;
  const parts = text === '' ? null : GRAMMAR.exec(text);
  if (parts === null) return { error: FORMAT_WRONG };
  const [, sign, whole = '', fraction = '', suffixText = ''] = parts;
  const suffix = readSuffix(suffixText);
  if (suffix === undefined) return { error: SUFFIX_WRONG };
  const numerator = whole === '' ? '0' : whole;
  const negative = sign === '-';
  return (
    parseSmall(text, numerator, fraction, suffix, negative) ?? parseBig(numerator, fraction, suffix, negative)
  );
}

/** The amounts upstream keeps in an int64: about 18 significant digits, binary ones without a fraction. */
function parseSmall(
  text: string,
  numerator: string,
  fraction: string,
  { exponent, format }: Suffix,
  negative: boolean,
): Amount | undefined {
  const digits = numerator + fraction;
  const binary = format === 'BinarySI';
  const spare = binary ? 14 - numerator.length - Math.trunc((exponent * 3) / 10) : 18 - digits.length;
  const scale = binary ? 0 : exponent - fraction.length;
  if (spare < 0 || scale < NANO || (binary && fraction !== '')) return undefined;
  const value = BigInt(digits);
  const magnitude = binary ? value << BigInt(exponent) : value;
  if (magnitude > MAX_INT64) return undefined;
  const verbatim = binary
    ? (value & 7n) !== 0n
    : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
  return {
    unscaled: negative ? -magnitude : magnitude,
    scale,
    small: true,
    format,
    literal: verbatim ? text : undefined,
  };
}

function parseBig(
  numerator: string,
  fraction: string,
  { exponent, format }: Suffix,
  negative: boolean,
): Amount {
  const binary = format === 'BinarySI';
  const digits = BigInt(numerator + fraction) << BigInt(binary ? exponent : 0);
  let unscaled = roundAway(digits, (binary ? 0 : exponent) - fraction.length, NANO);
  let scale = digits === 0n ? 0 : NANO;
  if (binary && unscaled > MAX_INT64 * 10n ** 9n) {
    unscaled = MAX_INT64;
    scale = 0;
  }
  const fractional = binary && scale === NANO && unscaled < 10n ** 9n && unscaled > 0n;
  return {
    unscaled: negative ? -unscaled : unscaled,
    scale,
    small: false,
    format: fractional ? 'DecimalSI' : format,
  };
}

/** `unscaled · 10^from` as an integer count of `10^to`, away from zero. */
export function roundAway(unscaled: bigint, from: number, to: number): bigint {
  if (from >= to) return unscaled * 10n ** BigInt(from - to);
  const divisor = 10n ** BigInt(to - from);
  const quotient = unscaled / divisor;
  if (unscaled % divisor === 0n) return quotient;
  return unscaled > 0n ? quotient + 1n : quotient - 1n;
}

/** Canonical text. */
export function printQuantity(amount: Amount): Quantity {
  if (amount.literal !== undefined) return amount.literal;
  if (amount.unscaled === 0n) return '0';
  if (amount.format === 'BinarySI') {
    const whole = roundAway(amount.unscaled, amount.scale, 0);
    const exact = compareAmounts(amount, wholeAmount(whole)) === 0;
    if (exact && (whole >= 1024n || whole <= -1024n)) return printBinary(whole);
  }
  return printDecimal(amount);
}

/** The amount of a whole number. */
export const wholeAmount = (unscaled: bigint): Amount => ({
  unscaled,
  scale: 0,
  small: true,
  format: 'DecimalSI',
});

function printBinary(whole: bigint): Quantity {
  let mantissa = whole;
  let exponent = 0;
  while (exponent < 60 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    exponent += 10;
  }
  return mantissa.toString() + (exponent === 0 ? '' : (suffixOf(binarySuffixes, exponent) ?? ''));
}

function printDecimal({ unscaled, scale, format }: Amount): Quantity {
  let mantissa = unscaled;
  let exponent = scale;
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    mantissa *= 10n;
    exponent--;
  }
  const suffix = format === 'DecimalExponent' ? undefined : suffixOf(decimalSuffixes, exponent);
  return mantissa.toString() + (suffix ?? (exponent === 0 ? '' : `e${exponent}`));
}

function combine(a: Amount, b: Amount, sign: 1n | -1n): Amount {
  const scale = Math.min(a.scale, b.scale);
  const unscaled = roundAway(a.unscaled, a.scale, scale) + sign * roundAway(b.unscaled, b.scale, scale);
  const small = a.small && b.small && unscaled <= MAX_INT64 && unscaled >= -MAX_INT64;
  return { unscaled, scale, small, format: a.unscaled === 0n ? b.format : a.format };
}

/** Exact sum, in the format of `a` unless `a` is zero. */
export const addAmounts = (a: Amount, b: Amount): Amount => combine(a, b, 1n);
export const subtractAmounts = (a: Amount, b: Amount): Amount => combine(a, b, -1n);

export function compareAmounts(a: Amount, b: Amount): -1 | 0 | 1 {
  const scale = Math.min(a.scale, b.scale);
  const left = roundAway(a.unscaled, a.scale, scale);
  const right = roundAway(b.unscaled, b.scale, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The integer count of `10^scale`, rounded away from zero; beyond int64 it wraps or is 0, as upstream's does. */
function scaled(amount: Amount, scale: number): bigint {
  const up = amount.scale - scale;
  if (amount.small) {
    const exact = roundAway(amount.unscaled, amount.scale, scale);
    return up > 3 && BigInt.asIntN(64, exact) !== exact ? 0n : BigInt.asIntN(64, exact);
  }
  if (up >= 0) return BigInt.asIntN(64, amount.unscaled * 10n ** BigInt(up));
  // Decimals round up on any remainder, which for negative ones is towards zero and past it.
  const divisor = 10n ** BigInt(-up);
  const dividend = amount.unscaled < 0n ? BigInt.asIntN(64, amount.unscaled) : amount.unscaled;
  const carry = dividend % divisor === 0n ? 0n : 1n;
  return BigInt.asIntN(64, dividend / divisor + carry);
}

/** Whole units, rounded up: `Quantity.Value()`. */
export const quantityValue = (amount: Amount): bigint => scaled(amount, 0);
/** Thousandths, rounded up: `Quantity.MilliValue()`. */
export const quantityMilliValue = (amount: Amount): bigint => scaled(amount, -3);
