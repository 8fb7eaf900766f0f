/** Claims, volumes and classes as the volume plugins read them: `component-helpers/storage`, Kubernetes v1.36. */
import {
  controllerOf,
  type Labels,
  nodeSelectorMatches,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from '../../api/index.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';

/** A volume of a pod that is mounted through a claim. */
export interface ClaimedVolume {
  readonly claimName: string;
  /** The claim is made for this pod from a template in its spec. */
  readonly ephemeral: boolean;
}

export function claimedVolumes(pod: Pod): readonly ClaimedVolume[] {
  const claimed: ClaimedVolume[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim !== undefined)
      claimed.push({ claimName: volume.persistentVolumeClaim.claimName, ephemeral: false });
    else if (volume.ephemeral !== undefined)
      claimed.push({ claimName: `${pod.metadata.name}-${volume.name}`, ephemeral: true });
  }
  return claimed;
}

/** The pod mounts the claim. */
export const mountsClaim = (pod: Pod, claim: PersistentVolumeClaim): boolean =>
  claim.metadata.namespace === pod.metadata.namespace &&
  claimedVolumes(pod).some(({ claimName }) => claimName === claim.metadata.name);

/** As `mountsClaim`, but of claims that the pod names; those made for its generic ephemeral volumes are left out. */
export const namesClaim = (pod: Pod, claim: PersistentVolumeClaim): boolean =>
  claim.metadata.namespace === pod.metadata.namespace &&
  (pod.spec.volumes ?? []).some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
  );

/** Undefined if the claim was made for this pod; else upstream's error text. */
export function foreignClaim(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  if (controllerOf(claim)?.uid === pod.metadata.uid) return undefined;
  const { namespace, name } = claim.metadata;
  return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
}

export const claimNotFound = (name: string): string => `persistentvolumeclaim "${name}" not found`;
export const volumeNotFound = (name: string): string => `persistentvolume "${name}" not found`;
export const classNotFound = (name: string): string => `storageclass.storage.k8s.io "${name}" not found`;

/** The claim's storage class; empty if it has none. */
export const claimClass = (claim: PersistentVolumeClaim): string =>
  claim.metadata.annotations?.[CLASS_ANNOTATION] ?? claim.spec.storageClassName ?? '';
export const volumeClass = (volume: PersistentVolume): string =>
  volume.metadata.annotations?.[CLASS_ANNOTATION] ?? volume.spec?.storageClassName ?? '';

export const isFullyBound = (claim: PersistentVolumeClaim): boolean =>
  (claim.spec.volumeName ?? '') !== '' && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;

/** The volume is reserved for the claim. */
export function isBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = volume.spec?.claimRef;
  if (ref === undefined) return false;
  if (ref.name !== claim.metadata.name || ref.namespace !== claim.metadata.namespace) return false;
  return ref.uid === undefined || ref.uid === '' || ref.uid === claim.metadata.uid;
}

/** Whether a node with these labels can reach the volume. */
export function isReachable(volume: PersistentVolume, nodeLabels: Labels | undefined): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  // Only labels count: the selector is not asked about the node's name.
  return (
    required === undefined || nodeSelectorMatches(required, { metadata: { name: '', labels: nodeLabels } })
  );
}

/** A node with these labels is where the class may provision. */
export function allowsTopology(storageClass: StorageClass, labels: Labels | undefined): boolean {
  const terms = storageClass.allowedTopologies ?? [];
  if (terms.length === 0) return true;
  return terms.some(({ matchLabelExpressions = [] }) => {
    if (matchLabelExpressions.length === 0) return false;
    return matchLabelExpressions.every(({ key, values }) => values.includes(labels?.[key] ?? ''));
  });
}
