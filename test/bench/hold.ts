/**
 * The hold model (Jones, CACM 29(4), 1986): N events pending; take the earliest, schedule it again some time later.
 * The engine's calendar against the heap of objects from npm and a plain heap of typed arrays, in one process.
 */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import { EventCalendar } from '../../sim/engine/calendar.ts';
import { log, pow } from '../../sim/engine/maths.ts';
import { Phase } from '../../sim/engine/phase.ts';
import { drawAt } from '../../sim/engine/random.ts';
import type { SimTime } from '../../sim/engine/time.ts';
import { byKey, type NaiveEntry } from '../support/engine/naive-calendar.ts';
import { SoaHeapCalendar } from '../support/engine/soa-heap.ts';
import { type BenchOptions, type BenchRow, measure, type Variant, withRatio } from './row.ts';

const TABLE = 65_536;

/** Increments in seconds as functions of two uniform numbers. */
const mixes: Readonly<Record<string, (u: number, v: number) => number>> = {
  exponential: (_u, v) => -log(1 - v),
  /** Heartbeats in step, short work, pods of ten minutes, a long tail. */
  k8s: (u, v) =>
    u < 0.5 ? 10 : u < 0.8 ? 0.001 + 0.049 * v : u < 0.95 ? -600 * log(1 - v) : 60 * pow(1 - v, -1 / 1.5),
  bimodal: (u, v) => -log(1 - v) * (u < 0.9 ? 0.1 : 1000),
  ties: () => 10,
};

/** Whole microseconds. */
function incrementsOf(mix: string): Float64Array {
  const increment = mixes[mix]!;
  return Float64Array.from({ length: TABLE }, (_, i) =>
    Math.round(increment(drawAt(1, i), drawAt(2, i)) * 1e6),
  );
}

interface Holder {
  /** Schedules at `time`. */
  add(time: number): void;
  hold(operations: number): void;
}

const payload = { kind: 'hold', key: '' };

/** Each kind of calendar has its own loop, so that none suffers from what the compiler learnt of another. */
class LadderHolder implements Holder {
  readonly #calendar = new EventCalendar<object>();
  readonly #increments: Float64Array;
  #i = 0;

  constructor(increments: Float64Array) {
    this.#increments = increments;
  }

  add(time: number): void {
    this.#calendar.push(time as SimTime, Phase.component, payload);
  }

  hold(operations: number): void {
    const calendar = this.#calendar;
    for (let n = 0; n < operations; n++) {
      const item = calendar.pop()!;
      calendar.push(
        (calendar.poppedTime + this.#increments[this.#i++ & (TABLE - 1)]!) as SimTime,
        Phase.component,
        item,
      );
    }
  }
}

class SoaHeapHolder implements Holder {
  readonly #calendar = new SoaHeapCalendar<object>();
  readonly #increments: Float64Array;
  #i = 0;

  constructor(increments: Float64Array) {
    this.#increments = increments;
  }

  add(time: number): void {
    this.#calendar.push(time, Phase.component, payload);
  }

  hold(operations: number): void {
    const calendar = this.#calendar;
    for (let n = 0; n < operations; n++) {
      const item = calendar.pop()!;
      calendar.push(calendar.poppedTime + this.#increments[this.#i++ & (TABLE - 1)]!, Phase.component, item);
    }
  }
}

class ObjectHeapHolder implements Holder {
  readonly #queue = new PriorityQueue<NaiveEntry<object>>(byKey);
  readonly #increments: Float64Array;
  #sequence = 0;

  constructor(increments: Float64Array) {
    this.#increments = increments;
  }

  add(time: number): void {
    const sequence = this.#sequence++;
    this.#queue.enqueue({ time: time as SimTime, phase: Phase.component, sequence, item: payload, lane: 0 });
  }

  hold(operations: number): void {
    for (let n = 0; n < operations; n++) {
      const { time } = this.#queue.dequeue()!;
      this.add(time + this.#increments[this.#sequence & (TABLE - 1)]!);
    }
  }
}

const holders: readonly (readonly [string, new (increments: Float64Array) => Holder])[] = [
  ['calendar', LadderHolder],
  ['soa-heap', SoaHeapHolder],
  ['object-heap', ObjectHeapHolder],
];

function variantsOf(mix: string, pending: number, operations: number): readonly Variant[] {
  return holders.map(([name, HolderClass]) => ({
    name,
    prepare: () => {
      const increments = incrementsOf(mix);
      const holder = new HolderClass(increments);
      for (let i = 0; i < pending; i++) holder.add(increments[i & (TABLE - 1)]!);
      // To the steady state, and until the code is compiled.
      holder.hold(Math.max(pending, 300_000));
      return () => holder.hold(operations);
    },
  }));
}

const CASES: readonly (readonly [mix: string, pending: number])[] = [
  ['exponential', 100],
  ['exponential', 10_000],
  ['exponential', 1_000_000],
  ...['k8s', 'bimodal', 'ties'].flatMap((mix) => [[mix, 10_000] as const, [mix, 200_000] as const]),
];

export function run({ runs = 7, quick = false }: BenchOptions = {}): BenchRow[] {
  const rows: BenchRow[] = [];
  for (const [mix, pending] of CASES) {
    if (quick && pending > 10_000) continue;
    const operations = quick ? 100_000 : 500_000;
    rows.push(...measure(`hold ${mix} ${pending}`, operations, variantsOf(mix, pending, operations), runs));
  }
  return withRatio(rows, 'calendar');
}
