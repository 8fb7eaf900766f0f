/**
 * Node selectors and required node affinity (Kubernetes v1.36, component-helpers/scheduling/corev1/nodeaffinity).
 * Compiled once per API object, matched against every node.
 */

import { compileLabels, parseInt64, Requirement, type Selector } from './selectors.ts';
import { memoiseBySpec } from './spec-memo.ts';
import type { Labels } from './types/meta.ts';
import type { PodSpec } from './types/pod.ts';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './types/scheduling.ts';

/** What a node selector reads of a node. */
export interface SelectableNode {
  readonly metadata: { readonly name: string; readonly labels?: Labels | undefined };
}

/** One term: all label expressions and all field expressions must hold. */
export class CompiledTerm {
  readonly labels: readonly Requirement[];
  /** Only `metadata.name` is a selectable field. */
  readonly fields: readonly Requirement[];
  /** False for an empty or malformed term, which selects no node. */
  readonly valid: boolean;

  constructor(term: NodeSelectorTerm) {
    const labels = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    this.valid =
      labels.length + fields.length > 0 &&
      labels.every(isWellFormed) &&
      fields.every((f) => f.key === 'metadata.name');
    this.labels = this.valid ? labels.map(toRequirement) : [];
    this.fields = this.valid ? fields.map(toRequirement) : [];
  }

  matches(node: SelectableNode): boolean {
    if (!this.valid) return false;
    const { name, labels } = node.metadata;
    for (const requirement of this.labels) if (!requirement.accepts(labels?.[requirement.key])) return false;
    for (const requirement of this.fields) if (!requirement.accepts(name)) return false;
    return true;
  }
}

const toRequirement = ({ key, operator, values }: NodeSelectorRequirement): Requirement =>
  new Requirement(key, operator, values ?? []);

function isWellFormed({ operator, values = [] }: NodeSelectorRequirement): boolean {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0;
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0;
    case 'Gt':
    case 'Lt':
      return values.length === 1 && parseInt64(values[0] ?? '') !== undefined;
    default:
      return false;
  }
}

const terms = new WeakMap<NodeSelectorTerm, CompiledTerm>();

/** O(1) for a term object seen before. */
export function compileTerm(term: NodeSelectorTerm): CompiledTerm {
  let known = terms.get(term);
  if (known === undefined) {
    known = new CompiledTerm(term);
    terms.set(term, known);
  }
  return known;
}

/** Any term matches; no terms match nothing. */
export function nodeSelectorMatches(selector: NodeSelector, node: SelectableNode): boolean {
  for (const term of selector.nodeSelectorTerms) if (compileTerm(term).matches(node)) return true;
  return false;
}

/** `spec.nodeSelector` and required node affinity together: both must hold. */
export class RequiredNodeAffinity {
  readonly #selector: Selector | undefined;
  readonly #terms: readonly CompiledTerm[] | undefined;

  constructor(spec: PodSpec) {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const selector = compileLabels(spec.nodeSelector);
    this.#selector = selector.everything ? undefined : selector;
    this.#terms = required?.nodeSelectorTerms.map(compileTerm);
  }

  /** True if the pod accepts every node. */
  get everything(): boolean {
    return this.#selector === undefined && this.#terms === undefined;
  }

  matches(node: SelectableNode): boolean {
    if (this.#selector !== undefined && !this.#selector.matches(node.metadata.labels)) return false;
    if (this.#terms === undefined) return true;
    for (const term of this.#terms) if (term.matches(node)) return true;
    return false;
  }
}

/** O(1) for a spec seen before. */
export const requiredNodeAffinity = memoiseBySpec((spec) => new RequiredNodeAffinity(spec));
