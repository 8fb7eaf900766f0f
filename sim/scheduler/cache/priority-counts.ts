/** How many placed pods have which priority: where none is less important, nobody can be preempted. */
interface Count {
  readonly priority: number;
  pods: number;
}

export class PriorityCounts {
  /** Most pods have the priority of the one before. */
  #last: Count = { priority: 0, pods: 0 };
  readonly #counts = new Map<number, Count>([[0, this.#last]]);
  #lowest = Number.POSITIVE_INFINITY;

  /** The least priority of any pod on a node; Infinity if there are no pods. */
  get lowest(): number {
    return this.#lowest;
  }

  add(priority: number): void {
    const count = this.#countOf(priority);
    count.pods++;
    if (priority < this.#lowest) this.#lowest = priority;
  }

  /** O(1), or O(distinct priorities) when the last pod of the lowest goes. */
  remove(priority: number): void {
    const count = this.#countOf(priority);
    if (--count.pods === 0 && priority === this.#lowest) this.#lowest = this.#lowestOfAll();
  }

  #countOf(priority: number): Count {
    if (this.#last.priority === priority) return this.#last;
    let count = this.#counts.get(priority);
    if (count === undefined) this.#counts.set(priority, (count = { priority, pods: 0 }));
    this.#last = count;
    return count;
  }

  #lowestOfAll(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { priority, pods } of this.#counts.values())
      if (pods > 0 && priority < lowest) lowest = priority;
    return lowest;
  }
}
