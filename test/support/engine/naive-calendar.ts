/** The calendar as one would write it first: the oracle of sim/engine/calendar.ts. */
import { PriorityQueue } from '@datastructures-js/priority-queue';
import type { EventId } from '../../../sim/engine/event.ts';
import type { Phase } from '../../../sim/engine/phase.ts';
import { NEVER, type SimTime, START } from '../../../sim/engine/time.ts';

export interface NaiveEntry<T> {
  readonly time: SimTime;
  readonly phase: Phase;
  readonly sequence: number;
  readonly item: T;
  readonly lane: number;
}

export const byKey = (a: NaiveEntry<unknown>, b: NaiveEntry<unknown>): number =>
  a.time - b.time || a.phase - b.phase || a.sequence - b.sequence;

/** A binary heap of objects, and a set of the ids still pending. */
export class NaiveCalendar<T> {
  readonly #queue = new PriorityQueue<NaiveEntry<T>>(byKey);
  readonly #pending = new Set<EventId>();
  #sequence = 0;
  poppedTime: SimTime = START;
  poppedPhase: Phase = 0;
  poppedLane = 0;

  get size(): number {
    return this.#pending.size;
  }

  push(time: SimTime, phase: Phase, item: T, lane = 0): EventId {
    const sequence = this.#sequence++;
    this.#queue.enqueue({ time, phase, sequence, item, lane });
    this.#pending.add(sequence);
    return sequence;
  }

  cancel(id: EventId): boolean {
    return this.#pending.delete(id);
  }

  nextTime(): SimTime {
    return this.#first()?.time ?? NEVER;
  }

  pop(until: SimTime = NEVER): T | undefined {
    const first = this.#first();
    if (first === null || first.time > until) return undefined;
    this.#queue.dequeue();
    this.#pending.delete(first.sequence);
    this.poppedTime = first.time;
    this.poppedPhase = first.phase;
    this.poppedLane = first.lane;
    return first.item;
  }

  #first(): NaiveEntry<T> | null {
    for (;;) {
      const first = this.#queue.front();
      if (first === null || this.#pending.has(first.sequence)) return first;
      this.#queue.dequeue();
    }
  }
}
