/**
 * Which selectors of a namespace match a set of labels, without trying them all: each selector is filed under one of
 * the label values it demands. Kubernetes lists every selector of the namespace instead; the answer is the same.
 */
import { type LabelSelector, type Labels, matchesSelector } from '../api/index.ts';

interface Filed {
  readonly key: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
}

type Bucket = Map<string, Filed>;

/** The selectors of one namespace. */
class Drawer {
  /** Label name → value → selectors filed there. */
  readonly filed = new Map<string, Map<string, Bucket>>();
  /** Selectors that demand no value. */
  readonly rest: Bucket = new Map();
  /** How many selectors look at each label. */
  readonly names = new Map<string, number>();

  bucketOf({ matchLabels }: LabelSelector): Bucket {
    // The last pair: the first is usually the application, the last tells revisions and tracks apart.
    let name: string | undefined;
    for (const key in matchLabels) name = key;
    if (name === undefined) return this.rest;
    const value = matchLabels![name]!;
    let byValue = this.filed.get(name);
    if (byValue === undefined) this.filed.set(name, (byValue = new Map()));
    let bucket = byValue.get(value);
    if (bucket === undefined) byValue.set(value, (bucket = new Map()));
    return bucket;
  }

  drop({ key, selector }: Filed): void {
    const bucket = this.bucketOf(selector);
    bucket.delete(key);
    this.countNames(selector, -1);
    if (bucket.size > 0 || bucket === this.rest) return;
    for (const name in selector.matchLabels) {
      const byValue = this.filed.get(name);
      if (byValue?.get(selector.matchLabels[name]!) === bucket) byValue.delete(selector.matchLabels[name]!);
      if (byValue?.size === 0) this.filed.delete(name);
    }
  }

  countNames({ matchLabels, matchExpressions }: LabelSelector, change: 1 | -1): void {
    for (const name in matchLabels) this.#count(name, change);
    for (const { key } of matchExpressions ?? []) this.#count(key, change);
  }

  #count(name: string, change: 1 | -1): void {
    const count = (this.names.get(name) ?? 0) + change;
    if (count === 0) this.names.delete(name);
    else this.names.set(name, count);
  }
}

export class SelectorIndex {
  readonly #filed = new Map<string, Filed>();
  readonly #drawers = new Map<string, Drawer>();

  /** Files or replaces the selector of the object `key` ("namespace/name"); false if it is the one filed already. */
  set(key: string, namespace: string, selector: LabelSelector): boolean {
    const known = this.#filed.get(key);
    if (known?.selector === selector) return false;
    if (known !== undefined) this.delete(key);
    const filed = { key, namespace, selector };
    this.#filed.set(key, filed);
    let drawer = this.#drawers.get(namespace);
    if (drawer === undefined) this.#drawers.set(namespace, (drawer = new Drawer()));
    drawer.bucketOf(selector).set(key, filed);
    drawer.countNames(selector, 1);
    return true;
  }

  delete(key: string): void {
    const filed = this.#filed.get(key);
    if (filed === undefined) return;
    this.#filed.delete(key);
    this.#drawers.get(filed.namespace)!.drop(filed);
  }

  /** Keys of the objects of `namespace` whose selector matches `labels`. O(labels + candidates). */
  matching(namespace: string, labels: Labels | undefined): readonly string[] {
    const drawer = this.#drawers.get(namespace);
    if (drawer === undefined) return NONE;
    let found: string[] | undefined;
    for (const name in labels) {
      const bucket = drawer.filed.get(name)?.get(labels[name]!);
      if (bucket !== undefined && bucket.size > 0) found = collect(bucket, labels, found);
    }
    if (drawer.rest.size > 0) found = collect(drawer.rest, labels, found);
    return found ?? NONE;
  }

  /** False if no selector of the namespace looks at a label in which the two differ. */
  mayDiffer(namespace: string, a: Labels | undefined, b: Labels | undefined): boolean {
    if (a === b) return false;
    const drawer = this.#drawers.get(namespace);
    if (drawer === undefined) return false;
    for (const name of drawer.names.keys()) if (a?.[name] !== b?.[name]) return true;
    return false;
  }
}

const NONE: readonly string[] = [];

function collect(
  bucket: Bucket,
  labels: Labels | undefined,
  found: string[] | undefined,
): string[] | undefined {
  let keys = found;
  for (const { key, selector } of bucket.values()) {
    if (!matchesSelector(selector, labels)) continue;
    keys ??= [];
    keys.push(key);
  }
  return keys;
}

const selectors = new WeakMap<Labels, LabelSelector>();

/** A plain map as a selector: the same object each time, so that it can be compared by identity. */
export function selectorOfLabels(labels: Labels): LabelSelector {
  let selector = selectors.get(labels);
  if (selector === undefined) {
    selector = { matchLabels: labels };
    selectors.set(labels, selector);
  }
  return selector;
}
