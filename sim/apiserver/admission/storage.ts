/** Claims get the default class, claims and volumes a finalizer: plugin/pkg/admission/storage, Kubernetes v1.36. */
import type { Draft, PersistentVolumeClaim, StorageClass } from '../../api/index.ts';
import type { SubmittedObject } from '../request.ts';
import type { Storage } from '../storage.ts';
import { type AdmissionPlugin, type Attributes, pluginFor } from './plugin.ts';

const isDefault = 'storageclass.kubernetes.io/is-default-class';
const isDefaultBeta = 'storageclass.beta.kubernetes.io/is-default-class';
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const defaultStorageClass = pluginFor(
  'DefaultStorageClass',
  'persistentvolumeclaims',
  (claim: Draft<PersistentVolumeClaim>, { storage }: Attributes) => {
    const spec = claim.spec;
    if (spec?.storageClassName !== undefined || claim.metadata.annotations?.[classAnnotation] !== undefined)
      return claim;
    const found = newestDefault(storage);
    return found === undefined
      ? claim
      : { ...claim, spec: { ...spec, storageClassName: found.metadata.name } };
  },
);

/** Of several default classes the newest, then the first by name. */
function newestDefault(storage: Storage): StorageClass | undefined {
  let best: StorageClass | undefined;
  for (const { object } of storage.tables.storageclasses.inNamespace('')) {
    const { annotations, creationTimestamp, name } = object.metadata;
    if (annotations?.[isDefault] !== 'true' && annotations?.[isDefaultBeta] !== 'true') continue;
    const before = best?.metadata;
    if (
      before === undefined ||
      creationTimestamp > before.creationTimestamp ||
      (creationTimestamp === before.creationTimestamp && name < before.name)
    ) {
      best = object as StorageClass;
    }
  }
  return best;
}

const finalizers = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
} as const;

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: ['persistentvolumeclaims', 'persistentvolumes'],
  admit: (object: SubmittedObject, { table }: Attributes) => {
    const finalizer =
      table.name === 'persistentvolumes' ? finalizers.persistentvolumes : finalizers.persistentvolumeclaims;
    const present = object.metadata.finalizers ?? [];
    if (present.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } };
  },
};
