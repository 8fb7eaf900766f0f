/**
 * HOT PATH: which selectors of a namespace match a set of labels, without trying them all: each selector is filed under one of
 * the label values it demands. Kubernetes lists every selector of the namespace instead; the answer is the same.
 */
import type { LabelSelector, Labels } from '../api/index.ts';
import { matchesSelector } from '../api/index.ts';

interface Filed {
  readonly key: string;
  readonly selector: LabelSelector;
  readonly bucket: string;
}

export class SelectorIndex {
  readonly #filed = new Map<string, Filed>();
  readonly #buckets = new Map<string, Map<string, Filed>>();

  /** Files or replaces the selector of the object `key` ("namespace/name"); false if it is the one filed already. */
  set(key: string, namespace: string, selector: LabelSelector): boolean {
    const known = this.#filed.get(key);
    if (known?.selector === selector) return false;
    if (known !== undefined) this.delete(key);
    const filed = { key, selector, bucket: bucketOf(namespace, selector) };
    this.#filed.set(key, filed);
    let bucket = this.#buckets.get(filed.bucket);
    if (bucket === undefined) this.#buckets.set(filed.bucket, (bucket = new Map()));
    bucket.set(key, filed);
    return true;
  }

  delete(key: string): void {
    const filed = this.#filed.get(key);
    if (filed === undefined) return;
    this.#filed.delete(key);
    const bucket = this.#buckets.get(filed.bucket)!;
    bucket.delete(key);
    if (bucket.size === 0) this.#buckets.delete(filed.bucket);
  }

  /** Keys of the objects of `namespace` whose selector matches `labels`. O(labels + candidates). */
  matching(namespace: string, labels: Labels | undefined): readonly string[] {
    if (this.#filed.size === 0) return NONE;
    let found: string[] | undefined;
    for (const name in labels) found = this.#collect(`${namespace}/${name}=${labels[name]}`, labels, found);
    return this.#collect(`${namespace}/`, labels, found) ?? NONE;
  }

  #collect(bucket: string, labels: Labels | undefined, found: string[] | undefined): string[] | undefined {
    const filed = this.#buckets.get(bucket);
    if (filed === undefined) return found;
    let keys = found;
    for (const { key, selector } of filed.values())
      if (matchesSelector(selector, labels)) (keys ??= []).push(key);
    return keys;
  }
}

const NONE: readonly string[] = [];

function bucketOf(namespace: string, selector: LabelSelector): string {
  const labels = selector.matchLabels;
  // The last pair: the first is usually the application, the last tells revisions and tracks apart.
  let bucket = `${namespace}/`;
  for (const name in labels) bucket = `${namespace}/${name}=${labels[name]}`;
  return bucket;
}

const selectors = new WeakMap<Labels, LabelSelector>();

/** A plain map as a selector: the same object each time, so that it can be compared by identity. */
export function selectorOfLabels(labels: Labels): LabelSelector {
  let selector = selectors.get(labels);
  if (selector === undefined) selectors.set(labels, (selector = { matchLabels: labels }));
  return selector;
}
