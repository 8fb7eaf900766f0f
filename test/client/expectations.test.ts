import { describe, expect, it } from 'vitest';
import { Expectations } from '../../sim/client/index.ts';
import { instant } from '../../sim/engine/index.ts';

const t = (s: number) => instant(s * 1e6);

describe('Expectations', () => {
  it('is satisfied without any', () => {
    expect(new Expectations().satisfied('a', t(0))).toBe(true);
  });

  it('waits for every creation', () => {
    const expectations = new Expectations();
    expectations.expectCreations('a', 2, t(0));
    expectations.creationObserved('a');
    expect(expectations.satisfied('a', t(1))).toBe(false);
    expectations.creationObserved('a');
    expect(expectations.satisfied('a', t(1))).toBe(true);
    expect(expectations.satisfied('b', t(1))).toBe(true);
  });

  it('counts a deletion once and only if it was expected', () => {
    const expectations = new Expectations();
    expectations.expectDeletions('a', ['p1', 'p2'], t(0));
    for (const key of ['p1', 'p1', 'p3']) expectations.deletionObserved('a', key);
    expect(expectations.satisfied('a', t(1))).toBe(false);
    expectations.deletionObserved('a', 'p2');
    expect(expectations.satisfied('a', t(1))).toBe(true);
  });

  it('gives up after five minutes, and forgets', () => {
    const expectations = new Expectations();
    expectations.expectCreations('a', 1, t(0));
    expectations.expectCreations('b', 1, t(0));
    expect(expectations.satisfied('a', t(300))).toBe(false);
    expect(expectations.satisfied('a', instant(300_000_001))).toBe(true);
    expectations.forget('b');
    expect(expectations.satisfied('b', t(0))).toBe(true);
  });
});
