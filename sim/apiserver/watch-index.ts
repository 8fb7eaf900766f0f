/**
 * HOT PATH: the watches of one resource, filed so that a change meets only those that may want it: by pinned name, by pinned
 * spec.nodeName (pods), by namespace, or general.
 */
import type { Pod } from '../api/index.ts';
import type { Change, StoredObject } from './stored-object.ts';
import type { Watch } from './watch.ts';

type Shelf = Map<string, readonly Watch[]>;

export class WatchIndex {
  #general: readonly Watch[] = [];
  readonly #byName: Shelf = new Map();
  readonly #byNode: Shelf = new Map();
  readonly #byNamespace: Shelf = new Map();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watch: Watch): void {
    this.#size++;
    const [shelf, place] = this.#place(watch);
    if (shelf === undefined) this.#general = [...this.#general, watch];
    else shelf.set(place, [...(shelf.get(place) ?? []), watch]);
  }

  remove(watch: Watch): void {
    this.#size--;
    const [shelf, place] = this.#place(watch);
    if (shelf === undefined) {
      this.#general = this.#general.filter((w) => w !== watch);
      return;
    }
    const rest = (shelf.get(place) ?? []).filter((w) => w !== watch);
    if (rest.length === 0) shelf.delete(place);
    else shelf.set(place, rest);
  }

  /** Offers the change to its interested watches: general ones first, each group in order of creation. */
  dispatch(change: Change): void {
    offerAll(this.#general, change);
    if (this.#byNode.size > 0) this.#dispatchByNode(change);
    if (this.#byNamespace.size > 0)
      offerAll(this.#byNamespace.get(change.object.metadata.namespace ?? ''), change);
    if (this.#byName.size > 0) offerAll(this.#byName.get(change.object.metadata.name), change);
  }

  #dispatchByNode(change: Change): void {
    const now = nodeNameOf(change.object);
    offerAll(this.#byNode.get(now), change);
    if (change.previous === undefined) return;
    const before = nodeNameOf(change.previous);
    if (before !== now) offerAll(this.#byNode.get(before), change);
  }

  #place(watch: Watch): readonly [Shelf | undefined, string] {
    const { fields, namespace, resource } = watch.selection;
    if (fields !== undefined) {
      const name = fields.pinned('metadata.name');
      if (name !== undefined) return [this.#byName, name];
      const node = resource === 'pods' ? fields.pinned('spec.nodeName') : undefined;
      if (node !== undefined) return [this.#byNode, node];
    }
    return namespace === undefined ? [undefined, ''] : [this.#byNamespace, namespace];
  }
}

function offerAll(watches: readonly Watch[] | undefined, change: Change): void {
  if (watches !== undefined) for (let i = 0; i < watches.length; i++) watches[i]!.offer(change);
}

const nodeNameOf = (object: StoredObject): string => (object as Pod).spec?.nodeName ?? '';
