/**
 * HOT PATH: a binary min-heap of (key, order, slot) in three typed arrays: what is next by key, and of equal keys by `order`,
 * which the caller never gives twice for one key: so the order is total. Oracle: test/support/engine/naive-calendar.ts.
 */
export class KeyHeap {
  size = 0;
  #keys = new Float64Array(64);
  #orders = new Float64Array(64);
  #slots = new Int32Array(64);

  /** Smallest key; undefined behaviour if empty (the caller looks at `size`). */
  get key(): number {
    return this.#keys[0]!;
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
  push(key: number, order: number, slot: number): void {
    let i = this.size++;
    if (i === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const orders = this.#orders;
    const slots = this.#slots;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const parentKey = keys[parent]!;
      if (parentKey < key || (parentKey === key && orders[parent]! < order)) break;
      keys[i] = parentKey;
      orders[i] = orders[parent]!;
      slots[i] = slots[parent]!;
      i = parent;
    }
    keys[i] = key;
    orders[i] = order;
    slots[i] = slot;
  }

  /** Removes the smallest and returns its slot. O(log n). */
  pop(): number {
    const n = --this.size;
    const keys = this.#keys;
    const orders = this.#orders;
    const slots = this.#slots;
    const key = keys[n]!;
    const order = orders[n]!;
    const first = slots[0]!;
    let i = 0;
    for (let child = 1; child < n; child = 2 * i + 1) {
      let childKey = keys[child]!;
      const right = child + 1;
      if (right < n) {
        const rightKey = keys[right]!;
        if (rightKey < childKey || (rightKey === childKey && orders[right]! < orders[child]!)) {
          child = right;
          childKey = rightKey;
        }
      }
      if (key < childKey || (key === childKey && order < orders[child]!)) break;
      keys[i] = childKey;
      orders[i] = orders[child]!;
      slots[i] = slots[child]!;
      i = child;
    }
    keys[i] = key;
    orders[i] = order;
    slots[i] = slots[n]!;
    return first;
  }

  #grow(): void {
    const capacity = this.#keys.length * 2;
    const keys = new Float64Array(capacity);
    const orders = new Float64Array(capacity);
    const slots = new Int32Array(capacity);
    keys.set(this.#keys);
    orders.set(this.#orders);
    slots.set(this.#slots);
    this.#keys = keys;
    this.#orders = orders;
    this.#slots = slots;
  }
}
