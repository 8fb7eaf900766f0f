/** Lists of taints as small integers: most nodes carry one of a few lists, so a verdict per list serves all of them. */
import type { Taint } from '../../api/index.ts';

const NONE: readonly Taint[] = [];

export class TaintSets {
  readonly #ids = new Map<string, number>([['[]', 0]]);
  readonly #sets: (readonly Taint[])[] = [NONE];
  /** Nodes with a NoSchedule or NoExecute taint. */
  hardNodes = 0;
  /** Nodes with a PreferNoSchedule taint. */
  softNodes = 0;

  /** Number of known sets: the length of an array indexed by set. */
  get size(): number {
    return this.#sets.length;
  }

  taintsOf(id: number): readonly Taint[] {
    return this.#sets[id] ?? NONE;
  }

  /** A node changes from set `before` to `taints`; returns the new set's number. */
  replace(before: number, taints: readonly Taint[] | undefined): number {
    const after = taints === undefined || taints.length === 0 ? 0 : this.#intern(taints);
    if (after !== before) {
      this.#count(before, -1);
      this.#count(after, 1);
    }
    return after;
  }

  #intern(taints: readonly Taint[]): number {
    const text = JSON.stringify(taints.map(({ key, value, effect }) => [key, value ?? '', effect]));
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#sets.push(taints) - 1;
      this.#ids.set(text, id);
    }
    return id;
  }

  #count(id: number, nodes: 1 | -1): void {
    const taints = this.taintsOf(id);
    if (taints.some((taint) => taint.effect !== 'PreferNoSchedule')) this.hardNodes += nodes;
    if (taints.some((taint) => taint.effect === 'PreferNoSchedule')) this.softNodes += nodes;
  }
}
