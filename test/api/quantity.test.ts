import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addAmounts,
  parseQuantity,
  printQuantity,
  quantityMilliValue,
  quantityValue,
  subtractAmounts,
} from '../../sim/api/amount.ts';
import {
  amountOf,
  bytesQuantity,
  compareQuantities,
  cpuMilli,
  milliQuantity,
  wholeUnits,
} from '../../sim/api/quantity.ts';
import { golden } from './golden.ts';

interface Row {
  readonly input: string;
  readonly valid: boolean;
  readonly error?: string;
  readonly canonical?: string;
  readonly format?: string;
  readonly value?: string;
  readonly milliValue?: string;
}
interface Operation {
  readonly a: string;
  readonly b: string;
  readonly add: string;
  readonly sub: string;
  readonly cmp: number;
}
const table = golden<{ rows: readonly Row[]; ops: readonly Operation[] }>('scheduler/table-quantities.json');

describe('quantities as Kubernetes v1.36.3 reads them', () => {
  test.each(table.rows)('$input', (row) => {
    const amount = parseQuantity(row.input);
    if ('error' in amount) {
      expect({ valid: false, error: amount.error }).toEqual({ valid: row.valid, error: row.error });
      return;
    }
    expect({
      input: row.input,
      valid: true,
      canonical: printQuantity(amount),
      format: amount.format,
      value: quantityValue(amount).toString(),
      milliValue: quantityMilliValue(amount).toString(),
      sign: amount.unscaled < 0n ? -1 : amount.unscaled > 0n ? 1 : 0,
    }).toEqual(row);
  });

  test.each(table.ops)('$a and $b', ({ a, b, add, sub, cmp }) => {
    expect(printQuantity(addAmounts(amountOf(a), amountOf(b)))).toBe(add);
    expect(printQuantity(subtractAmounts(amountOf(a), amountOf(b)))).toBe(sub);
    expect(compareQuantities(a, b)).toBe(cmp);
  });
});

describe('quantities', () => {
  const sane = fc.tuple(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.constantFrom('', 'm', 'u', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3', 'e-3'),
  );
  const text = sane.map(([n, suffix]) => `${n}${suffix}`);

  test('the canonical text stands for the same amount and is its own canonical text', () => {
    fc.assert(
      fc.property(text, (q) => {
        const canonical = printQuantity(amountOf(q));
        expect(compareQuantities(q, canonical)).toBe(0);
        expect(printQuantity(amountOf(canonical))).toBe(canonical);
      }),
      { seed: 1 },
    );
  });

  test('subtraction undoes addition', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const sum = addAmounts(amountOf(a), amountOf(b));
        expect(compareQuantities(printQuantity(subtractAmounts(sum, amountOf(b))), a)).toBe(0);
      }),
      { seed: 2 },
    );
  });

  test('integers survive the way through text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (n) => {
        expect(cpuMilli(milliQuantity(n))).toBe(n);
        expect(wholeUnits(bytesQuantity(n))).toBe(n);
      }),
      { seed: 3 },
    );
  });

  test('an invalid stored quantity is an error, not a number', () => {
    expect(() => amountOf('1 GB')).toThrow(RangeError);
  });
});
