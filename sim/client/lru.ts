/** What was used longest ago is given up first: its members form a list from the oldest to the latest use, and who keeps them finds them. */
export interface Linked<T> {
  older: T | undefined;
  newer: T | undefined;
}

export class LruList<T extends Linked<T>> {
  readonly #capacity: number;
  #size = 0;
  #oldest: T | undefined;
  #latest: T | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** O(1). */
  use(member: T): void {
    if (member === this.#latest) return;
    this.#unlink(member);
    this.#append(member);
  }

  /** Counts as a use. Returns what had to go for it, if anything. O(1). */
  add(member: T): T | undefined {
    const gone = this.#size < this.#capacity ? undefined : this.#oldest;
    if (gone === undefined) this.#size++;
    else this.#unlink(gone);
    this.#append(member);
    return gone;
  }

  #unlink({ older, newer }: T): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#latest = older;
    else newer.older = older;
  }

  #append(member: T): void {
    member.older = this.#latest;
    member.newer = undefined;
    if (this.#latest === undefined) this.#oldest = member;
    else this.#latest.newer = member;
    this.#latest = member;
  }
}
