/**
 * HOT PATH: the event calendar, a ladder queue (Tang, Goh & Thng, ACM TOMACS 15(3), 2005) on typed arrays.
 *
 * Far events lie unsorted in `top`; when their time comes they are spread over the buckets of a rung, a crowded bucket
 * over a finer rung, and a small one is sorted into `run`. Events earlier than the last bucket taken go to `near`, a
 * heap. Differences from the paper: `near` is a heap of its own instead of insertion into the sorted bottom (bursts at
 * one instant stay logarithmic), bucket widths are powers of two (exact arithmetic), and cancel exists.
 * The order is total: (time, phase, sequence). Oracle: test/support/engine/naive-calendar.ts.
 */
import type { EventId } from './event.ts';
import { EventSlots, KEY, LINK, NEXT, NONE, ORDER } from './event-slots.ts';
import { KeyHeap } from './key-heap.ts';
import type { Phase } from './phase.ts';
import { Rung } from './rung.ts';
import { NEVER, type SimTime, START } from './time.ts';

/** Sizes found by measuring; any others give the same order of events. */
export interface LadderTuning {
  /** A bucket of at most so many events is sorted, a larger one spread over a finer rung. At least 1. */
  readonly small: number;
  /** Buckets of a rung at most; a power of two. */
  readonly buckets: number;
  /** `near` is turned into a rung when it is larger than this at first. */
  readonly near: number;
  /** Cancelled events are swept out of the lists when they are as many as this at least. */
  readonly sweep: number;
}

const TUNING: LadderTuning = { small: 48, buckets: 4096, near: 256, sweep: 1024 };
/** order = phase · 2^49 + sequence: the sequence outlives 10^14 events. */
const PHASE_STEP = 2 ** 49;

/** Items of type T at (time, phase, sequence), each with a small integer `lane` of the caller's (its addressee). */
export class EventCalendar<T extends object | string | number> {
  /** The key of the item popped last. */
  poppedTime: SimTime = START;
  poppedPhase: Phase = 0;
  poppedLane = 0;

  readonly #tuning: LadderTuning;
  readonly #slots = new EventSlots<T>();
  #sequence = 0;
  #sweepAt: number;

  /** Events at or after `topStart`, in the order in which they came. */
  #topTimes = new Float64Array(this.#slots.capacity);
  #topSlots = new Int32Array(this.#slots.capacity);
  #topSize = 0;
  #topLo = Number.POSITIVE_INFINITY;
  #topHi = 0;
  #topStart = 0;
  /** The first `depth` are in use; each ends where the one before it, coarser and later, goes on. */
  readonly #rungs: Rung[] = [];
  #depth = 0;
  /** Everything earlier than this goes to `near`. */
  #horizon = 0;
  readonly #near = new KeyHeap();
  #nearLimit: number;
  /** The next events, sorted, at [runHead, runEnd): filled downwards, since lists have their newest event first. */
  #runTimes = new Float64Array(this.#slots.capacity);
  #runSlots = new Int32Array(this.#slots.capacity);
  #runEnd = this.#slots.capacity;
  #runHead = this.#runEnd;

  constructor(tuning: LadderTuning = TUNING) {
    this.#tuning = tuning;
    this.#nearLimit = tuning.near;
    this.#sweepAt = tuning.sweep;
  }

  /** Pending, not cancelled. */
  get size(): number {
    return this.#slots.live;
  }

