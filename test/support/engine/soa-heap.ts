/** A calendar without cancel: one binary heap of typed arrays, as plain as it gets. What the ladder queue must beat. */
import { KeyHeap } from '../../../sim/engine/index.ts';

export class SoaHeapCalendar<T> {
  poppedTime = 0;
  readonly #heap = new KeyHeap();
  readonly #items: (T | undefined)[] = [];
  readonly #free: number[] = [];
  #sequence = 0;

  push(time: number, phase: number, item: T): void {
    const slot = this.#free.pop() ?? this.#items.length;
    this.#items[slot] = item;
    this.#heap.push(time, phase * 2 ** 49 + this.#sequence++, slot);
  }

  pop(): T | undefined {
    this.poppedTime = this.#heap.key;
    const slot = this.#heap.pop();
    const item = this.#items[slot];
    this.#items[slot] = undefined;
    this.#free.push(slot);
    return item;
  }
}
