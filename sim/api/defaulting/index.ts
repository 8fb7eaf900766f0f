/** Defaulting: what the API server fills in before admission (Kubernetes v1.36, defaults.go of each API group). */
import type { ObjectOf, ResourceName } from '../resources.ts';
import type { Draft } from '../types/meta.ts';
import {
  defaultAutoscaler,
  defaultBinding,
  defaultClaim,
  defaultCsiDriver,
  defaultEndpointSlice,
  defaultEndpoints,
  defaultIngressClass,
  defaultLimitRange,
  defaultNamespace,
  defaultNetworkPolicy,
  defaultNode,
  defaultPriorityClass,
  defaultSecret,
  defaultService,
  defaultStorageClass,
  defaultVolumeObject,
} from './cluster.ts';
import { change, replace } from './fill.ts';
import { defaultPodSpec, defaultTemplate } from './pod.ts';
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workloads.ts';

export { pullPolicyOf } from './container.ts';
export { prepareForCreate } from './create.ts';
export { mergeMatchLabelKeys } from './match-label-keys.ts';
export { defaultPodSpec, defaultTemplate } from './pod.ts';

type Defaulters = { readonly [R in ResourceName]?: (object: Draft<ObjectOf<R>>) => Draft<ObjectOf<R>> };

const defaulters: Defaulters = {
  pods: (pod) => replace(pod, 'spec', defaultPodSpec(pod.spec)),
  podtemplates: (template) => change(template, 'template', defaultTemplate),
  replicationcontrollers: defaultReplicationController,
  replicasets: defaultReplicaSet,
  deployments: defaultDeployment,
  statefulsets: defaultStatefulSet,
  daemonsets: defaultDaemonSet,
  jobs: defaultJob,
  cronjobs: defaultCronJob,
  namespaces: defaultNamespace,
  nodes: defaultNode,
  secrets: defaultSecret,
  limitranges: defaultLimitRange,
  services: defaultService,
  endpoints: defaultEndpoints,
  endpointslices: defaultEndpointSlice,
  ingressclasses: defaultIngressClass,
  networkpolicies: defaultNetworkPolicy,
  persistentvolumes: defaultVolumeObject,
  persistentvolumeclaims: defaultClaim,
  storageclasses: defaultStorageClass,
  csidrivers: defaultCsiDriver,
  priorityclasses: defaultPriorityClass,
  horizontalpodautoscalers: defaultAutoscaler,
  rolebindings: defaultBinding,
  clusterrolebindings: defaultBinding,
};

/** The object with every absent field filled in that has a default; parts that need none are shared. Idempotent. */
export function applyDefaults<R extends ResourceName>(
  resource: R,
  object: Draft<ObjectOf<R>>,
): Draft<ObjectOf<R>> {
  const apply: ((object: Draft<ObjectOf<R>>) => Draft<ObjectOf<R>>) | undefined = defaulters[resource];
  return apply === undefined ? object : apply(object);
}
