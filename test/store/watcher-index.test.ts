import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyInterval } from '../../sim/store/interval.ts';
import { contains, keyInterval, prefixRangeEnd } from '../../sim/store/interval.ts';
import { WatcherIndex } from '../../sim/store/watcher-index.ts';
import { KEYS, key, rangeEnd } from './arbitraries.ts';

interface Watcher {
  readonly id: number;
  readonly interval: KeyInterval;
}

function found(index: WatcherIndex<Watcher>, name: string): Watcher[] {
  const watchers: Watcher[] = [];
  index.visit(name, (watcher) => watchers.push(watcher));
  return watchers;
}

const byId = (a: Watcher, b: Watcher): number => a.id - b.id;

describe('WatcherIndex', () => {
  it('finds the watchers that a scan finds, each once', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ from: key, rangeEnd }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ look: fc.constantFrom(...KEYS, '\0', 'a\0', 'zz') }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const index = new WatcherIndex<Watcher>();
        const present: Watcher[] = [];
        for (const [id, each] of steps.entries()) {
          if ('from' in each) {
            const interval = keyInterval(each.from, each.rangeEnd);
            if (interval.end !== undefined && interval.end !== '' && interval.end <= interval.from) continue;
            const watcher = { id, interval };
            present.push(watcher);
            index.add(watcher);
          } else if ('remove' in each) {
            for (const watcher of present.splice(each.remove, 1)) index.delete(watcher);
          } else {
            const expected = present.filter(({ interval }) => contains(interval, each.look));
            expect(found(index, each.look).sort(byId)).toEqual(expected);
          }
          expect(index.size).toBe(present.length);
        }
        for (const name of KEYS) {
          const expected = present.filter(({ interval }) => contains(interval, name));
          expect(found(index, name).sort(byId)).toEqual(expected);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('visits watchers of the key before those of ranges, and each sort in order of creation', () => {
    const index = new WatcherIndex<Watcher>();
    const intervals = [
      keyInterval('a', 'c'),
      keyInterval('b'),
      keyInterval('b', '\0'),
      keyInterval('b'),
      keyInterval('a', 'c'),
    ];
    intervals.forEach((interval, id) => {
      index.add({ id, interval });
    });
    expect(found(index, 'b').map(({ id }) => id)).toEqual([1, 3, 0, 4, 2]);
  });

  it('lets watchers come and go in the middle of a visit', () => {
    const index = new WatcherIndex<Watcher>();
    const watchers = [0, 1, 2].map((id) => ({ id, interval: keyInterval('a', 'b') }));
    for (const watcher of watchers) index.add(watcher);
    const visited: number[] = [];
    index.visit('a', (watcher) => {
      visited.push(watcher.id);
      index.delete(watcher);
      index.add({ id: watcher.id + 10, interval: watcher.interval });
    });
    expect(visited).toEqual([0, 1, 2]);
    expect(found(index, 'a').map(({ id }) => id)).toEqual([10, 11, 12]);
  });
});

describe('prefixRangeEnd', () => {
  it.each([
    ['/registry/pods/', '/registry/pods0'],
    ['a\xff', 'b'],
    ['a\xff\xff', 'b'],
    ['\xff', '\0'],
    ['', '\0'],
  ])('of %j is %j', (prefix, end) => {
    expect(prefixRangeEnd(prefix)).toBe(end);
  });
});
