/**
 * HOT PATH: the watches of one resource, filed by place so that a change meets only those that may want it.
 */
import type { Pod } from '../api/index.ts';
import type { Change, StoredObject } from './stored-object.ts';
import type { Watch } from './watch.ts';

type Shelf = Map<string, readonly Watch[]>;

export class WatchIndex {
  #general: readonly Watch[] = [];
  readonly #shelves = {
    name: new Map() as Shelf,
    node: new Map() as Shelf,
    namespace: new Map() as Shelf,
  } as const;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watch: Watch): void {
    this.#size++;
    const { by, value } = watch.selection.place;
    if (by === 'nothing') this.#general = [...this.#general, watch];
    else this.#shelves[by].set(value, [...(this.#shelves[by].get(value) ?? []), watch]);
  }

  remove(watch: Watch): void {
    this.#size--;
    const { by, value } = watch.selection.place;
    if (by === 'nothing') {
      this.#general = this.#general.filter((w) => w !== watch);
      return;
    }
    const shelf = this.#shelves[by];
    const rest = (shelf.get(value) ?? []).filter((w) => w !== watch);
    if (rest.length === 0) shelf.delete(value);
    else shelf.set(value, rest);
  }

  /** Offers the change to its interested watches: general ones first, each group in order of creation. */
  dispatch(change: Change): void {
    const { node, namespace, name } = this.#shelves;
    offerAll(this.#general, change, false);
    if (node.size > 0) dispatchByNode(node, change);
    if (namespace.size > 0) offerAll(namespace.get(change.object.metadata.namespace ?? ''), change, false);
    if (name.size > 0) offerAll(name.get(change.object.metadata.name), change, false);
  }
}

function dispatchByNode(shelf: Shelf, change: Change): void {
  const { object, previous } = change;
  const now = nodeNameOf(object);
  const before = previous === undefined || previous.spec === object.spec ? now : nodeNameOf(previous);
  const moved = before !== now;
  offerAll(shelf.get(now), change, moved);
  if (moved) offerAll(shelf.get(before), change, true);
}

function offerAll(watches: readonly Watch[] | undefined, change: Change, moved: boolean): void {
  if (watches !== undefined) for (let i = 0; i < watches.length; i++) watches[i]!.offer(change, moved);
}

const nodeNameOf = (object: StoredObject): string => (object as Pod).spec.nodeName ?? '';
