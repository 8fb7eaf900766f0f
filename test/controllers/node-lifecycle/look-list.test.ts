import { describe, expect, it } from 'vitest';
import { LookList } from '../../../sim/controllers/node-lifecycle/look-list.ts';
import { instant, seconds } from '../../../sim/engine/index.ts';

const at = (second: number): ReturnType<typeof instant> => instant(second * 1e6);

describe('looks at nodes', () => {
  it('happen at multiples of the period, for who is due', () => {
    const looks = new LookList(seconds(5));
    looks.add('early', 3e6);
    looks.add('late', 51e6);
    expect(looks.wait(at(1))).toBe(4e6);
    expect(looks.take(at(5))).toEqual(['early']);
    expect(looks.wait(at(5))).toBe(50e6);
    expect(looks.take(at(50))).toEqual([]);
    expect(looks.take(at(55))).toEqual(['late']);
    expect(looks.wait(at(55))).toBeUndefined();
  });

  it('that are late leave what came due after them to the next one', () => {
    const looks = new LookList(seconds(5));
    looks.add('due', 5e6);
    looks.add('later', 5.1e6);
    expect(looks.take(at(5.2))).toEqual(['due']);
    expect(looks.wait(at(5.2))).toBeCloseTo(4.8e6);
    expect(looks.take(at(10))).toEqual(['later']);
  });

  it('keep the earlier of two instants', () => {
    const looks = new LookList(seconds(5));
    expect([looks.add('n', 9e6), looks.add('n', 20e6), looks.add('n', 2e6)]).toEqual([true, false, true]);
    expect(looks.wait(at(0))).toBe(5e6);
  });

  it('forget a node that is gone', () => {
    const looks = new LookList(seconds(5));
    looks.add('n', 1e6);
    looks.delete('n');
    expect(looks.wait(at(0))).toBeUndefined();
  });
});
