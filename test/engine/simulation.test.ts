import { describe, expect, it } from 'vitest';
import { EventDigest, firstDivergence } from '../../sim/engine/digest.ts';
import type { SimEvent } from '../../sim/engine/event.ts';
import { InvariantViolation } from '../../sim/engine/invariant.ts';
import { Phase } from '../../sim/engine/phase.ts';
import { type Port, Simulation } from '../../sim/engine/simulation.ts';
import { instant, microseconds, NEVER, seconds } from '../../sim/engine/time.ts';

type TestEvent =
  | { readonly kind: 'tick'; readonly key: string; readonly n?: number }
  | { readonly kind: 'boom'; readonly key: string };

/** Writes down what happens; a tick with n left schedules the next one a second later. */
class Recorder {
  readonly name: string;
  readonly seen: string[] = [];
  port!: Port<TestEvent>;
  readonly #simulation: Simulation;

  constructor(simulation: Simulation, name = 'recorder', phase: Phase = Phase.component) {
    this.#simulation = simulation;
    this.name = name;
    this.port = simulation.port(this, phase);
  }

  handle(event: TestEvent): void {
    this.seen.push(`${this.#simulation.now} ${event.kind} ${event.key}`);
    if (event.kind === 'boom') this.#simulation.fail('boom');
    if (event.n !== undefined && event.n > 0) this.port.after(seconds(1), { ...event, n: event.n - 1 });
  }
}

function ticking(seed: string, ticks: number, key = 'a'): { simulation: Simulation; recorder: Recorder } {
  const simulation = new Simulation(seed);
  const recorder = new Recorder(simulation);
  recorder.port.at(instant(5), { kind: 'tick', key, n: ticks - 1 });
  return { simulation, recorder };
}

describe('Simulation', () => {
  it('runs simultaneous events by phase, then in the order in which they were scheduled', () => {
    const simulation = new Simulation('order');
    const late = new Recorder(simulation, 'late', Phase.observe);
    const early = new Recorder(simulation, 'early', Phase.fault);
    const order: string[] = [];
    simulation.trace((_n, _time, _phase, component, event) => order.push(`${component}/${event.key}`));
    late.port.at(instant(7), { kind: 'tick', key: '1' });
    late.port.at(instant(7), { kind: 'tick', key: '2' });
    early.port.at(instant(7), { kind: 'tick', key: '3' });
    late.port.at(instant(6), { kind: 'tick', key: '4' });
    expect(simulation.run()).toBe('empty');
    expect(order).toEqual(['late/4', 'early/3', 'late/1', 'late/2']);
  });

  it('stops at a time, a condition, a number of events, or when nothing is left, and goes on from there', () => {
    const { simulation, recorder } = ticking('limits', 10);
    expect(simulation.run({ until: instant(1_000_005) })).toBe('time');
    expect([simulation.now, simulation.eventCount]).toEqual([1_000_005, 2]);
    expect(simulation.run({ until: instant(1_500_000) })).toBe('time');
    expect([simulation.now, simulation.eventCount, simulation.nextEventTime]).toEqual([
      1_500_000, 2, 2_000_005,
    ]);
    expect(simulation.run({ maxEvents: 3 })).toBe('events');
    expect(simulation.run({ stopWhen: () => recorder.seen.length === 7 })).toBe('condition');
    expect(simulation.run()).toBe('empty');
    expect([recorder.seen.length, simulation.pendingEvents, simulation.nextEventTime]).toEqual([
      10,
      0,
      NEVER,
    ]);
    expect(simulation.run({ until: instant(60_000_000) })).toBe('empty');
    expect(simulation.now).toBe(60_000_000);
  });

  it('cancels what is pending, once', () => {
    const simulation = new Simulation('cancel');
    const recorder = new Recorder(simulation);
    const id = recorder.port.after(microseconds(3), { kind: 'boom', key: '' });
    recorder.port.after(microseconds(4), { kind: 'tick', key: 'after' });
    expect([recorder.port.cancel(id), recorder.port.cancel(id)]).toEqual([true, false]);
    simulation.run();
    expect(recorder.seen).toEqual(['4 tick after']);
  });

  it('names time, event and seed when an invariant breaks', () => {
    const simulation = new Simulation('seed-7');
    const recorder = new Recorder(simulation);
    recorder.port.at(instant(2_500_000), { kind: 'boom', key: '' });
    expect(() => simulation.run()).toThrow('boom (at 2.5 s, event 1, seed "seed-7")');
    expect(() => simulation.assert(false, () => 'lazy')).toThrow(InvariantViolation);
    expect(() => recorder.port.at(instant(1), { kind: 'tick', key: '' })).toThrow(
      /recorder schedules tick at 1 µs/,
    );
    expect(() => new Recorder(simulation)).toThrow(/two components named recorder/);
  });

  it('schedules without a port under the same name and digest', () => {
    const withPort = ticking('s', 1).simulation;
    withPort.run();
    const simulation = new Simulation('s');
    const recorder = new Recorder(simulation);
    simulation.schedule<SimEvent & TestEvent>(instant(5), Phase.component, recorder, {
      kind: 'tick',
      key: 'a',
      n: 0,
    });
    simulation.run();
    expect(simulation.digest.hex()).toBe(withPort.digest.hex());
  });
});

