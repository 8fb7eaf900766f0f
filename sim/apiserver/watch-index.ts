/**
 * HOT PATH: the watches of one resource, indexed by trigger value so that a change meets only those that may want it.
 */
import { NodeWatches } from './node-watches.ts';
import type { Change } from './stored-object.ts';
import { offerAll, TriggerValues, WatchChain } from './trigger-values.ts';
import type { Watch } from './watch.ts';

export class WatchIndex {
  readonly #allWatches = new WatchChain();
  readonly #valueWatches = {
    name: new TriggerValues(),
    node: new NodeWatches(),
    namespace: new TriggerValues(),
  } as const;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watch: Watch): void {
    this.#size++;
    const { by, value } = watch.selection.trigger;
    if (by === 'nothing') this.#allWatches.add(watch);
    else this.#valueWatches[by].add(value, watch);
  }

  remove(watch: Watch): void {
    this.#size--;
    const { by, value } = watch.selection.trigger;
    if (by === 'nothing') this.#allWatches.remove(watch);
    else this.#valueWatches[by].remove(value, watch);
  }

  /** Offers the change to its interested watches: general ones first, each group in order of creation. */
  dispatch(change: Change): void {
    const { node, namespace, name } = this.#valueWatches;
    offerAll(this.#allWatches.first, change, 'stays');
    if (node.size > 0) node.dispatch(change);
    if (namespace.size > 0) offerAll(namespace.of(change.object.metadata.namespace ?? ''), change, 'stays');
    if (name.size > 0) offerAll(name.of(change.object.metadata.name), change, 'stays');
  }
}
