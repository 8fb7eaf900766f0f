/** What plugins may look up besides the snapshot; informers of the scheduler's own process fit as they are. */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  KubernetesObject,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
  VolumeAttachment,
} from '../api/index.ts';

export interface Lister<T> {
  /** By "namespace/name", or name if cluster-scoped. */
  get(key: string): T | undefined;
  values(): Iterable<T>;
}

export interface Listers {
  readonly namespaces: Lister<Namespace>;
  readonly services: Lister<Service>;
  readonly replicationControllers: Lister<ReplicationController>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly statefulSets: Lister<StatefulSet>;
  readonly podDisruptionBudgets: Lister<PodDisruptionBudget>;
  readonly persistentVolumes: Lister<PersistentVolume>;
  readonly persistentVolumeClaims: Lister<PersistentVolumeClaim>;
  readonly storageClasses: Lister<StorageClass>;
  readonly csiNodes: Lister<CSINode>;
  readonly csiDrivers: Lister<CSIDriver>;
  readonly csiStorageCapacities: Lister<CSIStorageCapacity>;
  readonly volumeAttachments: Lister<VolumeAttachment>;
}

/** A lister over objects at hand, for tests and evaluation outside a run. */
export function listerOf<T extends KubernetesObject>(objects: readonly T[] = []): Lister<T> {
  const byKey = new Map<string, T>();
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    byKey.set(namespace === undefined || namespace === '' ? name : `${namespace}/${name}`, object);
  }
  return byKey;
}
