/** Pod volumes and claim specs (Kubernetes v1.36, pkg/apis/core/validation). */
import { dnsSubdomainProblems } from '../names.ts';
import { compareQuantities } from '../quantity.ts';
import type { PersistentVolumeClaimSpec, Volume } from '../types/volume.ts';
import type { ErrorList } from './field-error.ts';
import { choice, dnsLabel, labelSelector, optionalChoice, resourceQuantity } from './rules.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

type SourceName = Exclude<keyof Volume, 'name'>;

/** Fields that a source cannot do without. */
const needed: Partial<Readonly<Record<SourceName, readonly string[]>>> = {
  hostPath: ['path'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  secret: ['secretName'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  persistentVolumeClaim: ['claimName'],
  rbd: ['monitors', 'image'],
  configMap: ['name'],
  csi: ['driver'],
};

/** In the order in which upstream looks at them: the first counts, later ones are refused. */
const SOURCES: readonly SourceName[] = [
  'emptyDir',
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'persistentVolumeClaim',
  'rbd',
  'downwardAPI',
  'configMap',
  'azureDisk',
  'projected',
  'csi',
  'ephemeral',
  'image',
];

/** Checks the volumes and returns the names of the good ones. */
export function validateVolumes(
  errors: ErrorList,
  path: string,
  volumes: readonly Volume[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [i, volume] of volumes.entries()) {
    const before = errors.errors.length;
    validateSource(errors, `${path}[${i}]`, volume);
    if (volume.name === '') errors.required(`${path}[${i}].name`);
    else dnsLabel(errors, `${path}[${i}].name`, volume.name);
    if (names.has(volume.name)) errors.duplicate(`${path}[${i}].name`, volume.name);
    if (errors.errors.length === before) names.add(volume.name);
  }
  return names;
}

function validateSource(errors: ErrorList, path: string, volume: Volume): void {
  const given = SOURCES.filter((source) => volume[source] !== undefined);
  for (const extra of given.slice(1))
    errors.forbidden(`${path}.${extra}`, 'may not specify more than 1 volume type');
  const source = given[0];
  if (source === undefined) {
    errors.required(path, 'must specify a volume type');
    return;
  }
  requireFields(errors, `${path}.${source}`, volume[source] ?? {}, needed[source] ?? []);
  const type = volume.hostPath?.type;
  if (type !== undefined) optionalChoice(errors, `${path}.hostPath.type`, type, HOST_PATH_TYPES);
  const limit = volume.emptyDir?.sizeLimit;
  if (limit !== undefined && compareQuantities(limit, '0') < 0) {
    errors.forbidden(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
  }
  const template = volume.ephemeral?.volumeClaimTemplate;
  if (volume.ephemeral !== undefined && template === undefined)
    errors.required(`${path}.ephemeral.volumeClaimTemplate`);
  if (template !== undefined)
    validateClaimSpec(errors, `${path}.ephemeral.volumeClaimTemplate.spec`, template.spec);
}

export function requireFields(
  errors: ErrorList,
  path: string,
  source: object,
  fields: readonly string[],
): void {
  for (const field of fields) {
    const value: unknown = Reflect.get(source, field);
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0))
      errors.required(`${path}.${field}`);
  }
}

export function validateAccessModes(errors: ErrorList, path: string, modes: readonly string[]): void {
  for (const mode of modes) optionalChoice(errors, path, mode, ACCESS_MODES);
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes');
  }
}

export function validateClaimSpec(errors: ErrorList, path: string, spec: PersistentVolumeClaimSpec): void {
  const { accessModes = [], storageClassName, volumeMode } = spec;
  if (accessModes.length === 0) errors.required(`${path}.accessModes`, 'at least 1 access mode is required');
  labelSelector(errors, `${path}.selector`, spec.selector);
  validateAccessModes(errors, `${path}.accessModes`, accessModes);
  const { storage } = spec.resources?.requests ?? {};
  if (storage === undefined) errors.required(`${path}.resources[storage]`);
  else {
    resourceQuantity(errors, `${path}.resources[storage]`, 'storage', storage);
    if (compareQuantities(storage, '0') <= 0) {
      errors.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero');
    }
  }
  if (storageClassName)
    errors.invalidEach(`${path}.storageClassName`, storageClassName, dnsSubdomainProblems(storageClassName));
  if (volumeMode !== undefined) choice(errors, `${path}.volumeMode`, volumeMode, ['Block', 'Filesystem']);
}
