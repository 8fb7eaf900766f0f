/**
 * HOT PATH: the watches of single nodes' pods. A pod's node is in its spec, and a spec does not change: what follows from the spec that
 * was seen last at a pod's slot is kept there, so that of a pod's many changes only its binding looks up a name.
 */
import type { Pod } from '../api/index.ts';
import { fillTo } from '../engine/index.ts';
import type { Change, StoredObject } from './stored-object.ts';
import { offerAll, TriggerValues } from './trigger-values.ts';
import type { Watch } from './watch.ts';

export class NodeWatches {
  readonly #byName = new TriggerValues();
  /** By slot: a spec, and the first watch of its node. */
  #specs: unknown[] = [];
  #watches: (Watch | undefined)[] = [];

  get size(): number {
    return this.#byName.size;
  }

  add(node: string, watch: Watch): void {
    this.#byName.add(node, watch);
    this.#forget();
  }

  remove(node: string, watch: Watch): void {
    this.#byName.remove(node, watch);
    this.#forget();
  }

  #forget(): void {
    this.#specs = [];
    this.#watches = [];
  }

  /** A pod that is bound enters its node's watches. */
  dispatch(change: Change): void {
    const { slot, object, previous } = change;
    if (previous === undefined || previous.spec === object.spec) {
      offerAll(this.#of(slot, object), change, 'stays');
      return;
    }
    const before = this.#of(slot, previous);
    const now = this.#of(slot, object);
    if (before === now) offerAll(now, change, 'stays');
    else {
      offerAll(now, change, 'enters');
      offerAll(before, change, 'leaves');
    }
  }

  #of(slot: number, object: StoredObject): Watch | undefined {
    const { spec } = object;
    if (this.#specs[slot] === spec) return this.#watches[slot];
    const first = this.#byName.of((object as Pod).spec.nodeName ?? '');
    fillTo(this.#specs, slot, undefined);
    fillTo(this.#watches, slot, undefined);
    this.#specs[slot] = spec;
    this.#watches[slot] = first;
    return first;
  }
}
