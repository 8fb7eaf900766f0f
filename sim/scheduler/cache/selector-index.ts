/**
 * Which of many registered selectors match a set of labels, without trying them all: a selector that fixes a label to one
 * of a few values is found under that value.
 */
import type { Labels, Selector } from '../../api/index.ts';
import { fixedLabel } from './pods-by-label.ts';

export interface Selecting {
  /** All of them must match. */
  readonly selectors: readonly Selector[];
}

export class SelectorIndex<T extends Selecting> {
  /** Label key → value → items that require it. */
  readonly #byValue = new Map<string, Map<string, T[]>>();
  readonly #others: T[] = [];
  size = 0;

  add(item: T): void {
    this.size++;
    for (const list of this.#listsOf(item)) list.push(item);
  }

  remove(item: T): void {
    this.size--;
    for (const list of this.#listsOf(item)) {
      const at = list.indexOf(item);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** Appends the items all of whose selectors match `labels`, each once. */
  matching(labels: Labels | undefined, found: T[]): void {
    for (const item of this.#others) if (matchesAll(item, labels)) found.push(item);
    for (const [key, byValue] of this.#byValue) {
      const value = labels?.[key];
      const items = value === undefined ? undefined : byValue.get(value);
      if (items !== undefined) for (const item of items) if (matchesAll(item, labels)) found.push(item);
    }
  }

  #listsOf(item: T): T[][] {
    const fixed = fixedLabel(item.selectors);
    if (fixed === undefined) return [this.#others];
    let byValue = this.#byValue.get(fixed.key);
    if (byValue === undefined) {
      byValue = new Map();
      this.#byValue.set(fixed.key, byValue);
    }
    const lists: T[][] = [];
    for (const value of fixed.values) {
      let list = byValue.get(value);
      if (list === undefined) {
        list = [];
        byValue.set(value, list);
      }
      lists.push(list);
    }
    return lists;
  }
}

function matchesAll(item: Selecting, labels: Labels | undefined): boolean {
  for (const selector of item.selectors) if (!selector.matches(labels)) return false;
  return true;
}
