/**
 * HOT PATH: the watches of one resource, indexed by trigger value so that a change meets only those that may want it.
 */
import type { Pod } from '../api/index.ts';
import type { Change, StoredObject } from './stored-object.ts';
import type { Watch } from './watch.ts';

type WatchersMap = Map<string, readonly Watch[]>;

export class WatchIndex {
  #allWatchers: readonly Watch[] = [];
  readonly #valueWatchers = {
    name: new Map() as WatchersMap,
    node: new Map() as WatchersMap,
    namespace: new Map() as WatchersMap,
  } as const;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watch: Watch): void {
    this.#size++;
    const { by, value } = watch.selection.trigger;
    if (by === 'nothing') this.#allWatchers = [...this.#allWatchers, watch];
    else this.#valueWatchers[by].set(value, [...(this.#valueWatchers[by].get(value) ?? []), watch]);
  }

  remove(watch: Watch): void {
    this.#size--;
    const { by, value } = watch.selection.trigger;
    if (by === 'nothing') {
      this.#allWatchers = this.#allWatchers.filter((w) => w !== watch);
      return;
    }
    const watchers = this.#valueWatchers[by];
    const rest = (watchers.get(value) ?? []).filter((w) => w !== watch);
    if (rest.length === 0) watchers.delete(value);
    else watchers.set(value, rest);
  }

  /** Offers the change to its interested watches: general ones first, each group in order of creation. */
  dispatch(change: Change): void {
    const { node, namespace, name } = this.#valueWatchers;
    offerAll(this.#allWatchers, change, false);
    if (node.size > 0) dispatchByNode(node, change);
    if (namespace.size > 0) offerAll(namespace.get(change.object.metadata.namespace ?? ''), change, false);
    if (name.size > 0) offerAll(name.get(change.object.metadata.name), change, false);
  }
}

function dispatchByNode(watchers: WatchersMap, change: Change): void {
  const { object, previous } = change;
  const now = nodeNameOf(object);
  const before = previous === undefined || previous.spec === object.spec ? now : nodeNameOf(previous);
  const retriggered = before !== now;
  offerAll(watchers.get(now), change, retriggered);
  if (retriggered) offerAll(watchers.get(before), change, true);
}

function offerAll(watches: readonly Watch[] | undefined, change: Change, retriggered: boolean): void {
  if (watches !== undefined) for (let i = 0; i < watches.length; i++) watches[i]!.offer(change, retriggered);
}

const nodeNameOf = (object: StoredObject): string => (object as Pod).spec.nodeName ?? '';
