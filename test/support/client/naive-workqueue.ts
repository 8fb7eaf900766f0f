/** The work queue in plain words: one list of facts, scanned anew at every step. Oracle of sim/client/workqueue.ts. */
interface Item {
  readonly key: string;
  wanted: boolean;
  working: boolean;
  /** Place in the line, 0 if not in it. */
  place: number;
}

export class NaiveWorkQueue {
  #items: Item[] = [];
  #waiting: { key: string; left: number; order: number }[] = [];
  #places = 0;
  #order = 0;

  get length(): number {
    return this.#items.filter((item) => item.place > 0).length;
  }

  add(key: string): void {
    const item = this.#item(key);
    if (item.wanted) return;
    item.wanted = true;
    if (!item.working) item.place = ++this.#places;
  }

  get(): string | undefined {
    const line = this.#items.filter((item) => item.place > 0).sort((a, b) => a.place - b.place);
    const first = line[0];
    if (first === undefined) return undefined;
    first.place = 0;
    first.wanted = false;
    first.working = true;
    return first.key;
  }

  isWorking(key: string): boolean {
    return this.#item(key).working;
  }

  done(key: string): void {
    const item = this.#item(key);
    item.working = false;
    if (item.wanted && item.place === 0) item.place = ++this.#places;
  }

  addAfter(key: string, us: number): void {
    if (us <= 0) {
      this.add(key);
      return;
    }
    const known = this.#waiting.find((wait) => wait.key === key);
    if (known !== undefined && known.left <= us) return;
    this.#waiting = this.#waiting.filter((wait) => wait !== known);
    this.#waiting.push({ key, left: us, order: ++this.#order });
  }

  pass(us: number): void {
    const due = this.#waiting
      .filter((wait) => wait.left <= us)
      .sort((a, b) => a.left - b.left || a.order - b.order);
    this.#waiting = this.#waiting
      .filter((wait) => wait.left > us)
      .map((wait) => ({ ...wait, left: wait.left - us }));
    for (const { key } of due) this.add(key);
  }

  #item(key: string): Item {
    let item = this.#items.find((known) => known.key === key);
    if (item === undefined) {
      item = { key, wanted: false, working: false, place: 0 };
      this.#items.push(item);
    }
    return item;
  }
}
