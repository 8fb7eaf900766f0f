import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyIndex } from '../../sim/store/key-index.ts';

interface Item {
  readonly key: string;
  dropped: boolean;
}

const item = (key: string): Item => ({ key, dropped: false });

function keysBetween(index: KeyIndex<Item>, from: string, end: string): string[] {
  const keys: string[] = [];
  index.visit(from, end, ({ key }) => keys.push(key));
  return keys;
}

const inside = (from: string, end: string) => (key: string) => key >= from && (end === '' || key < end);

/** 0..9999 as keys of equal length, scattered. */
const scattered = (i: number): string => String((i * 7919) % 10_000).padStart(4, '0');

describe('KeyIndex', () => {
  it('visits what a sorted list of the kept keys holds, whatever was added, dropped and visited before', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\xff'), maxLength: 3 });
    const step = fc.oneof(
      fc.record({ add: key }),
      fc.record({ drop: key }),
      fc.record({ from: key, end: key }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const index = new KeyIndex<Item>();
        const kept = new Map<string, Item>();
        for (const each of steps) {
          if ('add' in each) {
            if (kept.has(each.add)) continue;
            const added = item(each.add);
            kept.set(each.add, added);
            index.add(added);
          } else if ('drop' in each) {
            const dropped = kept.get(each.drop);
            if (dropped !== undefined) index.drop(dropped);
            kept.delete(each.drop);
          } else {
            const expected = [...kept.keys()].filter(inside(each.from, each.end)).sort();
            expect(keysBetween(index, each.from, each.end)).toEqual(expected);
          }
        }
        expect(keysBetween(index, '', '')).toEqual([...kept.keys()].sort());
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('keeps order over many chunks, filled at once or one by one, and through sweeps', () => {
    const index = new KeyIndex<Item>();
    const items = Array.from({ length: 10_000 }, (_, i) => item(scattered(i)));
    const kept = new Set<string>();
    const check = (from: string, end: string): void => {
      expect(keysBetween(index, from, end)).toEqual([...kept].filter(inside(from, end)).sort());
    };
    items.forEach((each, i) => {
      index.add(each);
      kept.add(each.key);
      // The first two thousand are sorted in at once, the others singly.
      if (i >= 2000 && i % 7 === 0) check(each.key, scattered(i + 1));
    });
    check('', '');
    items.forEach((each, i) => {
      if (i % 10 === 0) return;
      index.drop(each);
      kept.delete(each.key);
      if (i % 1000 === 1) check('25', '75');
    });
    check('', '');
    for (const each of items) {
      if (!each.dropped) continue;
      index.add(item(each.key));
      kept.add(each.key);
    }
    check('1', '3');
    check('', '');
  });

  it('finds a key that was dropped and added again, on either side of a chunk border', () => {
    const index = new KeyIndex<Item>();
    for (let round = 0; round < 3; round++) {
      const items = Array.from({ length: 2000 }, (_, i) => item(String(i).padStart(4, '0')));
      for (const each of items) index.add(each);
      for (const each of items) expect(keysBetween(index, each.key, `${each.key}\0`)).toEqual([each.key]);
      for (const each of items) index.drop(each);
      expect(keysBetween(index, '', '')).toEqual([]);
    }
  });
});
