/** Defaults of the kinds around workloads: core/v1, networking, storage, policy, rbac (Kubernetes v1.36, defaults.go of each). */
import type { LimitRange, LimitRangeItem, Namespace, Node, Secret } from '../types/core.ts';
import type { Draft, ResourceList } from '../types/meta.ts';
import type { EndpointSlice, Endpoints, IngressClass, NetworkPolicy, Service } from '../types/networking.ts';
import type {
  ClusterRoleBinding,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  RoleBinding,
  Subject,
} from '../types/policy.ts';
import type { PriorityClass } from '../types/scheduling.ts';
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types/storage.ts';
import { change, fill, mapSame, replace } from './fill.ts';
import { defaultClaimSpec } from './volume.ts';

export const defaultNamespace = (namespace: Draft<Namespace>): Draft<Namespace> => {
  const { name } = namespace.metadata;
  if (name === undefined || name === '') return namespace;
  const labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name };
  return { ...namespace, metadata: { ...namespace.metadata, labels } };
};

export const defaultNode = (node: Draft<Node>): Draft<Node> =>
  change(node, 'status', (status) => fill(status, { allocatable: status.capacity }));

/** Text given in `stringData` wins over `data` and is stored as base64. */
export function defaultSecret(secret: Draft<Secret>): Draft<Secret> {
  const { stringData, ...typed } = fill(secret, { type: 'Opaque' });
  if (stringData === undefined) return typed;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text, 'utf8').toString('base64'),
  ]);
  return { ...typed, data: { ...typed.data, ...Object.fromEntries(encoded) } };
}

export const defaultLimitRange = (range: Draft<LimitRange>): Draft<LimitRange> =>
  change(range, 'spec', (spec) => change(spec, 'limits', (limits) => mapSame(limits, defaultLimits)));

function defaultLimits(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limit: ResourceList = fill(item.default ?? {}, item.max ?? {});
  const request = fill(fill<ResourceList>(item.defaultRequest ?? {}, limit), item.min ?? {});
  const withLimit = Object.keys(limit).length === 0 ? item : replace(item, 'default', limit);
  return Object.keys(request).length === 0 ? withLimit : replace(withLimit, 'defaultRequest', request);
}

/** Three hours, as ClientIP affinity lasts by default. */
const CLIENT_IP_AFFINITY_SECONDS = 10_800;

export function defaultService(service: Draft<Service>): Draft<Service> {
  let spec = fill(service.spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') {
    const { sessionAffinityConfig, ...rest } = spec;
    if (sessionAffinityConfig !== undefined) spec = rest;
  } else if (spec.sessionAffinity === 'ClientIP') {
    const timeout = fill(spec.sessionAffinityConfig?.clientIP ?? {}, {
      timeoutSeconds: CLIENT_IP_AFFINITY_SECONDS,
    });
    spec = { ...spec, sessionAffinityConfig: { clientIP: timeout } };
  }
  spec = change(spec, 'ports', (ports) =>
    mapSame(ports, (port) => {
      const typed = fill(port, { protocol: 'TCP' });
      return typed.targetPort === undefined || typed.targetPort === 0 || typed.targetPort === ''
        ? { ...typed, targetPort: typed.port }
        : typed;
    }),
  );
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
    spec = fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec.type !== 'ExternalName') spec = fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (spec.type === 'LoadBalancer') spec = fill(spec, { allocateLoadBalancerNodePorts: true });
  return replace(service, 'spec', spec);
}

export const defaultEndpoints = (endpoints: Draft<Endpoints>): Draft<Endpoints> =>
  change(endpoints, 'subsets', (subsets) =>
    mapSame(subsets, (subset) =>
      change(subset, 'ports', (ports) => mapSame(ports, (port) => fill(port, { protocol: 'TCP' }))),
    ),
  );

export const defaultEndpointSlice = (slice: Draft<EndpointSlice>): Draft<EndpointSlice> =>
  change(slice, 'ports', (ports) => mapSame(ports, (port) => fill(port, { name: '', protocol: 'TCP' })));

export const defaultIngressClass = (ingressClass: Draft<IngressClass>): Draft<IngressClass> =>
  change(ingressClass, 'spec', (spec) =>
    change(spec, 'parameters', (ref) => fill(ref, { scope: 'Cluster' })),
  );

type PolicyPorts = NonNullable<NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number]['ports']>;
const defaultPolicyPorts = (ports: PolicyPorts): PolicyPorts =>
  mapSame(ports, (port) => fill(port, { protocol: 'TCP' }));

export const defaultNetworkPolicy = (policy: Draft<NetworkPolicy>): Draft<NetworkPolicy> =>
  change(policy, 'spec', (spec) => {
    const types: readonly ('Ingress' | 'Egress')[] =
      spec.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'];
    const typed = fill(spec, { policyTypes: types });
    const ingress = change(typed, 'ingress', (rules) =>
      mapSame(rules, (rule) => change(rule, 'ports', defaultPolicyPorts)),
    );
    return change(ingress, 'egress', (rules) =>
      mapSame(rules, (rule) => change(rule, 'ports', defaultPolicyPorts)),
    );
  });

export const defaultClaim = (claim: Draft<PersistentVolumeClaim>): Draft<PersistentVolumeClaim> =>
  change(change(fill(claim, { status: {} }), 'spec', defaultClaimSpec), 'status', (status) =>
    fill(status, { phase: 'Pending' }),
  );

export function defaultVolumeObject(volume: Draft<PersistentVolume>): Draft<PersistentVolume> {
  const spec = fill(volume.spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  const typed = change(spec, 'hostPath', (source) => fill(source, { type: '' }));
  const status = fill(volume.status ?? {}, { phase: 'Pending' });
  return { ...volume, spec: typed, status };
}

export const defaultStorageClass = (storageClass: Draft<StorageClass>): Draft<StorageClass> =>
  fill(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' });

export const defaultCsiDriver = (driver: Draft<CSIDriver>): Draft<CSIDriver> =>
  replace(
    driver,
    'spec',
    fill(driver.spec, {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    }),
  );

export const defaultPriorityClass = (priorityClass: Draft<PriorityClass>): Draft<PriorityClass> =>
  fill(priorityClass, { preemptionPolicy: 'PreemptLowerPriority' });

const scaleUpRules: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const scaleDownRules: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

export function defaultAutoscaler(
  autoscaler: Draft<HorizontalPodAutoscaler>,
): Draft<HorizontalPodAutoscaler> {
  const spec = fill(autoscaler.spec, {
    minReplicas: 1,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  });
  const complete = change(spec, 'behavior', (behavior) => ({
    scaleUp: fill(behavior.scaleUp ?? {}, scaleUpRules),
    scaleDown: fill(behavior.scaleDown ?? {}, scaleDownRules),
  }));
  return replace(autoscaler, 'spec', complete);
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const defaultSubject = (subject: Subject): Subject =>
  subject.kind === 'ServiceAccount' ? subject : fill(subject, { apiGroup: RBAC_GROUP });

export function defaultBinding<B extends Draft<RoleBinding> | Draft<ClusterRoleBinding>>(binding: B): B {
  const roleRef = fill(binding.roleRef, { apiGroup: RBAC_GROUP });
  const subjects = mapSame(binding.subjects, defaultSubject);
  return subjects === undefined ? { ...binding, roleRef } : { ...binding, roleRef, subjects };
}
