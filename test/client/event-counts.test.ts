import { expect, it } from 'vitest';
import { EventCounts } from '../../sim/client/event-counts.ts';
import { instant } from '../../sim/engine/index.ts';

const pulled = (about: string, message: string) => ({ about, type: 'Normal', reason: 'Pulled', message });

it('counts equal Events, combined ones whatever they say, and forgets what was used longest ago', () => {
  const counts = new EventCounts(2);
  const count = (about: string, message: string, combined: boolean, second: number) =>
    counts.count(pulled(about, message), combined, instant(second * 1e6), () => `${about}@${second}`);
  expect(count('a', 'x', false, 1)).toEqual({ count: 1, first: 1e6, name: 'a@1', written: false });
  expect(count('a', 'x', true, 2)).toEqual({ count: 1, first: 2e6, name: 'a@2', written: false });
  expect(count('a', 'x', false, 3)).toEqual({ count: 2, first: 1e6, name: 'a@1', written: true });
  expect(count('b', 'x', false, 4)).toMatchObject({ count: 1, written: false });
  expect(count('a', 'x', false, 5)).toMatchObject({ count: 3, name: 'a@1' });
  expect(count('a', 'y', true, 6)).toEqual({ count: 1, first: 6e6, name: 'a@6', written: false });
});
