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
} from '../../api/index.ts';
import { keyOf } from '../../api/index.ts';

export interface Lister<T> {
  /** By "namespace/name", or name if cluster-scoped. */
  get(key: string): T | undefined;
  values(): Iterable<T>;
}

/** A lister that can be asked by a value derived from its objects. */
export interface IndexedLister<T> extends Lister<T> {
  readonly size: number;
  /** Another one as soon as an object has changed. */
  readonly resourceVersion: number;
  /** Adding an index of a known name does nothing. */
  addIndex(name: string, valuesOf: (object: T) => string | readonly string[] | undefined): void;
  byIndex(name: string, value: string): Iterable<T>;
}

export interface Listers {
  readonly namespaces: Lister<Namespace>;
  readonly services: IndexedLister<Service>;
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
export function listerOf<T extends KubernetesObject>(objects: readonly T[] = []): IndexedLister<T> {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const indexes = new Map<string, (object: T) => string | readonly string[] | undefined>();
  return {
    size: byKey.size,
    resourceVersion: 0,
    get: (key) => byKey.get(key),
    values: () => byKey.values(),
    addIndex: (name, valuesOf) => {
      indexes.set(name, valuesOf);
    },
    byIndex: (name, value) =>
      objects.filter((object) => [indexes.get(name)?.(object)].flat().includes(value)),
  };
}

const none = listerOf<never>();

/** An empty cluster. */
export const NO_OBJECTS: Listers = {
  namespaces: none,
  services: none,
  replicationControllers: none,
  replicaSets: none,
  statefulSets: none,
  podDisruptionBudgets: none,
  persistentVolumes: none,
  persistentVolumeClaims: none,
  storageClasses: none,
  csiNodes: none,
  csiDrivers: none,
  csiStorageCapacities: none,
  volumeAttachments: none,
};
