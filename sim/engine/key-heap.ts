/**
 * HOT PATH: a binary min-heap of (time, order, slot) in three typed arrays. The calendar's near future.
 * Keys are unique by `order` among equal times, so that the order is total. Oracle: test/support/naive-calendar.ts.
 */
export class KeyHeap {
  size = 0;
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #slots = new Int32Array(64);

  /** Smallest time; undefined behaviour if empty (the caller looks at `size`). */
  get time(): number {
    return this.#times[0]!;
  }

  get order(): number {
    return this.#orders[0]!;
  }

  get slot(): number {
    return this.#slots[0]!;
  }

  /** Slot at heap position `i`, in no useful order. */
  slotAt(i: number): number {
    return this.#slots[i]!;
  }

  clear(): void {
    this.size = 0;
  }

  /** O(log n), O(1) on average. */
  push(time: number, order: number, slot: number): void {
    let i = this.size++;
    if (i === this.#times.length) this.#grow();
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[i] = parentTime;
      orders[i] = orders[parent]!;
      slots[i] = slots[parent]!;
      i = parent;
    }
    times[i] = time;
    orders[i] = order;
    slots[i] = slot;
  }

  /** Removes the smallest and returns its slot. O(log n). */
  pop(): number {
    const n = --this.size;
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    const time = times[n]!;
    const order = orders[n]!;
    const first = slots[0]!;
    let i = 0;
    for (let child = 1; child < n; child = 2 * i + 1) {
      let childTime = times[child]!;
      const right = child + 1;
      if (right < n) {
        const rightTime = times[right]!;
        if (rightTime < childTime || (rightTime === childTime && orders[right]! < orders[child]!)) {
          child = right;
          childTime = rightTime;
        }
      }
      if (time < childTime || (time === childTime && order < orders[child]!)) break;
      times[i] = childTime;
      orders[i] = orders[child]!;
      slots[i] = slots[child]!;
      i = child;
    }
    times[i] = time;
    orders[i] = order;
    slots[i] = slots[n]!;
    return first;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const orders = new Float64Array(capacity);
    const slots = new Int32Array(capacity);
    times.set(this.#times);
    orders.set(this.#orders);
    slots.set(this.#slots);
    this.#times = times;
    this.#orders = orders;
    this.#slots = slots;
  }
}
