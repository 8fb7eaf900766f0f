/** The event calendar: pending items in (time, phase, sequence) order, with cancel. */
import type { EventId } from './event.ts';
import type { Phase } from './phase.ts';
import { NEVER, START, type SimTime } from './time.ts';

interface Slot<T> {
  readonly time: SimTime;
  readonly phase: Phase;
  readonly id: EventId;
  readonly item: T;
}

export class EventCalendar<T> {
  readonly #heap: Slot<T>[] = [];
  readonly #cancelled = new Set<EventId>();
  #sequence = 0;
  poppedTime: SimTime = START;
  poppedPhase: Phase = 0;

  get size(): number {
    return this.#heap.length - this.#cancelled.size;
  }

  push(time: SimTime, phase: Phase, item: T): EventId {
    const slot = { time, phase, id: this.#sequence++, item };
    const heap = this.#heap;
    let i = heap.push(slot) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(slot, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = slot;
    return slot.id;
  }

  cancel(id: EventId): boolean {
    if (!this.#heap.some((slot) => slot.id === id) || this.#cancelled.has(id)) return false;
    this.#cancelled.add(id);
    return true;
  }

  nextTime(): SimTime {
    while (this.#heap.length > 0 && this.#cancelled.delete(this.#heap[0]!.id)) this.#removeRoot();
    return this.#heap[0]?.time ?? NEVER;
  }

  pop(): T {
    this.nextTime();
    const root = this.#removeRoot();
    this.poppedTime = root.time;
    this.poppedPhase = root.phase;
    return root.item;
  }

  #removeRoot(): Slot<T> {
    const heap = this.#heap;
    const root = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
        if (!before(heap[child]!, last)) break;
        heap[i] = heap[child]!;
        i = child;
      }
      heap[i] = last;
    }
    return root;
  }
}

function before<T>(a: Slot<T>, b: Slot<T>): boolean {
  return a.time - b.time < 0 || (a.time === b.time && (a.phase - b.phase < 0 || (a.phase === b.phase && a.id < b.id)));
}