describe('EventDigest', () => {
  const digestOf = (change: (simulation: Simulation, recorder: Recorder) => void): string => {
    const simulation = new Simulation('digest');
    change(simulation, new Recorder(simulation));
    simulation.run();
    return simulation.digest.hex();
  };

  it('covers time, phase, component, kind, key, n and order, and nothing else', () => {
    const base = digestOf((_, r) => r.port.at(instant(5), { kind: 'tick', key: 'a', n: 0 }));
    const others = [
      digestOf((_, r) => r.port.at(instant(6), { kind: 'tick', key: 'a', n: 0 })),
      digestOf((_, r) => r.port.at(instant(5 + 2 ** 40), { kind: 'tick', key: 'a', n: 0 })),
      digestOf((_, r) => r.port.at(instant(5), { kind: 'tick', key: 'b', n: 0 })),
      digestOf((_, r) => r.port.at(instant(5), { kind: 'tick', key: 'a', n: -1 })),
      digestOf((_, r) => r.port.at(instant(5), { kind: 'tick', key: 'a', n: -(2 ** 33) })),
      digestOf((_, r) => r.port.at(instant(5), { kind: 'tick', key: 'a' })),
      digestOf((s, r) => s.schedule(instant(5), Phase.observe, r, { kind: 'tick', key: 'a', n: 0 })),
      digestOf((s) => new Recorder(s, 'other').port.at(instant(5), { kind: 'tick', key: 'a', n: 0 })),
      digestOf((s, r) => {
        s.trace(() => {});
        r.port.at(instant(5), { kind: 'tick', key: 'a', n: 0 });
      }),
    ];
    expect(others.pop()).toBe(base);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
    expect(base).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is fixed: this value must not change between versions without a note', () => {
    const { simulation } = ticking('fixed', 3000, 'default/web-0');
    simulation.run();
    expect(simulation.digest.hex()).toBe('b4e0fbd33480f69e');
  });

  it('finds between which events two runs part', () => {
    const a = ticking('a', 20_000);
    const b = ticking('b', 20_000);
    b.simulation.run({ maxEvents: 12_345 });
    b.recorder.port.after(microseconds(1), { kind: 'tick', key: 'extra' });
    a.simulation.run();
    b.simulation.run();
    expect(firstDivergence(a.simulation.digest.checkpoints, b.simulation.digest.checkpoints)).toEqual({
      after: 12 * 1024,
      by: 13 * 1024,
    });
    const same = a.simulation.digest.checkpoints;
    expect(firstDivergence(same, same)).toEqual({ after: 19 * 1024, by: Infinity });
  });

  it('keeps a bounded number of checkpoints, comparable with those of a shorter run', () => {
    const digestAfter = (events: number): EventDigest => {
      const digest = new EventDigest(16);
      for (let i = 0; i < events; i++) digest.add(instant(i), Phase.world, 'c', { kind: 'k', key: '', n: i });
      return digest;
    };
    const long = digestAfter(100_000).checkpoints;
    expect(long.length).toBeLessThanOrEqual(2048);
    expect(long.length).toBeGreaterThan(1000);
    expect(firstDivergence(long, digestAfter(5000).checkpoints)).toEqual({ after: 4992, by: Infinity });
  });
});
