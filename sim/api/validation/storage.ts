/** Claims, volumes and storage classes (Kubernetes v1.36, pkg/apis/core and storage validation). */
import { dnsSubdomainProblems } from '../names.ts';
import { compareQuantities } from '../quantity.ts';
import type { Draft } from '../types/meta.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types/storage.ts';
import type { ErrorList } from './field-error.ts';
import { choice, optionalChoice, resourceQuantity } from './rules.ts';
import { validateNodeSelector } from './scheduling.ts';
import { requireFields, validateAccessModes, validateClaimSpec } from './volume.ts';

const STORAGE = 'storage';

export const validateClaim = (errors: ErrorList, { spec }: Draft<PersistentVolumeClaim>): void =>
  validateClaimSpec(errors, 'spec', spec);

type VolumeSource =
  | 'hostPath'
  | 'gcePersistentDisk'
  | 'awsElasticBlockStore'
  | 'nfs'
  | 'iscsi'
  | 'rbd'
  | 'azureDisk'
  | 'local'
  | 'csi';

/** Sources of a PersistentVolume with the fields each needs. */
const volumeSources: Readonly<Record<VolumeSource, readonly string[]>> = {
  hostPath: ['path'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  rbd: ['monitors', 'image'],
  iscsi: ['targetPortal', 'iqn'],
  azureDisk: ['diskName', 'diskURI'],
  local: ['path'],
  csi: ['driver', 'volumeHandle'],
};

export function validatePersistentVolume(errors: ErrorList, { spec }: Draft<PersistentVolume>): void {
  const { accessModes = [], capacity = {}, storageClassName } = spec;
  if (accessModes.length === 0) errors.required('spec.accessModes');
  validateAccessModes(errors, 'spec.accessModes', accessModes);
  const names = Object.keys(capacity);
  if (names.length === 0) errors.required('spec.capacity');
  if (capacity[STORAGE] === undefined || names.length > 1) {
    errors.notSupported('spec.capacity', names.length === 0 ? null : capacity, ['storage']);
  }
  for (const name of names) {
    const quantity = capacity[name] ?? '0';
    resourceQuantity(errors, `spec.capacity[${name}]`, name, quantity);
    if (compareQuantities(quantity, '0') === 0)
      errors.invalid(`spec.capacity[${name}]`, quantity, 'must be greater than zero');
  }
  optionalChoice(errors, 'spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, [
    'Delete',
    'Recycle',
    'Retain',
  ]);
  const terms = spec.nodeAffinity?.required;
  if (terms !== undefined) validateNodeSelector(errors, 'spec.nodeAffinity.required', terms);
  validateVolumeSource(errors, spec);
  if (storageClassName)
    errors.invalidEach('spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName));
  optionalChoice(errors, 'spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem']);
}

function validateVolumeSource(errors: ErrorList, spec: PersistentVolume['spec']): void {
  const given = (Object.keys(volumeSources) as VolumeSource[]).filter((source) => spec[source] !== undefined);
  for (const extra of given.slice(1))
    errors.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type');
  const source = given[0];
  if (source === undefined) errors.required('spec', 'must specify a volume type');
  else requireFields(errors, `spec.${source}`, spec[source] ?? {}, volumeSources[source]);
  if (spec.local !== undefined && spec.nodeAffinity === undefined) {
    errors.required('metadata.annotations', 'Local volume requires node affinity');
  }
}

export function validateStorageClass(errors: ErrorList, storageClass: Draft<StorageClass>): void {
  if (storageClass.provisioner === '') errors.required('provisioner');
  optionalChoice(errors, 'reclaimPolicy', storageClass.reclaimPolicy, ['Delete', 'Retain']);
  choice(errors, 'volumeBindingMode', storageClass.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']);
}
