/** The resources the API serves, one row each: Kubernetes v1.36 discovery, current served versions. */

import * as apps from './types/apps.ts';
import * as batch from './types/batch.ts';
import * as core from './types/core.ts';
import type { Kind, KubernetesObject } from './types/meta.ts';
import * as networking from './types/networking.ts';
import * as pods from './types/pod.ts';
import * as policy from './types/policy.ts';
import * as scheduling from './types/scheduling.ts';
import * as storage from './types/storage.ts';

export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'finalize';

export interface ResourceDefinition<T = unknown> {
  /** Lower-case plural, as in the request path. */
  readonly plural: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly subresources: readonly Subresource[];
  /** The components that do something about its objects; undefined: they are validated, stored and watched, but nothing follows. */
  readonly actedOnBy: string | undefined;
  readonly schema: Kind<T>;
}

interface Options {
  readonly cluster?: boolean;
  readonly short?: string;
  readonly sub?: readonly Subresource[];
}

const row = <T>(
  plural: string,
  schema: Kind<T>,
  actedOnBy: string | undefined,
  options: Options = {},
): ResourceDefinition<T> => {
  const slash = schema.apiVersion.indexOf('/');
  return {
    plural,
    kind: schema.kindName,
    group: slash < 0 ? '' : schema.apiVersion.slice(0, slash),
    version: schema.apiVersion.slice(slash + 1),
    apiVersion: schema.apiVersion,
    namespaced: options.cluster !== true,
    shortNames: options.short?.split(' ') ?? [],
    subresources: options.sub ?? [],
    actedOnBy,
    schema,
  };
};

const status: readonly Subresource[] = ['status'];
const scalable: readonly Subresource[] = ['status', 'scale'];
const cluster = true;
const SCHEDULER = 'kube-scheduler';
const APISERVER = 'kube-apiserver';
const NOBODY = undefined;

const table = {
  namespaces: row('namespaces', core.namespace, 'namespace-controller', {
    cluster,
    short: 'ns',
    sub: ['status', 'finalize'],
  }),
  nodes: row('nodes', core.node, 'kubelet, kube-scheduler, node-lifecycle-controller', {
    cluster,
    short: 'no',
    sub: status,
  }),
  pods: row('pods', pods.pod, 'kube-scheduler, kubelet', {
    short: 'po',
    sub: ['status', 'binding', 'eviction'],
  }),
  podtemplates: row('podtemplates', pods.podTemplate, NOBODY),
  replicationcontrollers: row(
    'replicationcontrollers',
    apps.replicationController,
    'replicationcontroller-controller',
    {
      short: 'rc',
      sub: scalable,
    },
  ),
  services: row('services', networking.service, 'kube-apiserver, endpointslice-controller, kube-proxy', {
    short: 'svc',
    sub: status,
  }),
  endpoints: row('endpoints', networking.endpoints, 'endpointslice-mirroring-controller', { short: 'ep' }),
  configmaps: row('configmaps', core.configMap, NOBODY, { short: 'cm' }),
  secrets: row('secrets', core.secret, NOBODY),
  serviceaccounts: row('serviceaccounts', core.serviceAccount, APISERVER, { short: 'sa' }),
  persistentvolumes: row('persistentvolumes', storage.persistentVolume, SCHEDULER, {
    cluster,
    short: 'pv',
    sub: status,
  }),
  persistentvolumeclaims: row(
    'persistentvolumeclaims',
    storage.persistentVolumeClaim,
    'kube-scheduler, persistentvolumeclaim-protection-controller',
    {
      short: 'pvc',
      sub: status,
    },
  ),
  resourcequotas: row('resourcequotas', core.resourceQuota, NOBODY, { short: 'quota', sub: status }),
  limitranges: row('limitranges', core.limitRange, APISERVER, { short: 'limits' }),
  events: row('events', core.event, APISERVER, { short: 'ev' }),
  replicasets: row('replicasets', apps.replicaSet, 'replicaset-controller', { short: 'rs', sub: scalable }),
  deployments: row('deployments', apps.deployment, 'deployment-controller', {
    short: 'deploy',
    sub: scalable,
  }),
  statefulsets: row('statefulsets', apps.statefulSet, NOBODY, { short: 'sts', sub: scalable }),
  daemonsets: row('daemonsets', apps.daemonSet, NOBODY, { short: 'ds', sub: status }),
  controllerrevisions: row('controllerrevisions', apps.controllerRevision, NOBODY),
  jobs: row('jobs', batch.job, 'job-controller, ttl-after-finished-controller', { sub: status }),
  cronjobs: row('cronjobs', batch.cronJob, NOBODY, { short: 'cj', sub: status }),
  horizontalpodautoscalers: row('horizontalpodautoscalers', policy.horizontalPodAutoscaler, NOBODY, {
    short: 'hpa',
    sub: status,
  }),
  poddisruptionbudgets: row(
    'poddisruptionbudgets',
    policy.podDisruptionBudget,
    'kube-scheduler and kube-apiserver, as its status says',
    {
      short: 'pdb',
      sub: status,
    },
  ),
  leases: row('leases', policy.lease, 'node-lifecycle-controller'),
  endpointslices: row('endpointslices', networking.endpointSlice, 'kube-proxy'),
  ingresses: row('ingresses', networking.ingress, NOBODY, { short: 'ing', sub: status }),
  ingressclasses: row('ingressclasses', networking.ingressClass, NOBODY, { cluster }),
  networkpolicies: row('networkpolicies', networking.networkPolicy, NOBODY, { short: 'netpol' }),
  priorityclasses: row('priorityclasses', scheduling.priorityClass, APISERVER, { cluster, short: 'pc' }),
  runtimeclasses: row('runtimeclasses', scheduling.runtimeClass, APISERVER, { cluster }),
  storageclasses: row('storageclasses', storage.storageClass, SCHEDULER, { cluster, short: 'sc' }),
  csinodes: row('csinodes', storage.csiNode, SCHEDULER, { cluster }),
  csidrivers: row('csidrivers', storage.csiDriver, SCHEDULER, { cluster }),
  csistoragecapacities: row('csistoragecapacities', storage.csiStorageCapacity, SCHEDULER),
  volumeattachments: row('volumeattachments', storage.volumeAttachment, SCHEDULER, { cluster, sub: status }),
  roles: row('roles', policy.role, NOBODY),
  clusterroles: row('clusterroles', policy.clusterRole, NOBODY, { cluster }),
  rolebindings: row('rolebindings', policy.roleBinding, NOBODY),
  clusterrolebindings: row('clusterrolebindings', policy.clusterRoleBinding, NOBODY, { cluster }),
};

