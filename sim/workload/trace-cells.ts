/** Cells of a trace as numbers in the simulator's units: µs, millicores, bytes. Undefined if the text is none. */
import { amountOf, parseDuration, parseQuantity, quantityMilliValue, quantityValue } from '../api/index.ts';

export type CellParser = (text: string) => number | undefined;

const SAFE = Number.MAX_SAFE_INTEGER;

/** A plain number, zero or more, times `scale`, rounded to an integer. */
export const scaled =
  (scale: number): CellParser =>
  (text) => {
    const value = Number(text) * scale;
    return value >= 0 && value <= SAFE && text !== '' ? Math.round(value) : undefined;
  };

export const seconds: CellParser = scaled(1e6);
export const mebibytes: CellParser = scaled(1048576);
export const count: CellParser = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

/** A bare number is in seconds. */
export const duration: CellParser = (text) =>
  seconds(text) ?? (text === '' ? undefined : parseDuration(text));

const quantity =
  (reading: (text: string) => number): CellParser =>
  (text) => {
    const amount = parseQuantity(text);
    return 'error' in amount || amount.unscaled < 0n ? undefined : reading(text);
  };

export const cpuQuantity: CellParser = quantity((text) => Number(quantityMilliValue(amountOf(text))));
export const byteQuantity: CellParser = quantity((text) => Number(quantityValue(amountOf(text))));
