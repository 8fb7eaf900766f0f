/**
 * Pod (anti-)affinity terms, compiled: `framework.AffinityTerm` and `GetAffinityTerms`, Kubernetes v1.36. The label keys of
 * `matchLabelKeys` are in the selectors already: the API server merges them when the pod is created.
 */
import {
  type Affinity,
  compileSelector,
  type Labels,
  type Pod,
  type PodAffinityTerm,
  printSelector,
  type Selector,
  type WeightedPodAffinityTerm,
} from '../../api/index.ts';

export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly topologyKey: string;
  /** 1 if required. */
  readonly weight: number;
  /** Equal texts mean equal terms, weight aside. */
  readonly text: string;
}

export interface PodTerms {
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

export const NO_TERMS: PodTerms = {
  affinity: [],
  antiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
};

const compiled = new WeakMap<Affinity, Map<string, PodTerms>>();

/** The terms of a pod; O(1) for an affinity object seen before in the namespace. */
export function podTerms(pod: Pod): PodTerms {
  const affinity = pod.spec.affinity;
  if (
    affinity === undefined ||
    (affinity.podAffinity === undefined && affinity.podAntiAffinity === undefined)
  )
    return NO_TERMS;
  const namespace = pod.metadata.namespace ?? '';
  let byNamespace = compiled.get(affinity);
  if (byNamespace === undefined) {
    byNamespace = new Map();
    compiled.set(affinity, byNamespace);
  }
  let terms = byNamespace.get(namespace);
  if (terms === undefined) {
    terms = compile(affinity, namespace);
    byNamespace.set(namespace, terms);
  }
  return terms;
}

function compile({ podAffinity, podAntiAffinity }: Affinity, namespace: string): PodTerms {
  const required = (terms: readonly PodAffinityTerm[] | undefined): AffinityTerm[] =>
    (terms ?? []).map((term) => compileTerm(term, namespace, 1));
  const preferred = (terms: readonly WeightedPodAffinityTerm[] | undefined): AffinityTerm[] =>
    (terms ?? []).map(({ podAffinityTerm, weight }) => compileTerm(podAffinityTerm, namespace, weight));
  return {
    affinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

function compileTerm(term: PodAffinityTerm, namespace: string, weight: number): AffinityTerm {
  const named = term.namespaces ?? [];
  const own = named.length === 0 && term.namespaceSelector === undefined;
  const namespaces = new Set(own ? [namespace] : [...named].sort());
  const selector = compileSelector(term.labelSelector);
  const namespaceSelector = compileSelector(term.namespaceSelector);
  const text = [...namespaces, '', selectorText(namespaceSelector), selectorText(selector), term.topologyKey];
  return {
    namespaces,
    namespaceSelector,
    selector,
    topologyKey: term.topologyKey,
    weight,
    text: text.join('\u0000'),
  };
}

/** Equal texts mean equal selectors. */
export const selectorText = (selector: Selector): string =>
  selector.nothing ? '\u0001' : printSelector(selector);

/** Whether the term selects `pod`, in a namespace with these labels. */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: Labels | undefined): boolean {
  if (!term.namespaces.has(pod.metadata.namespace ?? '') && !term.namespaceSelector.matches(namespaceLabels))
    return false;
  return term.selector.matches(pod.metadata.labels);
}
