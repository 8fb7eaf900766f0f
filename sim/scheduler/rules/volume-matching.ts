/**
 * Which volume suits a claim on a node, and whether one could be provisioned there:
 * `component-helpers/storage/volume/pv_helpers.go` and `plugins/volumebinding/binder.go`, Kubernetes v1.36.
 */
import {
  bytesOf,
  type CSIStorageCapacity,
  compareQuantities,
  compileSelector,
  isTerminating,
  type Labels,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '../../api/index.ts';
import type { Listers } from '../framework/listers.ts';
import { allowsTopology, claimClass, isBoundTo, isReachable, volumeClass } from './volume-claims.ts';

/** A class of this provisioner has only volumes made beforehand. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const STORAGE = 'storage';

const requestedStorage = (claim: PersistentVolumeClaim): string =>
  claim.spec.resources?.requests?.[STORAGE] ?? '0';
const capacityOf = (volume: PersistentVolume): string => volume.spec.capacity?.[STORAGE] ?? '0';

/** By rising size, so that small claims leave large volumes to large ones. */
export const bySize = (a: PersistentVolumeClaim, b: PersistentVolumeClaim): number =>
  compareQuantities(requestedStorage(a), requestedStorage(b));

/** The volume reserved for the claim, or else the smallest that is large enough; undefined if there is none. */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  taken: ReadonlySet<string>,
  nodeLabels: Labels | undefined,
): PersistentVolume | undefined {
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name)) continue;
    const reserved = isBoundTo(volume, claim);
    if (volume.spec.claimRef !== undefined && !reserved) continue;
    if (!couldHold(volume, claim)) continue;
    const reachable = isReachable(volume, nodeLabels);
    if (reserved) return reachable ? volume : undefined;
    if (!reachable || !isOffered(volume, claim)) continue;
    if (smallest === undefined || compareQuantities(capacityOf(smallest), capacityOf(volume)) > 0)
      smallest = volume;
  }
  return smallest;
}

function couldHold(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    compareQuantities(capacityOf(volume), requestedStorage(claim)) >= 0 &&
    (volume.spec.volumeAttributesClassName ?? '') === (claim.spec.volumeAttributesClassName ?? '') &&
    (volume.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem') &&
    !isTerminating(volume)
  );
}

function isOffered(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector, accessModes = [] } = claim.spec;
  return (
    volume.status?.phase === 'Available' &&
    (selector === undefined || compileSelector(selector).matches(volume.metadata.labels)) &&
    volumeClass(volume) === claimClass(claim) &&
    accessModes.every((mode) => volume.spec.accessModes?.includes(mode))
  );
}

export type ProvisionVerdict = 'possible' | 'impossible' | 'no-capacity' | { readonly error: string };

/** Whether a volume for the claim could be made where the node can reach it. */
export function canProvision(claim: PersistentVolumeClaim, node: Node, listers: Listers): ProvisionVerdict {
  const { namespace, name } = claim.metadata;
  const className = claimClass(claim);
  if (className === '') return { error: `no class for claim "${namespace}/${name}"` };
  const storageClass = listers.storageClasses.get(className);
  if (storageClass === undefined) return { error: `failed to find storage class "${className}"` };
  const { provisioner } = storageClass;
  if (provisioner === '' || provisioner === NO_PROVISIONER) return 'impossible';
  if (!allowsTopology(storageClass, node.metadata.labels)) return 'impossible';
  return hasCapacity(claim, storageClass, node, listers) ? 'possible' : 'no-capacity';
}

/** Only drivers that publish their capacity are asked for it. */
function hasCapacity(
  claim: PersistentVolumeClaim,
  { provisioner, metadata }: StorageClass,
  node: Node,
  listers: Listers,
): boolean {
  const wanted = claim.spec.resources?.requests?.[STORAGE];
  if (wanted === undefined || listers.csiDrivers.get(provisioner)?.spec.storageCapacity !== true) return true;
  for (const capacity of listers.csiStorageCapacities.values()) {
    if (capacity.storageClassName !== metadata.name || volumeLimit(capacity) < bytesOf(wanted)) continue;
    const { nodeTopology } = capacity;
    if (nodeTopology !== undefined && compileSelector(nodeTopology).matches(node.metadata.labels))
      return true;
  }
  return false;
}

/** The largest volume that can be made, in bytes; negative if unknown. */
export function volumeLimit({ maximumVolumeSize, capacity }: CSIStorageCapacity): number {
  const limit = maximumVolumeSize ?? capacity;
  return limit === undefined ? -1 : bytesOf(limit);
}
