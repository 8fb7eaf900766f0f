/**
 * API versions that earlier Kubernetes releases served and v1.36 does not, with the replacement and the release that removed
 * them (Kubernetes deprecated API migration guide).
 */
export interface RemovedVersion {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  readonly replacement: string;
  /** First release that no longer serves it. */
  readonly removedIn: string;
}

const removed = (
  apiVersion: string,
  kinds: string,
  replacement: string,
  removedIn: string,
): RemovedVersion => ({
  apiVersion,
  kinds: kinds.split(' '),
  replacement,
  removedIn,
});

export const removedVersions: readonly RemovedVersion[] = [
  removed('extensions/v1beta1', 'Deployment DaemonSet ReplicaSet', 'apps/v1', '1.16'),
  removed('extensions/v1beta1', 'NetworkPolicy', 'networking.k8s.io/v1', '1.16'),
  removed('extensions/v1beta1', 'Ingress', 'networking.k8s.io/v1', '1.22'),
  removed('apps/v1beta1', 'Deployment StatefulSet ControllerRevision', 'apps/v1', '1.16'),
  removed(
    'apps/v1beta2',
    'Deployment DaemonSet ReplicaSet StatefulSet ControllerRevision',
    'apps/v1',
    '1.16',
  ),
  removed('batch/v2alpha1', 'CronJob', 'batch/v1', '1.21'),
  removed('batch/v1beta1', 'CronJob', 'batch/v1', '1.25'),
  removed('policy/v1beta1', 'PodDisruptionBudget Eviction', 'policy/v1', '1.25'),
  removed('autoscaling/v2beta1', 'HorizontalPodAutoscaler', 'autoscaling/v2', '1.25'),
  removed('autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'autoscaling/v2', '1.26'),
  removed('networking.k8s.io/v1beta1', 'Ingress IngressClass', 'networking.k8s.io/v1', '1.22'),
  removed('discovery.k8s.io/v1beta1', 'EndpointSlice', 'discovery.k8s.io/v1', '1.25'),
  removed('events.k8s.io/v1beta1', 'Event', 'v1', '1.25'),
  removed('coordination.k8s.io/v1beta1', 'Lease', 'coordination.k8s.io/v1', '1.22'),
  removed('node.k8s.io/v1beta1', 'RuntimeClass', 'node.k8s.io/v1', '1.25'),
  removed('scheduling.k8s.io/v1alpha1', 'PriorityClass', 'scheduling.k8s.io/v1', '1.17'),
  removed('scheduling.k8s.io/v1beta1', 'PriorityClass', 'scheduling.k8s.io/v1', '1.22'),
  removed(
    'rbac.authorization.k8s.io/v1alpha1',
    'Role ClusterRole RoleBinding ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    '1.22',
  ),
  removed(
    'rbac.authorization.k8s.io/v1beta1',
    'Role ClusterRole RoleBinding ClusterRoleBinding',
    'rbac.authorization.k8s.io/v1',
    '1.22',
  ),
  removed(
    'storage.k8s.io/v1beta1',
    'StorageClass CSIDriver CSINode VolumeAttachment',
    'storage.k8s.io/v1',
    '1.22',
  ),
  removed('storage.k8s.io/v1alpha1', 'CSIStorageCapacity VolumeAttachment', 'storage.k8s.io/v1', '1.24'),
  removed('storage.k8s.io/v1beta1', 'CSIStorageCapacity', 'storage.k8s.io/v1', '1.27'),
];

export function removedVersion(apiVersion: string, kind: string): RemovedVersion | undefined {
  return removedVersions.find((r) => r.apiVersion === apiVersion && r.kinds.includes(kind));
}
