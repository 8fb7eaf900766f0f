/** What placement reads: node selectors, affinity, taints, tolerations, spreading, priority classes. Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  map,
  oneOf,
  ptr,
  quantity,
  req,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import { kind, labelSelector } from './meta.ts';

export const nodeSelectorRequirement = struct('v1.NodeSelectorRequirement', {
  key: req(str),
  operator: req(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt')),
  values: list(str),
});
export interface NodeSelectorRequirement extends Of<typeof nodeSelectorRequirement> {}

export const nodeSelectorTerm = struct('v1.NodeSelectorTerm', {
  matchExpressions: list(nodeSelectorRequirement),
  matchFields: list(nodeSelectorRequirement),
});
export interface NodeSelectorTerm extends Of<typeof nodeSelectorTerm> {}

export const nodeSelector = struct('v1.NodeSelector', { nodeSelectorTerms: req(list(nodeSelectorTerm)) });
export interface NodeSelector extends Of<typeof nodeSelector> {}

const preferredSchedulingTerm = struct('v1.PreferredSchedulingTerm', {
  weight: req(int32),
  preference: req(nodeSelectorTerm),
});
export interface PreferredSchedulingTerm extends Of<typeof preferredSchedulingTerm> {}

export const podAffinityTerm = struct('v1.PodAffinityTerm', {
  labelSelector,
  namespaces: list(str),
  topologyKey: req(str),
  namespaceSelector: labelSelector,
  matchLabelKeys: list(str),
  mismatchLabelKeys: list(str),
});
export interface PodAffinityTerm extends Of<typeof podAffinityTerm> {}

export const weightedPodAffinityTerm = struct('v1.WeightedPodAffinityTerm', {
  weight: req(int32),
  podAffinityTerm: req(podAffinityTerm),
});
export interface WeightedPodAffinityTerm extends Of<typeof weightedPodAffinityTerm> {}

const podAffinityFields = {
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution: list(weightedPodAffinityTerm),
};
export const podAffinity = struct('v1.PodAffinity', podAffinityFields);
export interface PodAffinity extends Of<typeof podAffinity> {}

export const affinity = struct('v1.Affinity', {
  nodeAffinity: struct('v1.NodeAffinity', {
    requiredDuringSchedulingIgnoredDuringExecution: nodeSelector,
    preferredDuringSchedulingIgnoredDuringExecution: list(preferredSchedulingTerm),
  }),
  podAffinity,
  podAntiAffinity: struct('v1.PodAntiAffinity', podAffinityFields),
});
export interface Affinity extends Of<typeof affinity> {}

export const taint = struct('v1.Taint', {
  key: req(str),
  value: str,
  effect: req(oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')),
  timeAdded: time,
});
export interface Taint extends Of<typeof taint> {}
export type TaintEffect = Taint['effect'];

export const toleration = struct('v1.Toleration', {
  key: str,
  operator: oneOf('Exists', 'Equal', 'Lt', 'Gt'),
  value: str,
  effect: oneOf('', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  tolerationSeconds: ptr(int64),
});
export interface Toleration extends Of<typeof toleration> {}

export const topologySpreadConstraint = struct('v1.TopologySpreadConstraint', {
  maxSkew: req(int32),
  topologyKey: req(str),
  whenUnsatisfiable: req(oneOf('DoNotSchedule', 'ScheduleAnyway')),
  labelSelector,
  minDomains: ptr(int32),
  nodeAffinityPolicy: ptr(oneOf('Honor', 'Ignore')),
  nodeTaintsPolicy: ptr(oneOf('Honor', 'Ignore')),
  matchLabelKeys: list(str),
});
export interface TopologySpreadConstraint extends Of<typeof topologySpreadConstraint> {}

export const priorityClass = kind('scheduling.k8s.io/v1', 'PriorityClass', {
  value: req(int32),
  globalDefault: bool,
  description: str,
  preemptionPolicy: ptr(oneOf('Never', 'PreemptLowerPriority')),
});
export interface PriorityClass extends Of<typeof priorityClass> {}

export const runtimeClass = kind('node.k8s.io/v1', 'RuntimeClass', {
  handler: req(str),
  overhead: struct('v1.Overhead', { podFixed: map(quantity) }),
  scheduling: struct('v1.Scheduling', { nodeSelector: map(str), tolerations: list(toleration) }),
});
export interface RuntimeClass extends Of<typeof runtimeClass> {}
