/** Namespace, Node, ConfigMap, Secret, ServiceAccount, ResourceQuota, LimitRange, Event: core/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  bytes,
  int32,
  int64,
  list,
  listBy,
  map,
  microTime,
  oneOf,
  ptr,
  quantity,
  req,
  set,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import { condition, kind, localObjectReference, objectReference } from './meta.ts';
import { taint } from './scheduling.ts';

export const namespace = kind('v1', 'Namespace', {
  spec: struct('v1.NamespaceSpec', { finalizers: list(str) }),
  status: struct('v1.NamespaceStatus', {
    phase: oneOf('Active', 'Terminating'),
    conditions: listBy('type', condition),
  }),
});
export interface Namespace extends Of<typeof namespace> {}

const nodeSystem = struct('v1.NodeSystemInfo', {
  machineID: str,
  systemUUID: str,
  bootID: str,
  kernelVersion: str,
  osImage: str,
  containerRuntimeVersion: str,
  kubeletVersion: str,
  kubeProxyVersion: str,
  operatingSystem: str,
  architecture: str,
});

export const nodeSpec = struct('v1.NodeSpec', {
  podCIDR: str,
  podCIDRs: set(str),
  providerID: str,
  unschedulable: bool,
  taints: list(taint),
});
export interface NodeSpec extends Of<typeof nodeSpec> {}

const attachedVolume = struct('v1.AttachedVolume', { name: req(str), devicePath: str });
const daemonEndpoint = struct('v1.DaemonEndpoint', { Port: req(int32) });

export const nodeStatus = struct('v1.NodeStatus', {
  capacity: map(quantity),
  allocatable: map(quantity),
  phase: str,
  conditions: listBy('type', condition),
  addresses: listBy('type', struct('v1.NodeAddress', { type: req(str), address: req(str) })),
  daemonEndpoints: struct('v1.NodeDaemonEndpoints', { kubeletEndpoint: daemonEndpoint }),
  nodeInfo: nodeSystem,
  images: list(struct('v1.ContainerImage', { names: list(str), sizeBytes: int64 })),
  volumesInUse: list(str),
  volumesAttached: list(attachedVolume),
});
export interface NodeStatus extends Of<typeof nodeStatus> {}

export const node = kind('v1', 'Node', { spec: req(nodeSpec), status: nodeStatus });
export interface Node extends Of<typeof node> {}

export const configMap = kind('v1', 'ConfigMap', {
  immutable: ptr(bool),
  data: map(str),
  binaryData: map(bytes),
});
export interface ConfigMap extends Of<typeof configMap> {}

export const secret = kind('v1', 'Secret', {
  immutable: ptr(bool),
  data: map(bytes),
  stringData: map(str),
  type: str,
});
export interface Secret extends Of<typeof secret> {}

export const serviceAccount = kind('v1', 'ServiceAccount', {
  secrets: listBy('name', objectReference),
  imagePullSecrets: list(localObjectReference),
  automountServiceAccountToken: ptr(bool),
});
export interface ServiceAccount extends Of<typeof serviceAccount> {}

const scopedRequirement = struct('v1.ScopedResourceSelectorRequirement', {
  scopeName: req(str),
  operator: req(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')),
  values: list(str),
});

export const resourceQuota = kind('v1', 'ResourceQuota', {
  spec: struct('v1.ResourceQuotaSpec', {
    hard: map(quantity),
    scopes: list(str),
    scopeSelector: struct('v1.ScopeSelector', { matchExpressions: list(scopedRequirement) }),
  }),
  status: struct('v1.ResourceQuotaStatus', { hard: map(quantity), used: map(quantity) }),
});
export interface ResourceQuota extends Of<typeof resourceQuota> {}

export const limitRangeItem = struct('v1.LimitRangeItem', {
  type: req(str),
  max: map(quantity),
  min: map(quantity),
  default: map(quantity),
  defaultRequest: map(quantity),
  maxLimitRequestRatio: map(quantity),
});
export interface LimitRangeItem extends Of<typeof limitRangeItem> {}

export const limitRange = kind('v1', 'LimitRange', {
  spec: struct('v1.LimitRangeSpec', { limits: req(list(limitRangeItem)) }),
});
export interface LimitRange extends Of<typeof limitRange> {}

export const event = kind('v1', 'Event', {
  involvedObject: req(objectReference),
  reason: str,
  message: str,
  source: struct('v1.EventSource', { component: str, host: str }),
  firstTimestamp: time,
  lastTimestamp: time,
  count: int32,
  type: str,
  eventTime: microTime,
  series: struct('v1.EventSeries', { count: int32, lastObservedTime: microTime }),
  action: str,
  related: objectReference,
  reportingComponent: str,
  reportingInstance: str,
});
export interface Event extends Of<typeof event> {}

export type ScopedRequirement = Of<typeof scopedRequirement>;
