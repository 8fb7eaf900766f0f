/**
 * Counts of running pods by node, for the selectors that topology spread and inter-pod affinity ask about, and of
 * the affinity terms that running pods carry. Each is counted once when first asked for and then kept pod by pod.
 */
import { isTerminating, type Labels, type Pod, type Selector } from '../../api/index.ts';
import { type AffinityTerm, NO_TERMS, podTerms, selectorText } from './affinity-terms.ts';
import type { CarriedTerm, PlacedPod } from './placed-pod.ts';
import { MatchCounter, type PodQuery, TermCounter, type TermKind } from './pod-counters.ts';
import { fixedLabel, PodsByLabel } from './pods-by-label.ts';
import { SelectorIndex } from './selector-index.ts';

/** Counters kept; the least recently used go first. A dropped one is counted afresh when asked for again. */
const MATCH_LIMIT = 1024;
/** Term counters kept before those that no pod carries are dropped. */
const TERM_LIMIT = 4096;
const KINDS: readonly TermKind[] = ['affinity', 'antiAffinity', 'preferredAffinity', 'preferredAntiAffinity'];

/** The pods to be counted, by row; the snapshot's. */
export interface PodRows {
  readonly capacity: number;
  readonly pods: readonly (readonly PlacedPod[])[];
}

