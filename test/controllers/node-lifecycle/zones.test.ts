import { describe, expect, it } from 'vitest';
import {
  defaultDisruptionFlags,
  EvictionQueue,
  evictionRate,
  zoneState,
} from '../../../sim/controllers/node-lifecycle/zones.ts';

describe('zones', () => {
  it.each([
    [10, 0, 10, 'Normal', 0.1],
    [6, 4, 10, 'Normal', 0.1],
    [3, 7, 10, 'PartialDisruption', 0],
    [20, 40, 60, 'PartialDisruption', 0.01],
    [1, 2, 3, 'Normal', 0.1],
    [0, 4, 4, 'FullDisruption', 0.1],
  ] as const)('%d ready, %d not, of %d', (ready, notReady, nodes, state, rate) => {
    expect(zoneState(ready, notReady, defaultDisruptionFlags)).toBe(state);
    expect(evictionRate(state, nodes, defaultDisruptionFlags)).toBe(rate);
  });
});

describe('the eviction queue', () => {
  const filled = (rate: number): EvictionQueue => {
    const queue = new EvictionQueue(rate, 0);
    for (const node of ['a', 'b', 'c']) queue.add(node);
    return queue;
  };

  it('lets the first through at once and then one per 10 s', () => {
    const queue = filled(0.1);
    expect([queue.take(0), queue.take(0), queue.nextAt(0), queue.take(10e6)]).toEqual([
      'a',
      undefined,
      10e6,
      'b',
    ]);
  });

  it('starts a new rate with a token only if the old one had one', () => {
    const drained = filled(0.1);
    drained.take(0);
    drained.setRate(0.01, 0);
    expect([drained.take(99e6), drained.take(100e6)]).toEqual([undefined, 'b']);
    const full = filled(0.1);
    full.setRate(0.01, 5e6);
    expect(full.take(5e6)).toBe('a');
  });

  it('stops at rate 0', () => {
    const queue = filled(0.1);
    queue.setRate(0, 0);
    expect([queue.take(1e9), queue.nextAt(1e9)]).toEqual([undefined, undefined]);
  });

  it('forgets a node that recovers', () => {
    const queue = filled(0.1);
    queue.delete('a');
    expect(queue.take(0)).toBe('b');
  });
});
