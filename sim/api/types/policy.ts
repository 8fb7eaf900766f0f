/** PodDisruptionBudget, Eviction, HorizontalPodAutoscaler, Lease and RBAC kinds. Kubernetes v1.36. */
import type { Descriptor, Of } from '../schema/descriptor.ts';
import {
  int32,
  int64,
  intOrString,
  list,
  listBy,
  map,
  microTime,
  oneOf,
  ptr,
  quantity,
  req,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import { condition, deleteOptions, kind, labelSelector } from './meta.ts';

export const podDisruptionBudgetSpec = struct('v1.PodDisruptionBudgetSpec', {
  minAvailable: ptr(intOrString),
  selector: labelSelector,
  maxUnavailable: ptr(intOrString),
  unhealthyPodEvictionPolicy: ptr(oneOf('IfHealthyBudget', 'AlwaysAllow')),
});
export interface PodDisruptionBudgetSpec extends Of<typeof podDisruptionBudgetSpec> {}

export const podDisruptionBudget = kind('policy/v1', 'PodDisruptionBudget', {
  spec: req(podDisruptionBudgetSpec),
  status: struct('v1.PodDisruptionBudgetStatus', {
    observedGeneration: int64,
    disruptedPods: map(time),
    disruptionsAllowed: req(int32),
    currentHealthy: req(int32),
    desiredHealthy: req(int32),
    expectedPods: req(int32),
    conditions: listBy('type', condition),
  }),
});
export interface PodDisruptionBudget extends Of<typeof podDisruptionBudget> {}

/** Body of `pods/eviction`. */
export const eviction = kind('policy/v1', 'Eviction', { deleteOptions });
export interface Eviction extends Of<typeof eviction> {}

const metricIdentifier = struct('v2.MetricIdentifier', { name: req(str), selector: labelSelector });
const metricTarget = struct('v2.MetricTarget', {
  type: req(oneOf('Utilization', 'Value', 'AverageValue')),
  value: ptr(quantity),
  averageValue: ptr(quantity),
  averageUtilization: ptr(int32),
});
const metricValue = struct('v2.MetricValueStatus', {
  value: ptr(quantity),
  averageValue: ptr(quantity),
  averageUtilization: ptr(int32),
});
const crossReference = struct('v2.CrossVersionObjectReference', {
  kind: req(str),
  name: req(str),
  apiVersion: str,
});

const metricSources = <F extends Readonly<Record<string, Descriptor<unknown>>>>(
  suffix: string,
  figure: F,
) => ({
  type: req(oneOf('Resource', 'Pods', 'Object', 'External', 'ContainerResource')),
  object: struct(`v2.ObjectMetric${suffix}`, {
    describedObject: req(crossReference),
    metric: req(metricIdentifier),
    ...figure,
  }),
  pods: struct(`v2.PodsMetric${suffix}`, { metric: req(metricIdentifier), ...figure }),
  resource: struct(`v2.ResourceMetric${suffix}`, { name: req(str), ...figure }),
  containerResource: struct(`v2.ContainerResourceMetric${suffix}`, {
    name: req(str),
    container: req(str),
    ...figure,
  }),
  external: struct(`v2.ExternalMetric${suffix}`, { metric: req(metricIdentifier), ...figure }),
});

const metricSpec = struct('v2.MetricSpec', metricSources('Source', { target: req(metricTarget) }));
export interface MetricSpec extends Of<typeof metricSpec> {}
const metricStatus = struct('v2.MetricStatus', metricSources('Status', { current: req(metricValue) }));
export interface MetricStatus extends Of<typeof metricStatus> {}

const scalingRules = struct('v2.HPAScalingRules', {
  stabilizationWindowSeconds: ptr(int32),
  selectPolicy: ptr(oneOf('Max', 'Min', 'Disabled')),
  policies: list(
    struct('v2.HPAScalingPolicy', {
      type: req(oneOf('Pods', 'Percent')),
      value: req(int32),
      periodSeconds: req(int32),
    }),
  ),
  tolerance: ptr(quantity),
});
export interface HPAScalingRules extends Of<typeof scalingRules> {}

const autoscalerSpec = struct('v2.HorizontalPodAutoscalerSpec', {
  scaleTargetRef: req(crossReference),
  minReplicas: ptr(int32),
  maxReplicas: req(int32),
  metrics: list(metricSpec),
  behavior: struct('v2.HorizontalPodAutoscalerBehavior', { scaleUp: scalingRules, scaleDown: scalingRules }),
});
export interface HorizontalPodAutoscalerSpec extends Of<typeof autoscalerSpec> {}

const autoscalerStatus = struct('v2.HorizontalPodAutoscalerStatus', {
  observedGeneration: ptr(int64),
  lastScaleTime: time,
  currentReplicas: int32,
  desiredReplicas: req(int32),
  currentMetrics: list(metricStatus),
  conditions: listBy('type', condition),
});
export interface HorizontalPodAutoscalerStatus extends Of<typeof autoscalerStatus> {}

export const horizontalPodAutoscaler = kind('autoscaling/v2', 'HorizontalPodAutoscaler', {
  spec: req(autoscalerSpec),
  status: autoscalerStatus,
});
export interface HorizontalPodAutoscaler extends Of<typeof horizontalPodAutoscaler> {}

export const lease = kind('coordination.k8s.io/v1', 'Lease', {
  spec: struct('v1.LeaseSpec', {
    holderIdentity: ptr(str),
    leaseDurationSeconds: ptr(int32),
    acquireTime: microTime,
    renewTime: microTime,
    leaseTransitions: ptr(int32),
    strategy: ptr(str),
    preferredHolder: ptr(str),
  }),
});
export interface Lease extends Of<typeof lease> {}

export const policyRule = struct('v1.PolicyRule', {
  verbs: req(list(str)),
  apiGroups: list(str),
  resources: list(str),
  resourceNames: list(str),
  nonResourceURLs: list(str),
});
export interface PolicyRule extends Of<typeof policyRule> {}

const subject = struct('v1.Subject', { kind: req(str), apiGroup: str, name: req(str), namespace: str });
export interface Subject extends Of<typeof subject> {}
export const roleRef = struct('v1.RoleRef', { apiGroup: str, kind: req(str), name: req(str) });

export const role = kind('rbac.authorization.k8s.io/v1', 'Role', { rules: list(policyRule) });
export interface Role extends Of<typeof role> {}

export const clusterRole = kind('rbac.authorization.k8s.io/v1', 'ClusterRole', {
  rules: list(policyRule),
  aggregationRule: struct('v1.AggregationRule', { clusterRoleSelectors: list(labelSelector) }),
});
export interface ClusterRole extends Of<typeof clusterRole> {}

export const roleBinding = kind('rbac.authorization.k8s.io/v1', 'RoleBinding', {
  subjects: list(subject),
  roleRef: req(roleRef),
});
export interface RoleBinding extends Of<typeof roleBinding> {}

export const clusterRoleBinding = kind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
  subjects: list(subject),
  roleRef: req(roleRef),
});
export interface ClusterRoleBinding extends Of<typeof clusterRoleBinding> {}