/** Plural name → the type of its objects. */
export interface ResourceTypes {
  readonly namespaces: core.Namespace;
  readonly nodes: core.Node;
  readonly pods: pods.Pod;
  readonly podtemplates: pods.PodTemplate;
  readonly replicationcontrollers: apps.ReplicationController;
  readonly services: networking.Service;
  readonly endpoints: networking.Endpoints;
  readonly configmaps: core.ConfigMap;
  readonly secrets: core.Secret;
  readonly serviceaccounts: core.ServiceAccount;
  readonly persistentvolumes: storage.PersistentVolume;
  readonly persistentvolumeclaims: storage.PersistentVolumeClaim;
  readonly resourcequotas: core.ResourceQuota;
  readonly limitranges: core.LimitRange;
  readonly events: core.Event;
  readonly replicasets: apps.ReplicaSet;
  readonly deployments: apps.Deployment;
  readonly statefulsets: apps.StatefulSet;
  readonly daemonsets: apps.DaemonSet;
  readonly controllerrevisions: apps.ControllerRevision;
  readonly jobs: batch.Job;
  readonly cronjobs: batch.CronJob;
  readonly horizontalpodautoscalers: policy.HorizontalPodAutoscaler;
  readonly poddisruptionbudgets: policy.PodDisruptionBudget;
  readonly leases: policy.Lease;
  readonly endpointslices: networking.EndpointSlice;
  readonly ingresses: networking.Ingress;
  readonly ingressclasses: networking.IngressClass;
  readonly networkpolicies: networking.NetworkPolicy;
  readonly priorityclasses: scheduling.PriorityClass;
  readonly runtimeclasses: scheduling.RuntimeClass;
  readonly storageclasses: storage.StorageClass;
  readonly csinodes: storage.CSINode;
  readonly csidrivers: storage.CSIDriver;
  readonly csistoragecapacities: storage.CSIStorageCapacity;
  readonly volumeattachments: storage.VolumeAttachment;
  readonly roles: policy.Role;
  readonly clusterroles: policy.ClusterRole;
  readonly rolebindings: policy.RoleBinding;
  readonly clusterrolebindings: policy.ClusterRoleBinding;
}
export type ResourceName = keyof ResourceTypes;
export type ObjectOf<R extends ResourceName> = ResourceTypes[R];

/** Every resource, keyed by plural. */
export const resources: { readonly [R in ResourceName]: ResourceDefinition<ResourceTypes[R]> } = table;
export const resourceNames = Object.keys(table) as readonly ResourceName[];

const byKind = new Map<string, ResourceName>();
for (const name of resourceNames) byKind.set(`${table[name].apiVersion}/${table[name].kind}`, name);

/** The resource that stores objects of this type, e.g. `apps/v1`, `Deployment` → `deployments`. */
export const resourceOfKind = (apiVersion: string, kind: string): ResourceName | undefined =>
  byKind.get(`${apiVersion}/${kind}`);

/** The resource of a kind named without its group, as kubectl takes it. */
export const resourceOfKindName = (kind: string): ResourceName | undefined =>
  resourceNames.find((name) => table[name].kind === kind);

/** The resource that stores this object; undefined for a kind that is not served. */
export const resourceOf = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): ResourceName | undefined =>
  resourceOfKind(object.apiVersion, object.kind);
