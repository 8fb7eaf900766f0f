import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberText } from '../../sim/metrics/number-text.ts';

describe('numberText', () => {
  it.each([
    0,
    -0,
    1,
    -1.5,
    0.1,
    0.000001,
    0.000000_1,
    1.5,
    60.00046,
    63_755.934_489,
    31.999_999,
    999_999_999.999_999,
    1_000_000_000.000_001,
    2 ** 53,
    1e21,
    1 / 3,
    0.1 + 0.2,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('writes %d as String does', (value) => {
    expect(numberText(value)).toBe(String(value));
  });

  it('writes microseconds in seconds as String does', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat({ max: 15 }), (n, digits) => {
        const us = n % 10 ** digits;
        expect(numberText(us / 1e6)).toBe(String(us / 1e6));
      }),
      { seed: 5, numRuns: 3000 },
    );
  });

  it('writes any number as String does', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(numberText(value)).toBe(String(value));
      }),
      { seed: 6, numRuns: 3000 },
    );
  });
});
