/** HorizontalPodAutoscalers (Kubernetes v1.36, pkg/apis/autoscaling/validation). */
import { compareQuantities } from '../quantity.ts';
import type { Draft } from '../types/meta.ts';
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec } from '../types/policy.ts';
import type { ErrorList } from './field-error.ts';
import { choice, optionalChoice } from './rules.ts';

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
