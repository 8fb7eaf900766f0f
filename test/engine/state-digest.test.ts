import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateDigest } from '../../sim/engine/state-digest.ts';

/** The same value with the keys of all objects in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  );
}

describe('stateDigest', () => {
  it('does not depend on the order of keys, nor on undefined properties', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => stateDigest(value) === stateDigest(reversed(value))),
      { seed: 8, numRuns: 500 },
    );
    expect(stateDigest({ a: 1, b: undefined })).toBe(stateDigest({ a: 1 }));
    expect(stateDigest(-0)).toBe(stateDigest(0));
  });

  it('agrees with JSON on what is equal', () => {
    const check = (a: unknown, b: unknown): boolean =>
      (stateDigest(a) === stateDigest(b)) === (canonical(a) === canonical(b));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), check), { seed: 9, numRuns: 1000 });
  });

  it.each([
    [1, '1'],
    [[], {}],
    [null, false],
    [0, false],
    [
      [1, [2]],
      [[1], 2],
    ],
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
    [{ a: 'b' }, ['a', 'b']],
    ['\u0000', ''],
    [1e300, 1e-300],
    [2 ** 53, 2 ** 53 - 1],
  ])('tells %j from %j', (a, b) => {
    expect(stateDigest(a)).not.toBe(stateDigest(b));
  });

  it.each([[Number.NaN], [new Map()], [new Date(0)], [[undefined]], [() => 1], [10n]])(
    'refuses %s',
    (value) => {
      expect(() => stateDigest(value)).toThrow(TypeError);
    },
  );

  it('is fixed: this value must not change between versions without a note', () => {
    expect(stateDigest({ kind: 'Pod', spec: { containers: [{ cpu: 0.5, tty: true, env: null }] } })).toBe(
      '75213abe8cdd90d1',
    );
  });
});

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join()}}`;
}
