/** Terms of the incoming pod with their namespaces resolved, and who counts the pods that they select. */
import type { Labels, Pod, Selector } from '../../sim/api/index.ts';
import type {
  AffinityTerm,
  DomainSums,
  Listers,
  PodTerms,
  Snapshot,
  TermCounter,
  TermKind,
} from '../../sim/scheduler/contract.ts';

/** A term of the incoming pod with its namespaces resolved. */
export interface ResolvedTerm {
  /** Undefined: all namespaces. */
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selector: Selector;
  readonly topologyKey: string;
  readonly weight: number;
}

/** What the namespace selector of a term picks now becomes part of its namespaces. */
export function resolve(term: AffinityTerm, listers: Listers): ResolvedTerm {
  const { selector, topologyKey, weight, namespaceSelector } = term;
  if (namespaceSelector.everything) return { namespaces: undefined, selector, topologyKey, weight };
  if (namespaceSelector.nothing) return term;
  const namespaces = new Set(term.namespaces);
  for (const { metadata } of listers.namespaces.values())
    if (namespaceSelector.matches(metadata.labels)) namespaces.add(metadata.name);
  return { namespaces: new Set([...namespaces].sort()), selector, topologyKey, weight };
}

type ResolvedTerms = Readonly<Record<TermKind, readonly ResolvedTerm[]>>;

export const resolveAll = (terms: PodTerms, listers: Listers): ResolvedTerms => ({
  affinity: terms.affinity.map((term) => resolve(term, listers)),
  antiAffinity: terms.antiAffinity.map((term) => resolve(term, listers)),
  preferredAffinity: terms.preferredAffinity.map((term) => resolve(term, listers)),
  preferredAntiAffinity: terms.preferredAntiAffinity.map((term) => resolve(term, listers)),
});

export const selects = ({ namespaces, selector }: ResolvedTerm, pod: Pod): boolean =>
  (namespaces === undefined || namespaces.has(pod.metadata.namespace ?? '')) &&
  selector.matches(pod.metadata.labels);

/** Pods that all of `terms` select, by domain of `by`'s topology key. */
export function domainSums(snapshot: Snapshot, terms: readonly ResolvedTerm[], by: ResolvedTerm): DomainSums {
  const counter = snapshot.topology.counter({
    namespaces: terms.map(({ namespaces }) => namespaces).reduce(intersect, undefined),
    selectors: terms.map(({ selector }) => selector),
    countTerminating: true,
  });
  return counter.rows.by(snapshot.labelColumn(by.topologyKey));
}

/** Undefined stands for all. */
function intersect(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((namespace) => b.has(namespace)));
}

export const namespaceLabels = (listers: Listers, pod: Pod): Labels | undefined =>
  listers.namespaces.get(pod.metadata.namespace ?? '')?.metadata.labels;

/** Counters of the terms of pods in the cluster that select `pod`. */
export function selecting(
  snapshot: Snapshot,
  kind: TermKind,
  pod: Pod,
  listers: Listers,
): readonly TermCounter[] {
  const found: TermCounter[] = [];
  snapshot.topology.termsSelecting(kind, pod, namespaceLabels(listers, pod), found);
  return found;
}
