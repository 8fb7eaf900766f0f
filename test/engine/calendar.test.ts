import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventCalendar, type LadderTuning } from '../../sim/engine/calendar.ts';
import type { EventId } from '../../sim/engine/event.ts';
import type { Phase } from '../../sim/engine/phase.ts';
import { RandomStreams } from '../../sim/engine/random.ts';
import { instant, NEVER } from '../../sim/engine/time.ts';
import { NaiveCalendar } from '../support/engine/naive-calendar.ts';

/** Both calendars side by side; every answer must be the same. */
class Pair {
  readonly real: EventCalendar<number>;
  readonly naive = new NaiveCalendar<number>();
  readonly ids: (readonly [EventId, EventId])[] = [];
  now = 0;
  #items = 0;

  constructor(tuning?: LadderTuning) {
    this.real = new EventCalendar<number>(tuning);
  }

  push(time: number, phase: number): void {
    const item = this.#items++;
    const at = instant(Math.max(time, this.now));
    this.ids.push([
      this.real.push(at, phase as Phase, item, item % 5),
      this.naive.push(at, phase as Phase, item, item % 5),
    ]);
    this.#same();
  }

  cancel(which: number): void {
    if (this.ids.length === 0) return;
    const [real, naive] = this.ids[which % this.ids.length]!;
    expect(this.real.cancel(real)).toBe(this.naive.cancel(naive));
    this.#same();
  }

  pop(until = NEVER): void {
    const item = this.real.pop(until);
    const { poppedTime, poppedPhase, poppedLane, size } = this.real;
    const same = item === this.naive.pop(until) && poppedTime === this.naive.poppedTime;
    if (!same || poppedPhase !== this.naive.poppedPhase || poppedLane !== this.naive.poppedLane) {
      const { poppedTime: time, poppedPhase: phase, poppedLane: lane } = this.naive;
      expect({ poppedTime, poppedPhase, poppedLane, size }).toEqual({
        time,
        phase,
        lane,
        size: this.naive.size,
      });
      expect.fail('another item');
    }
    this.now = poppedTime;
    this.#same();
  }

  peek(): void {
    expect(this.real.nextTime()).toBe(this.naive.nextTime());
  }

  drain(): void {
    while (this.naive.size > 0) this.pop();
    this.pop();
  }

  #same(): void {
    if (this.real.size !== this.naive.size) expect(this.real.size).toBe(this.naive.size);
  }
}

type Step = readonly [kind: number, a: number, phase: number];

function play(steps: readonly Step[], spread: number, tuning?: LadderTuning): void {
  const pair = new Pair(tuning);
  for (const [kind, a, phase] of steps) {
    if (kind < 5) pair.push(pair.now + (a % spread), phase);
    else if (kind < 7) pair.pop();
    else if (kind === 7) pair.pop(instant(pair.now + (a % spread)));
    else if (kind === 8) pair.cancel(a);
    else pair.peek();
  }
  pair.drain();
}

const step = fc.tuple(fc.nat(9), fc.nat(2 ** 31), fc.nat(7));

