import type { Draft } from '../types/meta.ts';
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type Lease,
  type PodDisruptionBudget,
  type PolicyRule,
  podDisruptionBudgetSpec,
  type Role,
  type RoleBinding,
} from '../types/policy.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { atMostAll, countOrPercent, labelSelector, nonNegative, optionalChoice } from './rules.ts';

export function validateDisruptionBudget(errors: ErrorList, { spec }: Draft<PodDisruptionBudget>): void {
  const { minAvailable, maxUnavailable } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.invalid(
      'spec',
      internalJson(podDisruptionBudgetSpec, spec),
      'minAvailable and maxUnavailable cannot be both set',
    );
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    countOrPercent(errors, `spec.${field}`, spec[field]);
    atMostAll(errors, `spec.${field}`, spec[field]);
  }
  labelSelector(errors, 'spec.selector', spec.selector);
  optionalChoice(errors, 'spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, [
    'AlwaysAllow',
    'IfHealthyBudget',
  ]);
}

export const validateRole = (errors: ErrorList, { rules = [] }: Draft<Role>): void => {
  for (const [i, rule] of rules.entries()) validatePolicyRule(errors, `rules[${i}]`, rule, true);
};

export const validateClusterRole = (
  errors: ErrorList,
  { rules = [], aggregationRule }: Draft<ClusterRole>,
): void => {
  for (const [i, rule] of rules.entries()) validatePolicyRule(errors, `rules[${i}]`, rule, false);
  for (const [i, selector] of (aggregationRule?.clusterRoleSelectors ?? []).entries()) {
    labelSelector(errors, `aggregationRule.clusterRoleSelectors[${i}]`, selector);
  }
};

function validatePolicyRule(errors: ErrorList, path: string, rule: PolicyRule, namespaced: boolean): void {
  if (rule.verbs.length === 0) errors.required(`${path}.verbs`, 'verbs must contain at least one value');
  const urls = rule.nonResourceURLs ?? [];
  if (urls.length > 0) {
    if (namespaced)
      errors.invalid(`${path}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs');
    const resourceRule = [rule.apiGroups, rule.resources, rule.resourceNames].some(
      (list) => (list ?? []).length > 0,
    );
    if (resourceRule)
      errors.invalid(
        `${path}.nonResourceURLs`,
        urls,
        'rules cannot apply to both regular resources and non-resource URLs',
      );
    return;
  }
  if ((rule.apiGroups ?? []).length === 0)
    errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
  if ((rule.resources ?? []).length === 0)
    errors.required(`${path}.resources`, 'resource rules must supply at least one resource');
}

export function validateRoleBinding(
  errors: ErrorList,
  binding: Draft<RoleBinding> | Draft<ClusterRoleBinding>,
): void {
  const { roleRef, subjects = [] } = binding;
  const roleKinds = binding.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  optionalChoice(errors, 'roleRef.apiGroup', roleRef.apiGroup, ['rbac.authorization.k8s.io']);
  if (!roleKinds.includes(roleRef.kind)) errors.notSupported('roleRef.kind', roleRef.kind, roleKinds);
  if (roleRef.name === '') errors.required('roleRef.name');
  for (const [i, { kind, name, namespace = '' }] of subjects.entries()) {
    const path = `subjects[${i}]`;
    if (name === '') errors.required(`${path}.name`);
    if (!['ServiceAccount', 'User', 'Group'].includes(kind)) {
      errors.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
    } else if (kind === 'ServiceAccount' && namespace === '' && binding.kind === 'ClusterRoleBinding') {
      errors.required(`${path}.namespace`);
    }
  }
}

export function validateLease(errors: ErrorList, { spec }: Draft<Lease>): void {
  const length = spec?.leaseDurationSeconds;
  if (length !== undefined && length <= 0)
    errors.invalid('spec.leaseDurationSeconds', length, 'must be greater than 0');
  nonNegative(errors, 'spec.leaseTransitions', spec?.leaseTransitions);
}
