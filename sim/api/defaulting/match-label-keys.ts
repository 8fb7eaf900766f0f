/**
 * `matchLabelKeys` and `mismatchLabelKeys` become part of the label selector when a pod is created; the scheduler does not
 * look at them any more (Kubernetes v1.36, pkg/registry/core/pod/strategy.go).
 */
import type { LabelSelector, LabelSelectorRequirement, Labels } from '../types/meta.ts';
import type { PodSpec } from '../types/pod.ts';
import type { PodAffinity, PodAffinityTerm, TopologySpreadConstraint } from '../types/scheduling.ts';
import { change, mapSame } from './fill.ts';

/** The spec with the keys of a pod's labels merged in; the spec itself if it names no keys. */
export function mergeMatchLabelKeys(spec: PodSpec, labels: Labels | undefined): PodSpec {
  if (spec.affinity === undefined && spec.topologySpreadConstraints === undefined) return spec;
  const affinity = (group: PodAffinity): PodAffinity => mergeGroup(group, labels);
  const merged = change(spec, 'affinity', (all) =>
    change(change(all, 'podAffinity', affinity), 'podAntiAffinity', affinity),
  );
  return change(merged, 'topologySpreadConstraints', (list) =>
    mapSame(list, (each) => mergeConstraint(each, labels)),
  );
}

function mergeGroup(group: PodAffinity, labels: Labels | undefined): PodAffinity {
  const term = (each: PodAffinityTerm): PodAffinityTerm => mergeTerm(each, labels);
  const required = change(group, 'requiredDuringSchedulingIgnoredDuringExecution', (terms) =>
    mapSame(terms, term),
  );
  return change(required, 'preferredDuringSchedulingIgnoredDuringExecution', (terms) =>
    mapSame(terms, (weighted) => change(weighted, 'podAffinityTerm', term)),
  );
}

function mergeTerm(term: PodAffinityTerm, labels: Labels | undefined): PodAffinityTerm {
  if (term.labelSelector === undefined) return term;
  const requirements = [
    ...requirementsFor(term.matchLabelKeys, 'In', labels),
    ...requirementsFor(term.mismatchLabelKeys, 'NotIn', labels),
  ];
  return extend(term, term.labelSelector, requirements);
}

const mergeConstraint = (
  constraint: TopologySpreadConstraint,
  labels: Labels | undefined,
): TopologySpreadConstraint =>
  constraint.labelSelector === undefined
    ? constraint
    : extend(constraint, constraint.labelSelector, requirementsFor(constraint.matchLabelKeys, 'In', labels));

/** Keys that the pod has no label for are ignored. */
function requirementsFor(
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Labels | undefined,
): LabelSelectorRequirement[] {
  return (keys ?? []).flatMap((key) => {
    const value = labels?.[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
}

function extend<T extends { readonly labelSelector?: LabelSelector | undefined }>(
  owner: T,
  selector: LabelSelector,
  requirements: readonly LabelSelectorRequirement[],
): T {
  if (requirements.length === 0) return owner;
  const matchExpressions = [...(selector.matchExpressions ?? []), ...requirements];
  return { ...owner, labelSelector: { ...selector, matchExpressions } };
}
