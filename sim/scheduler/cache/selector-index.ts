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

/** Items that require one of the values of a label, by value. */
interface FixedLabels<T> {
  readonly key: string;
  readonly byValue: Map<string, T[]>;
}

export class SelectorIndex<T extends Selecting> {
  readonly #labels: FixedLabels<T>[] = [];
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
    for (const { key, byValue } of this.#labels) {
      const value = labels?.[key];
      const items = value === undefined ? undefined : byValue.get(value);
      if (items !== undefined) for (const item of items) if (matchesAll(item, labels)) found.push(item);
    }
  }

  #listsOf(item: T): T[][] {
    const fixed = fixedLabel(item.selectors);
    if (fixed === undefined) return [this.#others];
    const byValue = this.#byValueOf(fixed.key);
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

  #byValueOf(key: string): Map<string, T[]> {
    for (const known of this.#labels) if (known.key === key) return known.byValue;
    const byValue = new Map<string, T[]>();
    this.#labels.push({ key, byValue });
    return byValue;
  }
}

function matchesAll(item: Selecting, labels: Labels | undefined): boolean {
  for (const selector of item.selectors) if (!selector.matches(labels)) return false;
  return true;
}
