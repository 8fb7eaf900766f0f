/** Which changes can let a pod fit that its volumes kept out: the queueing hints of `volume_binding.go`. */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../../sim/api/index.ts';
import { mountsClaim, volumeLimit } from '../../sim/scheduler/contract.ts';

const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';

/** New, or with other topologies. */
export const afterClassChange = (
  _pod: Pod,
  before: StorageClass | undefined,
  after: StorageClass | undefined,
): boolean =>
  before === undefined ||
  JSON.stringify(before.allowedTopologies) !== JSON.stringify(after?.allowedTopologies);

export const afterClaimChange = (
  pod: Pod,
  _before: PersistentVolumeClaim | undefined,
  after: PersistentVolumeClaim | undefined,
): boolean => after !== undefined && mountsClaim(pod, after);

export const afterCSINodeChange = (
  _pod: Pod,
  before: CSINode | undefined,
  after: CSINode | undefined,
): boolean => before === undefined || migratedPlugins(before) !== migratedPlugins(after);

const migratedPlugins = (csiNode: CSINode | undefined): string | undefined =>
  csiNode?.metadata.annotations?.[MIGRATED_PLUGINS];

/** The driver of one of the pod's inline volumes no longer publishes its capacity. */
export const afterDriverChange = (
  pod: Pod,
  before: CSIDriver | undefined,
  after: CSIDriver | undefined,
): boolean =>
  (pod.spec.volumes ?? []).some(({ csi }) => csi !== undefined && csi.driver === after?.metadata.name) &&
  before?.spec.storageCapacity === true &&
  after?.spec.storageCapacity !== true;

/** There is more room than before. */
export const afterCapacityChange = (
  _pod: Pod,
  before: CSIStorageCapacity | undefined,
  after: CSIStorageCapacity | undefined,
): boolean => before === undefined || (after !== undefined && volumeLimit(after) > volumeLimit(before));
