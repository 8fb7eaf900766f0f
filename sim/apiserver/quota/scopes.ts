/** Which objects a ResourceQuota is about: scopes and scopeSelector, pkg/quota/v1/evaluator/core/pods.go, Kubernetes v1.36. */
import {
  type Draft,
  type Pod,
  qosClass,
  type ResourceName,
  type ResourceQuota,
  type ScopedRequirement,
} from '../../api/index.ts';
import type { SubmittedObject } from '../request.ts';

/** True if the quota has no scope, or all of its scopes take the object; only pods have scopes. */
export function inScope(quota: ResourceQuota, resource: ResourceName, object: SubmittedObject): boolean {
  const requirements = requirementsOf(quota);
  if (requirements.length === 0) return true;
  return resource === 'pods' && requirements.every((requirement) => takes(requirement, object as Draft<Pod>));
}

function requirementsOf({ spec }: ResourceQuota): readonly ScopedRequirement[] {
  const scopes = (spec?.scopes ?? []).map(
    (scopeName): ScopedRequirement => ({ scopeName, operator: 'Exists' }),
  );
  return [...scopes, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}

function takes(requirement: ScopedRequirement, { spec }: Draft<Pod>): boolean {
  switch (requirement.scopeName) {
    case 'Terminating':
      return terminates(spec);
    case 'NotTerminating':
      return !terminates(spec);
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return takesClass(requirement, spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return usesOtherNamespaces(spec);
    default:
      return false;
  }
}

const terminates = (spec: Pod['spec']): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0;

function takesClass({ operator, values = [] }: ScopedRequirement, name: string): boolean {
  switch (operator) {
    case 'In':
      return values.includes(name);
    case 'NotIn':
      return !values.includes(name);
    case 'Exists':
      return name !== '';
    case 'DoesNotExist':
      return name === '';
  }
}

function usesOtherNamespaces({ affinity }: Pod['spec']): boolean {
  for (const group of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    const required = group?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = group?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const term of [...required, ...preferred.map((weighted) => weighted.podAffinityTerm)]) {
      if ((term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined) return true;
    }
  }
  return false;
}
