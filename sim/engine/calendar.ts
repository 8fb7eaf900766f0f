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
export class EventCalendar<T extends object | string | number> {
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

  /** Far events as they came. */
  #topTimes = new Float64Array(64);
  #topSlots = new Int32Array(64);
  #topSize = 0;
  #topLo = Number.POSITIVE_INFINITY;
  #topHi = 0;
  /** Events at or after this go to `top`. */
  #topStart = 0;
  readonly #rungs: Rung[] = [];
  /** Rungs in use; the last one is the finest and earliest. */
  #depth = 0;
  /** Everything earlier than this goes to `near`. */
  #horizon = 0;
  readonly #near = new KeyHeap();
  #nearLimit = NEAR_LIMIT;
  /** The next events, sorted, at [runHead, capacity): filled downwards, since lists have their newest event first. */
  #runTimes = new Float64Array(64);
  #runSlots = new Int32Array(64);
  #runHead = 64;

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
      this.#topTimes[this.#topSize] = time;
      this.#topSlots[this.#topSize++] = slot;
      if (time < this.#topLo) this.#topLo = time;
      if (time > this.#topHi) this.#topHi = time;
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
    if (++this.#dead >= this.#sweepAt) this.#sweep();
    return true;
  }

  /** The instant of the next item, NEVER if there is none. */
  nextTime(): SimTime {
    if (!this.#advance()) return NEVER;
    return (this.#nearFirst() ? this.#near.time : this.#runTimes[this.#runHead]!) as SimTime;
  }

  /** Takes the next item if it is not after `until`. Its key is left in `poppedTime`, `poppedPhase`, `poppedLane`. */
  pop(until: SimTime = NEVER): T | undefined {
    if (!this.#advance()) return undefined;
    const near = this.#nearFirst();
    const time = near ? this.#near.time : this.#runTimes[this.#runHead]!;
    if (time > until) return undefined;
    const slot = near ? this.#near.pop() : this.#runSlots[this.#runHead++]!;
    const lane = this.#links[slot * 8 + LANE]!;
    this.poppedTime = time as SimTime;
    this.poppedPhase = (lane & 7) as Phase;
    this.poppedLane = lane >> 3;
    const item = this.#items[slot];
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

  /**
   * True, and the slot freed, if the event was cancelled (it has no item): it must just have been taken out of its list.
   * Looking at the item, not at a flag, brings it into the processor's cache while a list is walked.
   */
  #reclaim(slot: number): boolean {
    if (this.#items[slot] !== undefined) return false;
    this.#dead--;
    this.#release(slot);
    return true;
  }

  /** Brings the next event, one not cancelled, to the head of `run` or `near`; false if nothing is pending. */
  #advance(): boolean {
    for (;;) {
      if (this.#runHead === this.#capacity && this.#near.size === 0 && !this.#refill()) return false;
      if (this.#dead === 0) {
        if (this.#runHead < this.#capacity || this.#near.size > 0) return true;
      } else if (this.#nearFirst()) {
        if (!this.#reclaim(this.#near.slot)) return true;
        this.#near.pop();
      } else if (this.#runHead < this.#capacity) {
        if (!this.#reclaim(this.#runSlots[this.#runHead]!)) return true;
        this.#runHead++;
      }
    }
  }

  /** True if the head of `near` comes before that of `run`. */
  #nearFirst(): boolean {
    if (this.#near.size === 0) return false;
    if (this.#runHead === this.#capacity) return true;
    const time = this.#runTimes[this.#runHead]!;
    const nearTime = this.#near.time;
    if (time !== nearTime) return nearTime < time;
    return this.#near.order < this.#keys[this.#runSlots[this.#runHead]! * 4 + 1]!;
  }

  /** Takes the next bucket, or else all of `top`; false if there is none. `run` and `near` must be empty. */
  #refill(): boolean {
    this.#nearLimit = NEAR_LIMIT;
    if (this.#depth === 0) return this.#refillFromTop();
    const rung = this.#rungs[this.#depth - 1]!;
    while (rung.current < rung.last && rung.heads[rung.current] === NONE) rung.current++;
    this.#collect(rung.heads[rung.current]!);
    if (rung.current === rung.last) {
      this.#depth--;
      this.#horizon = rung.end;
    } else this.#horizon = rung.start + ++rung.current * rung.width;
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
    if (size > SMALL && lo < hi) this.#spread(this.#topTimes, this.#topSlots, 0, size, lo, hi);
    else {
      for (let i = size - 1; i >= 0; i--) this.#addToRun(this.#topSlots[i]!);
      this.#part();
    }
    return true;
  }

  /** Moves a list into `run`, oldest first, without the cancelled. */
  #collect(list: number): void {
    for (let slot = list; slot !== NONE; ) {
      const next = this.#links[slot * 8 + NEXT]!;
      this.#addToRun(slot);
      slot = next;
    }
  }

  #addToRun(slot: number): void {
    if (this.#reclaim(slot)) return;
    this.#runSlots[--this.#runHead] = slot;
    this.#runTimes[this.#runHead] = this.#keys[slot * 4]!;
  }

  /** Makes `run`, filled in any order with what is due before the horizon, ready to be read: sorted, or a finer rung. */
  #part(): void {
    if (this.#capacity - this.#runHead <= SMALL) {
      this.#sortRun();
      return;
    }
    const times = this.#runTimes;
    let lo = times[this.#runHead]!;
    let hi = lo;
    for (let i = this.#runHead + 1; i < this.#capacity; i++) {
      const time = times[i]!;
      if (time < lo) lo = time;
      if (time > hi) hi = time;
    }
    const from = this.#runHead;
    if (lo === hi) this.#readTies();
    else {
      this.#runHead = this.#capacity;
      this.#spread(times, this.#runSlots, from, this.#capacity, lo, hi);
    }
  }

  /** Insertion sort by (time, order). */
  #sortRun(): void {
    const times = this.#runTimes;
    const slots = this.#runSlots;
    for (let i = this.#runHead + 1; i < this.#capacity; i++) {
      const slot = slots[i]!;
      const time = times[i]!;
      let j = i;
      for (; j > this.#runHead; j--) {
        const other = times[j - 1]!;
        if (
          other < time ||
          (other === time && this.#keys[slots[j - 1]! * 4 + 1]! < this.#keys[slot * 4 + 1]!)
        )
          break;
        times[j] = other;
        slots[j] = slots[j - 1]!;
      }
      times[j] = time;
      slots[j] = slot;
    }
  }

  /** Many events at one instant: in order as they came (one phase), or else through the heap. */
  #readTies(): void {
    const keys = this.#keys;
    const slots = this.#runSlots;
    let i = this.#runHead + 1;
    while (i < this.#capacity && keys[slots[i - 1]! * 4 + 1]! < keys[slots[i]! * 4 + 1]!) i++;
    if (i === this.#capacity) return;
    for (i = this.#runHead; i < this.#capacity; i++) {
      const slot = slots[i]!;
      this.#near.push(keys[slot * 4]!, keys[slot * 4 + 1]!, slot);
    }
    this.#runHead = this.#capacity;
    this.#nearLimit = Math.max(NEAR_LIMIT, 2 * this.#near.size);
  }

  /** Spreads slots [from, to), due in [lo, hi], over a new finest rung that ends at the horizon. */
  #spread(times: Float64Array, slots: Int32Array, from: number, to: number, lo: number, hi: number): void {
    if (this.#depth === this.#rungs.length) this.#rungs.push(new Rung());
    const rung = this.#rungs[this.#depth++]!;
    let buckets = 64;
    while (buckets < to - from && buckets < MAX_BUCKETS) buckets *= 2;
    rung.reset(lo, hi, this.#horizon, buckets);
    const links = this.#links;
    for (let i = from; i < to; i++) {
      const slot = slots[i]!;
      const bucket = rung.bucketOf(times[i]!);
      links[slot * 8 + NEXT] = rung.heads[bucket]!;
      rung.heads[bucket] = slot;
    }
    this.#horizon = lo;
  }

  /** Too much came in before the horizon: it becomes a rung, with the rest of `run` unless that is the greater part. */
  #spillNear(): void {
    if (this.#capacity - this.#runHead > this.#near.size) {
      this.#nearLimit *= 2;
      return;
    }
    for (let i = 0; i < this.#near.size; i++) this.#addToRun(this.#near.slotAt(i));
    this.#near.clear();
    this.#nearLimit = NEAR_LIMIT;
    this.#part();
  }

  /** Unlinks the cancelled events of all lists, so that they cannot outnumber the others for long. */
  #sweep(): void {
    this.#sweepTop();
    for (let depth = 0; depth < this.#depth; depth++) {
      const rung = this.#rungs[depth]!;
      for (let b = rung.current; b <= rung.last; b++) rung.heads[b] = this.#swept(rung.heads[b]!);
    }
    this.#sweepAt = Math.max(1024, 2 * this.#dead + this.size);
  }

  #sweepTop(): void {
    let kept = 0;
    for (let i = 0; i < this.#topSize; i++) {
      const slot = this.#topSlots[i]!;
      if (this.#reclaim(slot)) continue;
      this.#topTimes[kept] = this.#topTimes[i]!;
      this.#topSlots[kept++] = slot;
    }
    this.#topSize = kept;
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
    const keys = new Float64Array(old * 2 * 4);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#links = new Int32Array(keys.buffer);
    this.#topTimes = moved(this.#topTimes, new Float64Array(old * 2), 0);
    this.#topSlots = moved(this.#topSlots, new Int32Array(old * 2), 0);
    this.#runTimes = moved(this.#runTimes, new Float64Array(old * 2), old);
    this.#runSlots = moved(this.#runSlots, new Int32Array(old * 2), old);
    this.#runHead += old;
    for (let i = 0; i < old; i++) this.#items.push(undefined);
    this.#capacity = old * 2;
    return this.#unused++;
  }
}

function moved<A extends Float64Array | Int32Array>(from: A, to: A, offset: number): A {
  to.set(from, offset);
  return to;
}
