import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexSet } from '../../../sim/controllers/job/index-set.ts';

describe('completion indexes', () => {
  it.each([
    ['', 5, ''],
    ['0', 5, '0'],
    ['0,1', 5, '0,1'],
    ['0-2', 5, '0-2'],
    ['0,1,2,5', 9, '0-2,5'],
    ['0-7', 5, '0-4'],
    ['7,9', 5, ''],
    ['nonsense', 5, ''],
  ])('reads %j of %d completions as %j', (text, completions, written) => {
    expect(IndexSet.parse(text, completions).toString()).toBe(written);
  });

  it('is a set that reads back what it wrote', () => {
    const index = fc.nat(40);
    fc.assert(
      fc.property(fc.array(index), fc.array(index), (first, second) => {
        const set = IndexSet.of(first).with(second);
        const naive = new Set([...first, ...second]);
        expect([...set.values()]).toEqual([...naive].sort((a, b) => a - b));
        expect(set.total).toBe(naive.size);
        for (let i = 0; i <= 41; i++) expect(set.has(i)).toBe(naive.has(i));
        expect(IndexSet.parse(set.toString(), 41).toString()).toBe(set.toString());
      }),
      { seed: 1 },
    );
  });
});
