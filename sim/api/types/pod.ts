/** Pod, PodTemplate and Binding: core/v1, Kubernetes v1.36. */
import type { Of } from '../schema/descriptor.ts';
import {
  bool,
  int32,
  int64,
  list,
  listBy,
  map,
  oneOf,
  ptr,
  quantity,
  req,
  str,
  struct,
  time,
} from '../schema/descriptor.ts';
import {
  appArmorProfile,
  container,
  containerStatus,
  ephemeralContainer,
  resourceRequirements,
  seccompProfile,
  seLinuxOptions,
  windowsOptions,
} from './container.ts';
import { condition, draftMeta, kind, localObjectReference, objectReference } from './meta.ts';
import { affinity, toleration, topologySpreadConstraint } from './scheduling.ts';
import { volume } from './volume.ts';

const podSecurityContext = struct('v1.PodSecurityContext', {
  seLinuxOptions,
  windowsOptions,
  runAsUser: ptr(int64),
  runAsGroup: ptr(int64),
  runAsNonRoot: ptr(bool),
  supplementalGroups: list(int64),
  supplementalGroupsPolicy: ptr(str),
  fsGroup: ptr(int64),
  sysctls: list(struct('v1.Sysctl', { name: req(str), value: req(str) })),
  fsGroupChangePolicy: ptr(str),
  seccompProfile,
  appArmorProfile,
  seLinuxChangePolicy: ptr(str),
});

const podDnsConfig = struct('v1.PodDNSConfig', {
  nameservers: list(str),
  searches: list(str),
  options: list(struct('v1.PodDNSConfigOption', { name: str, value: ptr(str) })),
});

export const podSpec = struct('v1.PodSpec', {
  volumes: listBy('name', volume),
  initContainers: listBy('name', container),
  containers: req(listBy('name', container)),
  ephemeralContainers: listBy('name', ephemeralContainer),
  restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
  terminationGracePeriodSeconds: ptr(int64),
  activeDeadlineSeconds: ptr(int64),
  dnsPolicy: oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
  nodeSelector: map(str),
  serviceAccountName: str,
  serviceAccount: str,
  automountServiceAccountToken: ptr(bool),
  nodeName: str,
  hostNetwork: bool,
  hostPID: bool,
  hostIPC: bool,
  shareProcessNamespace: ptr(bool),
  securityContext: podSecurityContext,
  imagePullSecrets: listBy('name', localObjectReference),
  hostname: str,
  subdomain: str,
  affinity,
  schedulerName: str,
  tolerations: list(toleration),
  hostAliases: listBy('ip', struct('v1.HostAlias', { ip: req(str), hostnames: list(str) })),
  priorityClassName: str,
  priority: ptr(int32),
  dnsConfig: podDnsConfig,
  readinessGates: list(struct('v1.PodReadinessGate', { conditionType: req(str) })),
  runtimeClassName: ptr(str),
  enableServiceLinks: ptr(bool),
  preemptionPolicy: ptr(oneOf('Never', 'PreemptLowerPriority')),
  overhead: map(quantity),
  topologySpreadConstraints: listBy('topologyKey', topologySpreadConstraint),
  setHostnameAsFQDN: ptr(bool),
  os: struct('v1.PodOS', { name: req(str) }),
  hostUsers: ptr(bool),
  schedulingGates: listBy('name', struct('v1.PodSchedulingGate', { name: req(str) })),
  resourceClaims: listBy(
    'name',
    struct('v1.PodResourceClaim', {
      name: req(str),
      resourceClaimName: ptr(str),
      resourceClaimTemplateName: ptr(str),
    }),
  ),
  /** Pod-level requests and limits. */
  resources: resourceRequirements,
  hostnameOverride: ptr(str),
});
export interface PodSpec extends Of<typeof podSpec> {}

const podIp = struct('v1.PodIP', { ip: req(str) });

export const podStatus = struct('v1.PodStatus', {
  observedGeneration: int64,
  phase: oneOf('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
  conditions: listBy('type', condition),
  message: str,
  reason: str,
  nominatedNodeName: str,
  hostIP: str,
  hostIPs: listBy('ip', struct('v1.HostIP', { ip: req(str) })),
  podIP: str,
  podIPs: listBy('ip', podIp),
  startTime: time,
  initContainerStatuses: list(containerStatus),
  containerStatuses: list(containerStatus),
  qosClass: oneOf('Guaranteed', 'Burstable', 'BestEffort'),
  ephemeralContainerStatuses: list(containerStatus),
  resize: str,
  allocatedResources: map(quantity),
  resources: resourceRequirements,
});
export interface PodStatus extends Of<typeof podStatus> {}
export type PodPhase = NonNullable<PodStatus['phase']>;
export type QosClass = NonNullable<PodStatus['qosClass']>;

export const pod = kind('v1', 'Pod', { spec: req(podSpec), status: podStatus });
export interface Pod extends Of<typeof pod> {}

export const podTemplateSpec = struct('v1.PodTemplateSpec', { metadata: draftMeta, spec: req(podSpec) });
export interface PodTemplateSpec extends Of<typeof podTemplateSpec> {}

export const podTemplate = kind('v1', 'PodTemplate', { template: req(podTemplateSpec) });
export interface PodTemplate extends Of<typeof podTemplate> {}

/** Body of `pods/binding`. */
export const binding = kind('v1', 'Binding', { target: req(objectReference) });
export interface Binding extends Of<typeof binding> {}
