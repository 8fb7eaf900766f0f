/** Autoscalers, disruption budgets, ingress, network policies, RBAC, leases (Kubernetes v1.36, validation of each group). */
import { compareQuantities } from '../quantity.ts';
import type { Draft } from '../types/meta.ts';
import type { Ingress, IngressBackend, NetworkPolicy, NetworkPolicyPeer } from '../types/networking.ts';
import {
  type ClusterRole,
  type ClusterRoleBinding,
  type HorizontalPodAutoscaler,
  type HPAScalingRules,
  type Lease,
  type MetricSpec,
  type PodDisruptionBudget,
  type PolicyRule,
  podDisruptionBudgetSpec,
  type Role,
  type RoleBinding,
} from '../types/policy.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import {
  atMostAll,
  choice,
  countOrPercent,
  labelSelector,
  nonNegative,
  optionalChoice,
  PROTOCOLS,
  portNumberOrName,
} from './rules.ts';

/** Half an hour, the longest period of a scaling policy. */
const MAX_PERIOD_SECONDS = 1800;
const MAX_STABILIZATION_SECONDS = 3600;

export function validateAutoscaler(errors: ErrorList, { spec }: Draft<HorizontalPodAutoscaler>): void {
  const { minReplicas, maxReplicas, scaleTargetRef: target, metrics = [] } = spec;
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  }
  if (maxReplicas < 1) errors.required('spec.maxReplicas', 'must be set and greater than 0');
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  if (target.kind === '') errors.required('spec.scaleTargetRef.kind');
  if (target.name === '') errors.required('spec.scaleTargetRef.name');
  const version = target.apiVersion ?? '';
  if (!version.includes('/') && target.kind !== 'ReplicationController') {
    errors.invalid('spec.scaleTargetRef.apiVersion', version, 'apiVersion must specify API group');
  }
  for (const [i, metric] of metrics.entries()) validateMetric(errors, `spec.metrics[${i}]`, metric);
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.forbidden('spec.metrics', detail);
  }
  for (const direction of ['scaleUp', 'scaleDown'] as const) {
    const rules = spec.behavior?.[direction];
    if (rules !== undefined) validateScaling(errors, `spec.behavior.${direction}`, rules);
  }
}

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const sourceOf = {
  Resource: 'resource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
  ContainerResource: 'containerResource',
} as const;

function validateMetric(errors: ErrorList, path: string, metric: MetricSpec): void {
  if (!metric.type) {
    errors.required(`${path}.type`, 'must specify a metric source type');
    return;
  }
  if (!METRIC_TYPES.includes(metric.type)) {
    errors.notSupported(`${path}.type`, metric.type, METRIC_TYPES);
    return;
  }
  const name = sourceOf[metric.type];
  const source = metric[name];
  if (source === undefined) {
    errors.required(`${path}.${name}`, 'must populate information for the given metric source');
    return;
  }
  if ('name' in source && source.name === '')
    errors.required(`${path}.${name}.name`, 'must specify a resource name');
  if ('container' in source && source.container === '')
    errors.required(`${path}.${name}.container`, 'must specify a container');
  if ('metric' in source && source.metric.name === '') errors.required(`${path}.${name}.metric.name`);
  validateTarget(errors, `${path}.${name}.target`, source.target, 'name' in source);
}

type Target = NonNullable<MetricSpec['resource']>['target'];

function validateTarget(errors: ErrorList, path: string, target: Target, isResource: boolean): void {
  choice(errors, `${path}.type`, target.type, ['AverageValue', 'Utilization', 'Value']);
  const { averageUtilization, averageValue, value } = target;
  if (value !== undefined && compareQuantities(value, '0') <= 0)
    errors.invalid(`${path}.value`, value, 'must be positive');
  if (averageValue !== undefined && compareQuantities(averageValue, '0') <= 0) {
    errors.invalid(`${path}.averageValue`, averageValue, 'must be positive');
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0');
  }
  if (!isResource) return;
  if (averageUtilization === undefined && averageValue === undefined) {
    errors.required(
      `${path}.averageUtilization`,
      'must set either a target raw value or a target utilization',
    );
  } else if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.forbidden(`${path}.averageValue`, 'may not set both a target raw value and a target utilization');
  }
}

