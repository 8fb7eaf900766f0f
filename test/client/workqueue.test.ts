import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RateLimiter, WorkQueue } from '../../sim/client/index.ts';
import { instant, microseconds, milliseconds, Simulation, seconds } from '../../sim/engine/index.ts';
import { NaiveWorkQueue } from '../support/client/naive-workqueue.ts';

const queue = (rateLimiter?: RateLimiter) => {
  const simulation = new Simulation('workqueue');
  return { simulation, queue: new WorkQueue(simulation, 'queue', { rateLimiter }) };
};

describe('WorkQueue', () => {
  it('holds a key once however often it is added', () => {
    const { queue: q } = queue();
    for (const key of ['a', 'b', 'a', 'a']) q.add(key);
    expect([q.get(), q.get(), q.get()]).toEqual(['a', 'b', undefined]);
  });

  it('gives a key that is added while it is worked on again after done, not before', () => {
    const { queue: q } = queue();
    q.add('a');
    expect(q.get()).toBe('a');
    q.add('a');
    expect(q.get()).toBeUndefined();
    q.done('a');
    expect(q.get()).toBe('a');
    q.done('a');
    expect(q.length).toBe(0);
  });

  it('adds after the shortest of several delays', () => {
    const { simulation, queue: q } = queue();
    q.addAfter('a', seconds(5));
    q.addAfter('a', seconds(2));
    q.addAfter('a', seconds(9));
    simulation.run({ until: instant(1_999_999) });
    expect(q.length).toBe(0);
    simulation.run({ until: instant(2_000_000) });
    expect(q.length).toBe(1);
    expect(simulation.run()).toBe('empty');
    expect(q.length).toBe(1);
  });

  it('backs off 5 ms · 2^n up to 1,000 s per key, and forgets', () => {
    const { simulation, queue: q } = queue();
    const waits: number[] = [];
    for (let n = 0; n < 20; n++) {
      const before = simulation.now;
      q.addRateLimited('a');
      simulation.run();
      waits.push(simulation.now - before);
      q.get();
      q.done('a');
    }
    const expected = Array.from({ length: 20 }, (_, n) => Math.min(5_000 * 2 ** n, 1_000_000_000));
    expect(waits).toEqual(expected);
    expect(q.requeues('a')).toBe(20);
    q.forget('a');
    expect(q.requeues('a')).toBe(0);
    const before = simulation.now;
    q.addRateLimited('a');
    simulation.run();
    expect(simulation.now - before).toBe(5_000);
  });

  it('lets 100 keys through at once and then 10 a second over all keys', () => {
    const { simulation, queue: q } = queue();
    for (let i = 0; i < 120; i++) q.addRateLimited(`k${i}`);
    simulation.run({ until: instant(5_000) });
    expect(q.length).toBe(100);
    simulation.run({ until: instant(1_000_000) });
    expect(q.length).toBe(110);
    simulation.run();
    expect(simulation.now).toBe(2_000_000);
    expect(q.length).toBe(120);
  });

  it('does the same as a naive queue for any sequence of operations', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const operation = fc.oneof(
      fc.record({ op: fc.constant('add' as const), key }),
      fc.record({ op: fc.constant('get' as const), key }),
      fc.record({ op: fc.constant('done' as const), key }),
      fc.record({ op: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ op: fc.constant('pass' as const), key, ms: fc.integer({ min: 1, max: 4 }) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const { simulation, queue: q } = queue();
        const naive = new NaiveWorkQueue();
        for (const step of operations) {
          if (step.op === 'add') {
            q.add(step.key);
            naive.add(step.key);
          } else if (step.op === 'get') expect(q.get()).toBe(naive.get());
          else if (step.op === 'done') {
            if (!naive.isWorking(step.key)) continue;
            q.done(step.key);
            naive.done(step.key);
          } else if (step.op === 'addAfter') {
            q.addAfter(step.key, milliseconds(step.ms));
            naive.addAfter(step.key, step.ms * 1000);
          } else {
            simulation.run({ until: instant(simulation.now + step.ms * 1000) });
            naive.pass(step.ms * 1000);
          }
          expect(q.length).toBe(naive.length);
        }
      }),
      { seed: 20261121, numRuns: 400 },
    );
  });

  it('tells its owner of every key that can be got', () => {
    const simulation = new Simulation('owner');
    const seen: (string | undefined)[] = [];
    const q = new WorkQueue(simulation, 'q', { owner: { itemReady: (ready) => seen.push(ready.get()) } });
    q.add('a');
    q.add('a');
    q.done('a');
    q.addAfter('b', microseconds(7));
    simulation.run();
    expect(seen).toEqual(['a', 'a', 'b']);
  });
});
