/** What was used longest ago is given up first: its members form a list from the oldest to the latest use, and who keeps them finds them. */
import { type Linked, LinkedList } from '../engine/index.ts';

export class LruList<T extends Linked<T>> {
  readonly #capacity: number;
  readonly #members = new LinkedList<T>();
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** O(1). */
  use(member: T): void {
    if (member === this.#members.last) return;
    this.#members.remove(member);
    this.#members.add(member);
  }

  /** Counts as a use. Returns what had to go for it, if anything. O(1). */
  add(member: T): T | undefined {
    const gone = this.#size < this.#capacity ? undefined : this.#members.first;
    if (gone === undefined) this.#size++;
    else this.#members.remove(gone);
    this.#members.add(member);
    return gone;
  }
}
