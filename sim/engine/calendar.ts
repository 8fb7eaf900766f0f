/**
 * HOT PATH: the event calendar, a ladder queue (Tang, Goh & Thng, ACM TOMACS 15(3), 2005) on typed arrays.
 *
 * Far events lie unsorted in `top`; when their time comes they are spread over the buckets of a rung, a crowded bucket
 * over a finer rung, and a small one is sorted into `run`. Events earlier than the last bucket taken go to `near`, a
 * heap. Differences from the paper: `near` is a heap of its own instead of insertion into the sorted bottom (bursts at
 * one instant stay logarithmic), bucket widths are powers of two (exact arithmetic), and cancel exists.
 * The order is total: (time, phase, sequence). Oracle: test/support/naive-calendar.ts.
 */
import type { EventId } from './event.ts';
import { KeyHeap } from './key-heap.ts';
import type { Phase } from './phase.ts';
import { NEVER, type SimTime, START } from './time.ts';

/** A bucket of at most this many events is sorted, a larger one spread over a finer rung. */
const SMALL = 48;
const MAX_BUCKETS = 4096;
/** `near` is turned into a rung when it is larger than this at first. */
const NEAR_LIMIT = 256;
const NONE = -1;

/** One event is 32 bytes: Float64 [time, order], then Int32 [next in list, generation, lane · 8 + phase, unused]. */
const NEXT = 4;
const GENERATION = 5;
const LANE = 6;
/** In place of lane and phase: cancelled, not yet reclaimed. */
const CANCELLED = -1;
/** order = phase · 2^49 + sequence: the sequence outlives 10^14 events. */
const PHASE_STEP = 2 ** 49;
/** id = generation · 2^25 + slot: 33 million pending events, 268 million uses of a slot before an id comes back. */
const SLOT_BITS = 25;
const SLOT_LIMIT = 1 << SLOT_BITS;
const GENERATION_MASK = 2 ** 28 - 1;

/** A range of time cut into buckets of equal width; the last one also holds everything up to the rung's end. */
class Rung {
  readonly heads = new Int32Array(MAX_BUCKETS);
  start = 0;
  perMicrosecond = 1;
  width = 1;
  last = 0;
  /** First bucket not taken yet. */
  current = 0;
  end = 0;

  /** Covers [lo, end) with `count` (a power of two) buckets fine enough to part lo from hi. */
  reset(lo: number, hi: number, end: number, count: number): void {
    let width = 1;
    while (width * count <= hi - lo) width *= 2;
    this.start = lo;
    this.width = width;
    this.perMicrosecond = 1 / width;
    this.last = count - 1;
    this.current = 0;
    this.end = end;
    this.heads.fill(NONE, 0, count);
  }

  bucketOf(time: number): number {
    const bucket = (time - this.start) * this.perMicrosecond;
    return bucket < this.last ? bucket | 0 : this.last;
  }
}

/** Items of type T at (time, phase, sequence), each with a small integer `lane` of the caller's (its addressee). */
export class EventCalendar<T> {
  /** Pending, not cancelled. */
  size = 0;
  poppedTime: SimTime = START;
  poppedPhase: Phase = 0;
  poppedLane = 0;

  #keys = new Float64Array(4 * 64);
  #links = new Int32Array(this.#keys.buffer);
  #items: (T | undefined)[] = new Array<T | undefined>(64).fill(undefined);
  #capacity = 64;
  #free = NONE;
  #unused = 0;
  #sequence = 0;
  #dead = 0;
  #sweepAt = 1024;

  /** Sorted slots at [runHead, capacity): filled downwards, so that a list collected newest first comes out oldest first. */
  #run = new Int32Array(64);
  #runHead = 64;
  readonly #near = new KeyHeap();
  #nearLimit = NEAR_LIMIT;
  readonly #rungs: Rung[] = [];
  /** Rungs in use; the last one is the finest and earliest. */
  #depth = 0;
  #top = NONE;
  #topStart = 0;
  /** Everything earlier than this goes to `near`. */
  #horizon = 0;
  /** Earliest and latest time in `run`, as last measured. */
  #lo = 0;
  #hi = 0;

