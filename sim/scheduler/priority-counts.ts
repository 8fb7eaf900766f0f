/** How many placed pods have which priority: where none is less important, nobody can be preempted. */
export class PriorityCounts {
  readonly #pods = new Map<number, number>();
  #lowest = Number.POSITIVE_INFINITY;

  /** The least priority of any pod on a node; Infinity if there are no pods. */
  get lowest(): number {
    return this.#lowest;
  }

  add(priority: number): void {
    this.#pods.set(priority, (this.#pods.get(priority) ?? 0) + 1);
    if (priority < this.#lowest) this.#lowest = priority;
  }

  /** O(1), or O(distinct priorities) when the last pod of the lowest goes. */
  remove(priority: number): void {
    const left = this.#pods.get(priority)! - 1;
    if (left > 0) {
      this.#pods.set(priority, left);
      return;
    }
    this.#pods.delete(priority);
    if (priority === this.#lowest) this.#lowest = Math.min(...this.#pods.keys());
  }
}
