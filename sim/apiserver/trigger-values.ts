/** Watches by the trigger value that each is for: a namespace, a name, a node. */
import type { Change } from './stored-object.ts';
import type { Passage, Watch } from './watch.ts';

/**
 * Watches in order of creation, each of which leads to the next: most values have one, and nothing stands between it and whoever
 * looks for it. A walk may go on while watches come and go.
 */
export class WatchChain {
  #first: Watch | undefined;
  #last: Watch | undefined;

  get first(): Watch | undefined {
    return this.#first;
  }

  /** O(1). */
  add(watch: Watch): void {
    if (this.#last === undefined) this.#first = watch;
    else this.#last.next = watch;
    this.#last = watch;
  }

  /** One that was added; it still leads to those behind it. O(watches before it). */
  remove(watch: Watch): void {
    let before: Watch | undefined;
    for (let at = this.#first; at !== watch && at !== undefined; at = at.next) before = at;
    if (before === undefined) this.#first = watch.next;
    else before.next = watch.next;
    if (this.#last === watch) this.#last = before;
  }
}

export class TriggerValues {
  readonly #watches = new Map<string, WatchChain>();

  /** Of the values that a watch is for. */
  get size(): number {
    return this.#watches.size;
  }

  /** The first. O(1). */
  of(value: string): Watch | undefined {
    return this.#watches.get(value)?.first;
  }

  add(value: string, watch: Watch): void {
    let chain = this.#watches.get(value);
    if (chain === undefined) this.#watches.set(value, (chain = new WatchChain()));
    chain.add(watch);
  }

  remove(value: string, watch: Watch): void {
    const chain = this.#watches.get(value);
    chain?.remove(watch);
    if (chain?.first === undefined) this.#watches.delete(value);
  }
}

/** Offers the change to that watch and those behind it. */
export function offerAll(first: Watch | undefined, change: Change, passage: Passage): void {
  for (let watch = first; watch !== undefined; watch = watch.next) watch.offer(change, passage);
}