describe('EventCalendar', () => {
  it.each([1, 3, 1000, 2 ** 40])('agrees with the naive calendar on random steps within %d µs', (spread) => {
    const steps = fc.array(step, { minLength: 0, maxLength: 1500, size: 'max' });
    fc.assert(
      fc.property(steps, (s) => play(s, spread)),
      { seed: 1, numRuns: 30 },
    );
  });

  it('agrees when its parts are so small that a few events take every way through them', () => {
    const tuning = fc.record({
      small: fc.integer({ min: 1, max: 4 }),
      buckets: fc.constantFrom(2, 4, 8, 16),
      near: fc.integer({ min: 1, max: 6 }),
      sweep: fc.integer({ min: 1, max: 8 }),
    });
    const steps = fc.array(step, { minLength: 0, maxLength: 300, size: 'max' });
    const spread = fc.integer({ min: 0, max: 12 }).map((exponent) => 2 ** exponent);
    fc.assert(fc.property(steps, spread, tuning, play), { seed: 12, numRuns: 1000 });
  });

  it('agrees on bursts, far outliers, aligned heartbeats and cancelled timeouts', () => {
    const random = new RandomStreams('calendar').stream('steps', '');
    const pair = new Pair();
    pair.push(2 ** 52, 0);
    pair.peek();
    for (let round = 0; round < 60; round++) {
      const size = Math.floor(random() * 900);
      const shape = Math.floor(random() * 5);
      for (let i = 0; i < size; i++) {
        const offset = [0, 10_000_000, i * 7, Math.floor(random() * 1e6), Math.floor(1 / (random() + 1e-12))][
          shape
        ]!;
        pair.push(pair.now + offset, shape === 1 ? round % 8 : Math.floor(random() * 8));
      }
      if (round % 3 === 0) for (let i = 0; i < size; i++) pair.cancel(Math.floor(random() * pair.ids.length));
      const pops = Math.min(pair.naive.size, Math.floor(random() * 1500));
      for (let i = 0; i < pops; i++) pair.pop();
    }
    pair.drain();
  });

  it('agrees when cancelled events are swept out of its rungs and others come in their place', () => {
    const random = new RandomStreams('calendar').stream('sweep', '');
    const pair = new Pair();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 5000; i++)
        pair.push(pair.now + Math.floor(random() * 1e6), Math.floor(random() * 8));
      for (let i = 0; i < 10; i++) pair.pop();
      const live = pair.ids.length;
      for (let i = 1; i < 4000; i++) pair.cancel(live - i);
      for (let i = 0; i < 2000; i++)
        pair.push(pair.now + Math.floor(random() * 2e6), Math.floor(random() * 8));
    }
    pair.drain();
  });

  it('sweeps cancelled events: a timeout re-armed a million times needs no more room than the live ones', () => {
    const calendar = new EventCalendar<object>();
    const item = {};
    const ids = Array.from({ length: 1000 }, (_, i) => calendar.push(instant(1e9 + i), 5, item));
    let largest = 0;
    for (let i = 0; i < 1_000_000; i++) {
      calendar.cancel(ids[i % 1000]!);
      ids[i % 1000] = calendar.push(instant(1e9 + i), 5, item);
      largest = Math.max(largest, ids[i % 1000]! % 2 ** 25);
    }
    expect(calendar.size).toBe(1000);
    expect(largest).toBeLessThan(8192);
  });

  it('does not mistake a reused slot for the event that had it before', () => {
    const calendar = new EventCalendar<string>();
    const old = calendar.push(instant(1), 0, 'old');
    expect(calendar.pop()).toBe('old');
    const fresh = calendar.push(instant(2), 0, 'fresh');
    expect(calendar.cancel(old)).toBe(false);
    expect(calendar.cancel(fresh)).toBe(true);
    expect(calendar.cancel(fresh)).toBe(false);
    expect(calendar.nextTime()).toBe(NEVER);
    expect(calendar.cancel(-1)).toBe(false);
    expect(calendar.cancel(2 ** 25 + 7)).toBe(false);
  });

  it('holds a million events and gives them back in order', () => {
    const random = new RandomStreams('million').stream('times', '');
    const calendar = new EventCalendar<number>();
    for (let i = 0; i < 1_000_000; i++) calendar.push(instant(Math.floor(random() * 1e9)), 5, i);
    let last = -1;
    for (let i = 0; i < 1_000_000; i++) {
      calendar.pop();
      if (calendar.poppedTime < last) expect(calendar.poppedTime).toBeGreaterThanOrEqual(last);
      last = calendar.poppedTime;
    }
    expect(calendar.size).toBe(0);
  });

  it('lets go of an item once it is popped or cancelled', async () => {
    const calendar = new EventCalendar<object>();
    const items = [new WeakRef({ popped: true }), new WeakRef({ cancelled: true })];
    const ids = items.map((ref, i) => calendar.push(instant(i), 0, ref.deref()!));
    calendar.pop();
    calendar.cancel(ids[1]!);
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(items.map((ref) => ref.deref())).toEqual([undefined, undefined]);
  });
});
