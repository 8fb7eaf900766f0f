/**
 * HOT PATH: where the calendar keeps its events: 32 bytes of typed array each, plus the item. A slot is a small integer,
 * used again after its event; the id given to the outside also holds how often the slot was used, so that a stale id
 * does not hit the event that came after.
 */
import type { EventId } from './event.ts';

/** No slot: the end of a list. */
export const NONE = -1;

/** Stride and offsets in `keys` (Float64) and, over the same bytes, `links` (Int32). */
export const KEY = 4;
export const LINK = 8;
/** In keys: [time, order]. */
export const ORDER = 1;
/** In links: the next slot of the list that this one is in. */
export const NEXT = 4;
const GENERATION = 5;
const TAG = 6;

/** id = generation · 2^25 + slot: 33 million events, 268 million uses of a slot before an id comes back. */
const SLOT_LIMIT = 2 ** 25;
const GENERATION_MASK = 2 ** 28 - 1;

export class EventSlots<T> {
  capacity = 64;
  keys = new Float64Array(KEY * this.capacity);
  links = new Int32Array(this.keys.buffer);
  /** Holding an event that is not cancelled. */
  live = 0;
  /** Cancelled, but still in some list. */
  dead = 0;
  /** Undefined for free slots and cancelled events. */
  readonly #items: (T | undefined)[] = new Array<T | undefined>(this.capacity).fill(undefined);
  #free = NONE;
  #unused = 0;

  get full(): boolean {
    return this.#free === NONE && this.#unused === this.capacity;
  }

  /** Must not be called while full. */
  take(time: number, order: number, tag: number, item: T): number {
    let slot = this.#free;
    if (slot === NONE) slot = this.#unused++;
    else this.#free = this.links[slot * LINK + NEXT]!;
    this.keys[slot * KEY] = time;
    this.keys[slot * KEY + ORDER] = order;
    this.links[slot * LINK + TAG] = tag;
    this.#items[slot] = item;
    this.live++;
    return slot;
  }

  idOf(slot: number): EventId {
    return this.links[slot * LINK + GENERATION]! * SLOT_LIMIT + slot;
  }

  tagOf(slot: number): number {
    return this.links[slot * LINK + TAG]!;
  }

  /** Frees the slot, which must be out of all lists, and returns its item. */
  release(slot: number): T | undefined {
    const item = this.#items[slot];
    this.#retire(slot);
    this.#putBack(slot);
    return item;
  }

  /** Lets go of the item; the slot stays in its list until somebody comes across it. False if the id is stale. */
  cancel(id: EventId): boolean {
    const slot = id & (SLOT_LIMIT - 1);
    if (id < 0 || slot >= this.#unused || this.idOf(slot) !== id) return false;
    this.#retire(slot);
    this.dead++;
    return true;
  }

  /**
   * True, and the slot freed, if the event was cancelled: it must just have been taken out of its list. Looking at the
   * item, not at a flag, brings it into the processor's cache while a list is walked.
   */
  reclaim(slot: number): boolean {
    if (this.#items[slot] !== undefined) return false;
    this.dead--;
    this.#putBack(slot);
    return true;
  }

  /** Doubles the room. Throws RangeError beyond 33 million events. */
  grow(): void {
    const old = this.capacity;
    if (old === SLOT_LIMIT) throw new RangeError(`more than ${SLOT_LIMIT} pending events`);
    this.capacity = 2 * old;
    const keys = new Float64Array(KEY * this.capacity);
    keys.set(this.keys);
    this.keys = keys;
    this.links = new Int32Array(keys.buffer);
    for (let i = old; i < this.capacity; i++) this.#items.push(undefined);
  }

  #retire(slot: number): void {
    const at = slot * LINK + GENERATION;
    this.links[at] = (this.links[at]! + 1) & GENERATION_MASK;
    this.#items[slot] = undefined;
    this.live--;
  }

  #putBack(slot: number): void {
    this.links[slot * LINK + NEXT] = this.#free;
    this.#free = slot;
  }
}