function validateScaling(errors: ErrorList, path: string, rules: HPAScalingRules): void {
  const window = rules.stabilizationWindowSeconds;
  const field = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0)
    errors.invalid(field, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > MAX_STABILIZATION_SECONDS) {
    errors.invalid(field, window, `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`);
  }
  optionalChoice(errors, `${path}.selectPolicy`, rules.selectPolicy, ['Disabled', 'Max', 'Min']);
  const { policies = [] } = rules;
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy');
  for (const [i, { type, value, periodSeconds }] of policies.entries()) {
    const at = `${path}.policies[${i}]`;
    choice(errors, `${at}.type`, type, ['Percent', 'Pods']);
    if (value <= 0) errors.invalid(`${at}.value`, value, 'must be greater than zero');
    if (periodSeconds <= 0) errors.invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero');
    if (periodSeconds > MAX_PERIOD_SECONDS) {
      errors.invalid(
        `${at}.periodSeconds`,
        periodSeconds,
        `must be less than or equal to ${MAX_PERIOD_SECONDS}`,
      );
    }
  }
}

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

export function validateIngress(errors: ErrorList, { spec = {} }: Draft<Ingress>): void {
  const { rules = [], defaultBackend } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (defaultBackend !== undefined) validateBackend(errors, 'spec.defaultBackend', defaultBackend);
  for (const [i, rule] of rules.entries()) {
    for (const [j, { path = '', pathType, backend }] of (rule.http?.paths ?? []).entries()) {
      const at = `spec.rules[${i}].http.paths[${j}]`;
      if (pathType === undefined) errors.required(`${at}.pathType`, 'pathType must be specified');
      else choice(errors, `${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
      const absolute = path.startsWith('/') || (pathType === 'ImplementationSpecific' && path === '');
      if (pathType !== undefined && !absolute) errors.invalid(`${at}.path`, path, 'must be an absolute path');
      validateBackend(errors, `${at}.backend`, backend);
    }
  }
}

function validateBackend(errors: ErrorList, path: string, { service, resource }: IngressBackend): void {
  if (service === undefined && resource === undefined)
    errors.required(path, 'resource or service backend is required');
  if (service === undefined) return;
  if (service.name === '') errors.required(`${path}.service.name`);
  const { name = '', number = 0 } = service.port ?? {};
  if (name === '' && number === 0) errors.required(`${path}`, 'port name or number is required');
  else if (name !== '' && number !== 0) errors.invalid(path, null, 'cannot set both port name & port number');
  else
    portNumberOrName(
      errors,
      `${path}.service.port.${name === '' ? 'number' : 'name'}`,
      name === '' ? number : name,
    );
}

const CIDR = /^[0-9a-fA-F.:]+\/\d{1,3}$/;

export function validateNetworkPolicy(errors: ErrorList, { spec }: Draft<NetworkPolicy>): void {
  labelSelector(errors, 'spec.podSelector', spec?.podSelector);
  for (const direction of ['ingress', 'egress'] as const) {
    for (const [i, rule] of (spec?.[direction] ?? []).entries()) {
      const path = `spec.${direction}[${i}]`;
      for (const [j, { protocol, port, endPort }] of (rule.ports ?? []).entries()) {
        optionalChoice(errors, `${path}.ports[${j}].protocol`, protocol, PROTOCOLS);
        if (port !== undefined) portNumberOrName(errors, `${path}.ports[${j}].port`, port);
        if (endPort !== undefined && typeof port === 'number' && endPort < port) {
          errors.invalid(`${path}.ports[${j}].endPort`, endPort, 'must be greater than or equal to `port`');
        }
      }
      const [side, peers] =
        'from' in rule ? (['from', rule.from] as const) : (['to', 'to' in rule ? rule.to : []] as const);
      for (const [j, peer] of (peers ?? []).entries()) validatePeer(errors, `${path}.${side}[${j}]`, peer);
    }
  }
  const types = spec?.policyTypes ?? [];
  if (types.length > 2)
    errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
  for (const [i, type] of types.entries())
    optionalChoice(errors, `spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']);
}

function validatePeer(errors: ErrorList, path: string, peer: NetworkPolicyPeer): void {
  const given = [peer.podSelector, peer.namespaceSelector, peer.ipBlock].filter((part) => part !== undefined);
  if (given.length === 0) errors.required(path, 'must specify a peer');
  else if (given.length > 1 && peer.ipBlock !== undefined) {
    errors.forbidden(path, 'may not specify both ipBlock and another peer');
  }
  labelSelector(errors, `${path}.podSelector`, peer.podSelector);
  labelSelector(errors, `${path}.namespaceSelector`, peer.namespaceSelector);
  const cidr = peer.ipBlock?.cidr;
  if (cidr === '') errors.required(`${path}.ipBlock.cidr`);
  else if (cidr !== undefined && !CIDR.test(cidr)) {
    errors.invalid(
      `${path}.ipBlock.cidr`,
      cidr,
      'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    );
  }
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
