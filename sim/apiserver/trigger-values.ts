/** Watches by the trigger value that each is for: a namespace, a name, a node. */
import type { Change } from './stored-object.ts';
import type { Passage, Watch } from './watch.ts';

export class TriggerValues {
  readonly #watches = new Map<string, readonly Watch[]>();

  /** Of the values that a watch is for. */
  get size(): number {
    return this.#watches.size;
  }

  /** In order of creation; a list that is handed out never changes. O(1). */
  of(value: string): readonly Watch[] {
    return this.#watches.get(value) ?? NONE;
  }

  add(value: string, watch: Watch): void {
    this.#watches.set(value, [...this.of(value), watch]);
  }

  remove(value: string, watch: Watch): void {
    const rest = this.of(value).filter((w) => w !== watch);
    if (rest.length === 0) this.#watches.delete(value);
    else this.#watches.set(value, rest);
  }
}

export const NONE: readonly Watch[] = [];

export function offerAll(watches: readonly Watch[], change: Change, passage: Passage): void {
  for (let i = 0; i < watches.length; i++) watches[i]!.offer(change, passage);
}