export class TopologyIndex {
  readonly #rows: PodRows;
  readonly #matches = new Map<string, MatchCounter>();
  readonly #matchIndex = new SelectorIndex<MatchCounter>();
  readonly #bySelector = new WeakMap<Selector, Map<string, MatchCounter>>();
  readonly #terms = new Map<string, TermCounter>();
  readonly #termIndex: Readonly<Record<TermKind, SelectorIndex<TermCounter>>> = {
    affinity: new SelectorIndex(),
    antiAffinity: new SelectorIndex(),
    preferredAffinity: new SelectorIndex(),
    preferredAntiAffinity: new SelectorIndex(),
  };
  readonly #found: MatchCounter[] = [];
  readonly #byLabel = new PodsByLabel();
  /** Labels that a counter of matches ever asked about. */
  readonly #keys: string[] = [];
  #uses = 0;

  constructor(rows: PodRows) {
    this.#rows = rows;
  }

  /** The counter of the live pods of a namespace that a selector matches. O(1) for a selector object seen before. */
  liveCounter(selector: Selector, namespace: string): MatchCounter {
    let byNamespace = this.#bySelector.get(selector);
    if (byNamespace === undefined) {
      byNamespace = new Map();
      this.#bySelector.set(selector, byNamespace);
    }
    const known = byNamespace.get(namespace);
    if (known !== undefined && !known.dropped) {
      known.lastUsed = ++this.#uses;
      return known;
    }
    const query = { namespaces: new Set([namespace]), selectors: [selector], countTerminating: false };
    const counter = this.counter(query);
    byNamespace.set(namespace, counter);
    return counter;
  }

  /** The counter of a query. When it is new O(pods that have the label it asks for), O(1) after. */
  counter(query: PodQuery): MatchCounter {
    const text = queryText(query);
    let counter = this.#matches.get(text);
    if (counter === undefined) {
      if (this.#matches.size >= MATCH_LIMIT) this.#dropLeastUsed();
      counter = new MatchCounter(query, text, this.#rows.capacity);
      this.#countAll(counter);
      this.#matches.set(text, counter);
      this.#matchIndex.add(counter);
      for (const { requirements } of counter.selectors)
        for (const { key } of requirements) if (!this.#keys.includes(key)) this.#keys.push(key);
    }
    counter.lastUsed = ++this.#uses;
    return counter;
  }

  /** Appends the counters of terms of this kind that some running pod carries and that select `pod`. */
  termsSelecting(kind: TermKind, pod: Pod, namespaceLabels: Labels | undefined, found: TermCounter[]): void {
    const index = this.#termIndex[kind];
    if (index.size === 0) return;
    const first = found.length;
    index.matching(pod.metadata.labels, found);
    const namespace = pod.metadata.namespace ?? '';
    let kept = first;
    for (let i = first; i < found.length; i++) {
      const counter = found[i]!;
      const { namespaces, namespaceSelector } = counter.term;
      if (counter.rows.total === 0) continue;
      if (namespaces.has(namespace) || namespaceSelector.matches(namespaceLabels)) found[kept++] = counter;
    }
    found.length = kept;
  }

  /** True if no running pod carries a term of this kind. */
  hasNone(kind: TermKind): boolean {
    return this.#termIndex[kind].size === 0;
  }

  podAdded(placed: PlacedPod): void {
    this.#byLabel.add(placed);
    this.#countMatches(placed, 1);
    const terms = podTerms(placed.source);
    if (terms === NO_TERMS) return;
    const carried: CarriedTerm[] = [];
    for (const kind of KINDS)
      for (const term of terms[kind]) {
        const counter = this.#termCounter(kind, term);
        counter.rows.add(placed.row, term.weight);
        carried.push({ counter, weight: term.weight });
      }
    placed.terms = carried;
  }

  podRemoved(placed: PlacedPod): void {
    this.#byLabel.remove(placed);
    this.#countMatches(placed, -1);
    if (placed.terms === undefined) return;
    for (const { counter, weight } of placed.terms) counter.rows.add(placed.row, -weight);
    placed.terms = undefined;
  }

  /** Its labels changed or its deletion began. O(labels asked about) if that changes no counter. */
  podChanged(placed: PlacedPod, pod: Pod): void {
    const before = placed.source;
    if (isTerminating(before) === isTerminating(pod) && !this.#mayDiffer(before, pod)) {
      placed.source = pod;
      return;
    }
    this.#byLabel.remove(placed);
    this.#countMatches(placed, -1);
    placed.source = pod;
    this.#byLabel.add(placed);
    this.#countMatches(placed, 1);
  }

  /** False if no counter asks about a label in which the two differ. */
  #mayDiffer(a: Pod, b: Pod): boolean {
    const { labels } = a.metadata;
    const others = b.metadata.labels;
    if (labels === others) return false;
    for (const key of this.#keys) if (labels?.[key] !== others?.[key]) return true;
    return false;
  }

  grow(capacity: number): void {
    for (const counter of this.#matches.values()) counter.rows.grow(capacity);
    for (const counter of this.#terms.values()) counter.rows.grow(capacity);
  }

  #countMatches(placed: PlacedPod, delta: 1 | -1): void {
    if (this.#matchIndex.size === 0) return;
    const found = this.#found;
    found.length = 0;
    this.#matchIndex.matching(placed.source.metadata.labels, found);
    for (const counter of found) if (counter.covers(placed.source)) counter.rows.add(placed.row, delta);
  }

  #countAll(counter: MatchCounter): void {
    const fixed = fixedLabel(counter.selectors);
    const candidates = fixed === undefined ? this.#all() : this.#byLabel.having(fixed, () => this.#all());
    for (const { source, row } of candidates)
      if (row > 0 && counter.matches(source)) counter.rows.add(row, 1);
  }

  *#all(): Generator<PlacedPod> {
    const { pods } = this.#rows;
    for (let row = 1; row < pods.length; row++) yield* pods[row]!;
  }

  #termCounter(kind: TermKind, term: AffinityTerm): TermCounter {
    const text = `${kind}\u0000${term.text}`;
    let counter = this.#terms.get(text);
    if (counter === undefined) {
      if (this.#terms.size >= TERM_LIMIT) this.#dropUncarried();
      counter = new TermCounter(term, this.#rows.capacity);
      this.#terms.set(text, counter);
      this.#termIndex[kind].add(counter);
    }
    return counter;
  }

  #dropLeastUsed(): void {
    const byUse = [...this.#matches.values()].sort((a, b) => a.lastUsed - b.lastUsed);
    for (const counter of byUse.slice(0, MATCH_LIMIT / 4)) {
      counter.dropped = true;
      this.#matches.delete(counter.text);
      this.#matchIndex.remove(counter);
    }
  }

  #dropUncarried(): void {
    for (const [text, counter] of this.#terms) {
      if (counter.rows.total !== 0) continue;
      this.#terms.delete(text);
      for (const kind of KINDS) if (text.startsWith(`${kind}\u0000`)) this.#termIndex[kind].remove(counter);
    }
  }
}

function queryText({ namespaces, selectors, countTerminating }: PodQuery): string {
  let text = countTerminating ? '+' : '-';
  if (namespaces === undefined) text += '*';
  else for (const namespace of namespaces) text += `\u0000${namespace}`;
  for (const selector of selectors) text += `\u0002${selectorText(selector)}`;
  return text;
}