  /** Schedules `item`; `phase` < 8, `lane` < 2^28. Amortised O(1). */
  push(time: SimTime, phase: Phase, item: T, lane = 0): EventId {
    let slot = this.#free;
    if (slot !== NONE) this.#free = this.#links[slot * 8 + NEXT]!;
    else slot = this.#unused === this.#capacity ? this.#grow() : this.#unused++;
    const links = this.#links;
    const order = phase * PHASE_STEP + this.#sequence++;
    this.#keys[slot * 4] = time;
    this.#keys[slot * 4 + 1] = order;
    links[slot * 8 + LANE] = lane * 8 + phase;
    this.#items[slot] = item;
    this.size++;
    if (time >= this.#topStart) {
      links[slot * 8 + NEXT] = this.#top;
      this.#top = slot;
    } else if (time >= this.#horizon) {
      let rung = this.#rungs[this.#depth - 1]!;
      for (let depth = this.#depth - 2; time >= rung.end; depth--) rung = this.#rungs[depth]!;
      const bucket = rung.bucketOf(time);
      links[slot * 8 + NEXT] = rung.heads[bucket]!;
      rung.heads[bucket] = slot;
    } else {
      this.#near.push(time, order, slot);
      if (this.#near.size > this.#nearLimit) this.#spillNear();
    }
    return links[slot * 8 + GENERATION]! * SLOT_LIMIT + slot;
  }

  /** False if the event has been popped or cancelled before. Amortised O(1); its memory comes back later. */
  cancel(id: EventId): boolean {
    const slot = id & (SLOT_LIMIT - 1);
    if (id < 0 || slot >= this.#unused || this.#links[slot * 8 + GENERATION]! * SLOT_LIMIT + slot !== id)
      return false;
    this.#retire(slot);
    this.#links[slot * 8 + LANE] = CANCELLED;
    if (++this.#dead >= this.#sweepAt) this.#sweep();
    return true;
  }

  /** The instant of the next item, NEVER if there is none. */
  nextTime(): SimTime {
    const slot = this.#first();
    return slot === NONE ? NEVER : (this.#keys[slot * 4] as SimTime);
  }

  /** Takes the next item if it is not after `until`. Its key is left in `poppedTime`, `poppedPhase`, `poppedLane`. */
  pop(until: SimTime = NEVER): T | undefined {
    const slot = this.#first();
    if (slot === NONE || this.#keys[slot * 4]! > until) return undefined;
    const item = this.#items[slot];
    const lane = this.#links[slot * 8 + LANE]!;
    this.poppedTime = this.#keys[slot * 4] as SimTime;
    this.poppedPhase = (lane & 7) as Phase;
    this.poppedLane = lane >> 3;
    this.#removeFirst(slot);
    this.#retire(slot);
    this.#release(slot);
    return item;
  }

  /** Makes the slot's id stale and lets go of its item. */
  #retire(slot: number): void {
    const at = slot * 8 + GENERATION;
    this.#links[at] = (this.#links[at]! + 1) & GENERATION_MASK;
    this.#items[slot] = undefined;
    this.size--;
  }

  #release(slot: number): void {
    this.#links[slot * 8 + NEXT] = this.#free;
    this.#free = slot;
  }

  /** True, and the slot freed, if the event was cancelled: it must just have been taken out of its list. */
  #reclaim(slot: number): boolean {
    if (this.#links[slot * 8 + LANE] !== CANCELLED) return false;
    this.#dead--;
    this.#release(slot);
    return true;
  }

  /** The slot of the next event, at the head of `run` or `near`; NONE if nothing is pending. */
  #first(): number {
    for (;;) {
      let slot: number;
      if (this.#runHead < this.#capacity) {
        slot = this.#run[this.#runHead]!;
        if (this.#near.size > 0 && !this.#beforeNear(slot)) slot = this.#near.slot;
      } else if (this.#near.size > 0) slot = this.#near.slot;
      else if (this.#refill()) continue;
      else return NONE;
      if (this.#links[slot * 8 + LANE] !== CANCELLED) return slot;
      this.#removeFirst(slot);
      this.#reclaim(slot);
    }
  }

  #beforeNear(slot: number): boolean {
    const time = this.#keys[slot * 4]!;
    const nearTime = this.#near.time;
    return time < nearTime || (time === nearTime && this.#keys[slot * 4 + 1]! < this.#near.order);
  }

  #removeFirst(slot: number): void {
    if (this.#runHead < this.#capacity && this.#run[this.#runHead] === slot) this.#runHead++;
    else this.#near.pop();
  }

  /** Takes the next bucket, or else all of `top`; false if there is none. `run` and `near` must be empty. */
  #refill(): boolean {
    this.#nearLimit = NEAR_LIMIT;
    if (this.#depth === 0) {
      if (this.#top === NONE) return false;
      this.#collect(this.#top);
      this.#top = NONE;
      this.#measure();
      this.#horizon = this.#topStart = this.#hi + 1;
      this.#part();
      return true;
    }
    const rung = this.#rungs[this.#depth - 1]!;
    while (rung.current < rung.last && rung.heads[rung.current] === NONE) rung.current++;
    this.#collect(rung.heads[rung.current]!);
    if (rung.current === rung.last) this.#depth--;
    this.#horizon = rung.current === rung.last ? rung.end : rung.start + ++rung.current * rung.width;
    this.#part();
    return true;
  }

  /** Moves a list into `run`, oldest first, without the cancelled. */
  #collect(list: number): void {
    const links = this.#links;
    for (let slot = list; slot !== NONE; ) {
      const next = links[slot * 8 + NEXT]!;
      if (!this.#reclaim(slot)) this.#run[--this.#runHead] = slot;
      slot = next;
    }
  }

  /** Makes `run`, filled in any order with what is due before the horizon, ready to be read: sorted, or a finer rung. */
  #part(): void {
    if (this.#capacity - this.#runHead <= SMALL) return this.#sortRun();
    this.#measure();
    if (this.#lo === this.#hi) this.#readTies();
    else this.#spread();
  }

  #measure(): void {
    const keys = this.#keys;
    const run = this.#run;
    let lo = Number.POSITIVE_INFINITY;
    let hi = 0;
    for (let i = this.#runHead; i < this.#capacity; i++) {
      const time = keys[run[i]! * 4]!;
      if (time < lo) lo = time;
      if (time > hi) hi = time;
    }
    this.#lo = lo;
    this.#hi = hi;
  }

  /** Insertion sort by (time, order). */
  #sortRun(): void {
    const keys = this.#keys;
    const run = this.#run;
    for (let i = this.#runHead + 1; i < this.#capacity; i++) {
      const slot = run[i]!;
      const time = keys[slot * 4]!;
      const order = keys[slot * 4 + 1]!;
      let j = i;
      for (; j > this.#runHead; j--) {
        const other = run[j - 1]! * 4;
        if (keys[other]! < time || (keys[other] === time && keys[other + 1]! < order)) break;
        run[j] = run[j - 1]!;
      }
      run[j] = slot;
    }
  }

  /** Many events at one instant: in order as they came (one phase), or else through the heap. */
  #readTies(): void {
    const keys = this.#keys;
    const run = this.#run;
    let i = this.#runHead + 1;
    while (i < this.#capacity && keys[run[i - 1]! * 4 + 1]! < keys[run[i]! * 4 + 1]!) i++;
    if (i === this.#capacity) return;
    for (i = this.#runHead; i < this.#capacity; i++) {
      const slot = run[i]!;
      this.#near.push(keys[slot * 4]!, keys[slot * 4 + 1]!, slot);
    }
    this.#runHead = this.#capacity;
    this.#nearLimit = Math.max(NEAR_LIMIT, 2 * this.#near.size);
  }

  /** Spreads `run` over a new finest rung, from its earliest time to the horizon. */
  #spread(): void {
    if (this.#depth === this.#rungs.length) this.#rungs.push(new Rung());
    const rung = this.#rungs[this.#depth++]!;
    let buckets = 64;
    while (buckets < this.#capacity - this.#runHead && buckets < MAX_BUCKETS) buckets *= 2;
    rung.reset(this.#lo, this.#hi, this.#horizon, buckets);
    for (let i = this.#runHead; i < this.#capacity; i++) {
      const slot = this.#run[i]!;
      const bucket = rung.bucketOf(this.#keys[slot * 4]!);
      this.#links[slot * 8 + NEXT] = rung.heads[bucket]!;
      rung.heads[bucket] = slot;
    }
    this.#runHead = this.#capacity;
    this.#horizon = this.#lo;
  }

  /** Too much came in before the horizon: it becomes a rung, with the rest of `run` unless that is the greater part. */
  #spillNear(): void {
    if (this.#capacity - this.#runHead > this.#near.size) {
      this.#nearLimit *= 2;
      return;
    }
    for (let i = 0; i < this.#near.size; i++) {
      const slot = this.#near.slotAt(i);
      if (!this.#reclaim(slot)) this.#run[--this.#runHead] = slot;
    }
    this.#near.clear();
    this.#nearLimit = NEAR_LIMIT;
    this.#part();
  }

  /** Unlinks the cancelled events of all lists, so that they cannot outnumber the others for long. */
  #sweep(): void {
    this.#top = this.#swept(this.#top);
    for (let depth = 0; depth < this.#depth; depth++) {
      const rung = this.#rungs[depth]!;
      for (let b = rung.current; b <= rung.last; b++) rung.heads[b] = this.#swept(rung.heads[b]!);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#dead + this.size);
  }

  /** The list without its cancelled events, in the same order. */
  #swept(list: number): number {
    const links = this.#links;
    let head = NONE;
    let tail = NONE;
    for (let slot = list; slot !== NONE; ) {
      const next = links[slot * 8 + NEXT]!;
      if (!this.#reclaim(slot)) {
        links[slot * 8 + NEXT] = NONE;
        if (tail === NONE) head = slot;
        else links[tail * 8 + NEXT] = slot;
        tail = slot;
      }
      slot = next;
    }
    return head;
  }

  /** Doubles the room and returns the first new slot. */
  #grow(): number {
    const old = this.#capacity;
    if (old === SLOT_LIMIT) throw new RangeError(`more than ${SLOT_LIMIT} pending events`);
    const run = new Int32Array(old * 2);
    const keys = new Float64Array(old * 2 * 4);
    run.set(this.#run, old);
    keys.set(this.#keys);
    this.#run = run;
    this.#runHead += old;
    this.#keys = keys;
    this.#links = new Int32Array(keys.buffer);
    for (let i = 0; i < old; i++) this.#items.push(undefined);
    this.#capacity = old * 2;
    return this.#unused++;
  }
}
