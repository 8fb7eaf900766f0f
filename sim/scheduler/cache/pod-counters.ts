/** Counts of running pods by node: of those that match a selector, and of those that carry an affinity term. */
import { isTerminating, type Pod, type Selector } from '../../api/index.ts';
import type { AffinityTerm } from './affinity-terms.ts';
import { RowCounts } from './row-counts.ts';

/** Which pods to count. */
export interface PodQuery {
  /** Undefined: all. */
  readonly namespaces: ReadonlySet<string> | undefined;
  /** All of them must match. */
  readonly selectors: readonly Selector[];
  /** Whether pods that are being deleted count. */
  readonly countTerminating: boolean;
}

export class MatchCounter implements PodQuery {
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selectors: readonly Selector[];
  readonly countTerminating: boolean;
  readonly rows: RowCounts;
  readonly text: string;
  lastUsed = 0;
  /** No longer kept up to date. */
  dropped = false;

  constructor(query: PodQuery, text: string, capacity: number) {
    this.namespaces = query.namespaces;
    this.selectors = query.selectors;
    this.countTerminating = query.countTerminating;
    this.text = text;
    this.rows = new RowCounts(capacity);
  }

  /** Whether a pod whose labels match counts. */
  covers(pod: Pod): boolean {
    return (
      (this.countTerminating || !isTerminating(pod)) &&
      (this.namespaces === undefined || this.namespaces.has(pod.metadata.namespace ?? ''))
    );
  }

  /** Whether `pod` counts. */
  matches(pod: Pod): boolean {
    if (!this.covers(pod)) return false;
    for (const selector of this.selectors) if (!selector.matches(pod.metadata.labels)) return false;
    return true;
  }
}

/** How a running pod's term bears on an incoming pod that it selects. */
export type TermKind = 'affinity' | 'antiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity';

/** One term, and the pods by node that carry it (the sum of their weights, if preferred). */
export class TermCounter {
  readonly term: AffinityTerm;
  readonly rows: RowCounts;
  readonly selectors: readonly Selector[];

  constructor(term: AffinityTerm, capacity: number) {
    this.term = term;
    this.selectors = [term.selector];
    this.rows = new RowCounts(capacity);
  }
}