  /** Schedules `item`; `phase` < 8, `lane` < 2^28. Amortised O(1). */
  push(time: SimTime, phase: Phase, item: T, lane = 0): EventId {
    const slots = this.#slots;
    if (slots.full) this.#grow();
    const order = phase * PHASE_STEP + this.#sequence++;
    const slot = slots.take(time, order, lane * 8 + phase, item);
    if (time >= this.#topStart) {
      this.#addToTop(slot, time);
    } else if (time >= this.#horizon) {
      let depth = this.#depth - 1;
      while (time >= this.#rungs[depth]!.end) depth--;
      this.#rungs[depth]!.add(slot, time, slots.links);
    } else {
      this.#near.push(time, order, slot);
      if (this.#near.size > this.#nearLimit) this.#spillNear();
    }
    return slots.idOf(slot);
  }

  /** False if the event has been popped or cancelled before. Amortised O(1). */
  cancel(id: EventId): boolean {
    if (!this.#slots.cancel(id)) return false;
    if (this.#slots.dead >= this.#sweepAt) this.#sweep();
    return true;
  }

  /** The instant of the next item, NEVER if there is none. */
  nextTime(): SimTime {
    if (!this.#advance()) return NEVER;
    return (this.#nearFirst() ? this.#near.key : this.#runTimes[this.#runHead]!) as SimTime;
  }

  /** Takes the next item if it is not after `until`; its key is in `poppedTime`, `poppedPhase`, `poppedLane`. */
  pop(until: SimTime = NEVER): T | undefined {
    if (!this.#advance()) return undefined;
    const near = this.#nearFirst();
    const time = near ? this.#near.key : this.#runTimes[this.#runHead]!;
    if (time > until) return undefined;
    const slot = near ? this.#near.pop() : this.#runSlots[this.#runHead++]!;
    const tag = this.#slots.tagOf(slot);
    this.poppedTime = time as SimTime;
    this.poppedPhase = (tag & 7) as Phase;
    this.poppedLane = tag >> 3;
    return this.#slots.release(slot);
  }

  /** Brings the next event, one not cancelled, to the head of `run` or `near`; false if nothing is pending. */
  #advance(): boolean {
    for (;;) {
      if (this.#runHead === this.#runEnd && this.#near.size === 0) {
        if (!this.#refill()) return false;
      } else if (this.#slots.dead === 0) return true;
      else if (this.#nearFirst()) {
        if (!this.#slots.reclaim(this.#near.slot)) return true;
        this.#near.pop();
      } else {
        if (!this.#slots.reclaim(this.#runSlots[this.#runHead]!)) return true;
        this.#runHead++;
      }
    }
  }

  /** True if the head of `near` comes before that of `run`; one of them must hold something. */
  #nearFirst(): boolean {
    if (this.#near.size === 0) return false;
    if (this.#runHead === this.#runEnd) return true;
    const time = this.#runTimes[this.#runHead]!;
    const nearTime = this.#near.key;
    if (time !== nearTime) return nearTime < time;
    return this.#near.order < this.#slots.keys[this.#runSlots[this.#runHead]! * KEY + ORDER]!;
  }

  /** Takes the next bucket, or else all of `top`; false if there is none. `run` and `near` must be empty. */
  #refill(): boolean {
    this.#nearLimit = this.#tuning.near;
    if (this.#depth === 0) return this.#refillFromTop();
    const rung = this.#rungs[this.#depth - 1]!;
    this.#collect(rung.take());
    if (rung.finished) this.#depth--;
    this.#horizon = rung.horizon;
    this.#part();
    return true;
  }

  #refillFromTop(): boolean {
    const size = this.#topSize;
    if (size === 0) return false;
    const lo = this.#topLo;
    const hi = this.#topHi;
    this.#topSize = 0;
    this.#topLo = Number.POSITIVE_INFINITY;
    this.#topHi = 0;
    this.#topStart = this.#horizon = hi + 1;
    if (size > this.#tuning.small && lo < hi) this.#spread(this.#topTimes, this.#topSlots, 0, size, lo, hi);
    else {
      for (let i = size - 1; i >= 0; i--) this.#addToRun(this.#topSlots[i]!);
      this.#part();
    }
    return true;
  }

  #addToTop(slot: number, time: number): void {
    this.#topTimes[this.#topSize] = time;
    this.#topSlots[this.#topSize++] = slot;
    if (time < this.#topLo) this.#topLo = time;
    if (time > this.#topHi) this.#topHi = time;
  }

  #addToRun(slot: number): void {
    if (this.#slots.reclaim(slot)) return;
    this.#runSlots[--this.#runHead] = slot;
    this.#runTimes[this.#runHead] = this.#slots.keys[slot * KEY]!;
  }

  /** Moves a list into `run`, oldest first, without the cancelled. */
  #collect(list: number): void {
    const links = this.#slots.links;
    for (let slot = list; slot !== NONE; ) {
      const next = links[slot * LINK + NEXT]!;
      this.#addToRun(slot);
      slot = next;
    }
  }

  /** Makes `run`, filled in any order with what is due before the horizon, ready: sorted, or spread over a finer rung. */
  #part(): void {
    if (this.#runEnd - this.#runHead <= this.#tuning.small) {
      this.#sortRun();
      return;
    }
    const times = this.#runTimes;
    const from = this.#runHead;
    let lo = times[from]!;
    let hi = lo;
    for (let i = from + 1; i < this.#runEnd; i++) {
      const time = times[i]!;
      if (time < lo) lo = time;
      if (time > hi) hi = time;
    }
    if (lo === hi) this.#readTies();
    else {
      this.#runHead = this.#runEnd;
      this.#spread(times, this.#runSlots, from, this.#runEnd, lo, hi);
    }
  }

  /** Spreads slots [from, to), due in [lo, hi], over a new finest rung that ends at the horizon. */
  #spread(times: Float64Array, slots: Int32Array, from: number, to: number, lo: number, hi: number): void {
    if (this.#depth === this.#rungs.length) this.#rungs.push(new Rung(this.#tuning.buckets));
    const rung = this.#rungs[this.#depth++]!;
    rung.reset(lo, hi, this.#horizon, to - from);
    for (let i = from; i < to; i++) rung.add(slots[i]!, times[i]!, this.#slots.links);
    this.#horizon = lo;
  }

  /** Insertion sort by (time, order). */
  #sortRun(): void {
    const times = this.#runTimes;
    const slots = this.#runSlots;
    const keys = this.#slots.keys;
    const head = this.#runHead;
    for (let i = head + 1; i < this.#runEnd; i++) {
      const slot = slots[i]!;
      const time = times[i]!;
      let j = i;
      for (; j > head; j--) {
        const other = times[j - 1]!;
        if (other < time) break;
        if (other === time && keys[slots[j - 1]! * KEY + ORDER]! < keys[slot * KEY + ORDER]!) break;
        times[j] = other;
        slots[j] = slots[j - 1]!;
      }
      times[j] = time;
      slots[j] = slot;
    }
  }

  /** Many events at one instant: read as they came if that is in order (one phase), or else through the heap. */
  #readTies(): void {
    const keys = this.#slots.keys;
    const slots = this.#runSlots;
    let i = this.#runHead + 1;
    while (i < this.#runEnd && keys[slots[i - 1]! * KEY + ORDER]! < keys[slots[i]! * KEY + ORDER]!) i++;
    if (i === this.#runEnd) return;
    for (; this.#runHead < this.#runEnd; this.#runHead++) {
      const slot = slots[this.#runHead]!;
      this.#near.push(keys[slot * KEY]!, keys[slot * KEY + ORDER]!, slot);
    }
    this.#nearLimit = Math.max(this.#tuning.near, 2 * this.#near.size);
  }

  /** Too much came in before the horizon: it becomes a rung, with the rest of `run` unless that is the greater part. */
  #spillNear(): void {
    if (this.#runEnd - this.#runHead > this.#near.size) {
      this.#nearLimit *= 2;
      return;
    }
    for (let i = 0; i < this.#near.size; i++) this.#addToRun(this.#near.slotAt(i));
    this.#near.clear();
    this.#nearLimit = this.#tuning.near;
    this.#part();
  }

  /** Drops the cancelled events of `top` and all rungs; the rest lies in `top` again. O(pending), for as many cancels. */
  #sweep(): void {
    const times = this.#topTimes.slice(0, this.#topSize);
    const slots = this.#topSlots.slice(0, this.#topSize);
    this.#topSize = 0;
    this.#topLo = Number.POSITIVE_INFINITY;
    this.#topHi = 0;
    for (; this.#depth > 0; this.#depth--) {
      const rung = this.#rungs[this.#depth - 1]!;
      while (!rung.finished) this.#sweepList(rung.take());
    }
    for (const [i, slot] of slots.entries()) if (!this.#slots.reclaim(slot)) this.#addToTop(slot, times[i]!);
    this.#topStart = this.#horizon;
    this.#sweepAt = Math.max(this.#tuning.sweep, 2 * this.#slots.dead + this.#slots.live);
  }

  #sweepList(list: number): void {
    for (let slot = list; slot !== NONE; ) {
      const next = this.#slots.links[slot * LINK + NEXT]!;
      if (!this.#slots.reclaim(slot)) this.#addToTop(slot, this.#slots.keys[slot * KEY]!);
      slot = next;
    }
  }

  #grow(): void {
    this.#slots.grow();
    const { capacity } = this.#slots;
    const added = capacity - this.#runEnd;
    this.#topTimes = moved(this.#topTimes, new Float64Array(capacity), 0);
    this.#topSlots = moved(this.#topSlots, new Int32Array(capacity), 0);
    this.#runTimes = moved(this.#runTimes, new Float64Array(capacity), added);
    this.#runSlots = moved(this.#runSlots, new Int32Array(capacity), added);
    this.#runHead += added;
    this.#runEnd = capacity;
  }
}

function moved<A extends Float64Array | Int32Array>(from: A, to: A, offset: number): A {
  to.set(from, offset);
  return to;
}
