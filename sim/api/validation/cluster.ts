/** Nodes, configuration, quota, limit ranges, priority classes, storage objects (Kubernetes v1.36, validation of each group). */
import { configKeyProblems, dnsSubdomainProblems } from '../names.ts';
import { compareQuantities } from '../quantity.ts';
import { isHugePages, isNativeResource } from '../resource-names.ts';
import type { ConfigMap, LimitRange, LimitRangeItem, Node, ResourceQuota, Secret } from '../types/core.ts';
import type { Draft } from '../types/meta.ts';
import { type PriorityClass, taint as taintType } from '../types/scheduling.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types/storage.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { isStandardResource, resourceName } from './resources.ts';
import { choice, optionalChoice, resourceQuantity } from './rules.ts';
import { validateNodeSelector, validateTaints } from './scheduling.ts';
import { requireFields, validateAccessModes, validateClaimSpec } from './volume.ts';

/** Upstream reports taints under metadata. */
export function validateNode(errors: ErrorList, node: Draft<Node>): void {
  validateTaints(errors, 'metadata.taints', node.spec.taints ?? [], (taint) =>
    internalJson(taintType, taint),
  );
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, quantity] of Object.entries(node.status?.[list] ?? {})) {
      resourceQuantity(errors, `status.${list}.${name}`, name, quantity);
    }
  }
}

const STORAGE = 'storage';
const USERNAME = 'username';
const PASSWORD = 'password';

/** 1 MiB of data per ConfigMap or Secret. */
const MAX_DATA_BYTES = 1024 * 1024;

export function validateConfigMap(errors: ErrorList, { data = {}, binaryData = {} }: Draft<ConfigMap>): void {
  let bytes = 0;
  for (const [key, text] of Object.entries(data)) {
    errors.invalidEach(`data[${key}]`, key, configKeyProblems(key));
    if (binaryData[key] !== undefined)
      errors.invalid(`data[${key}]`, key, `duplicate of key present in binaryData`);
    bytes += Buffer.byteLength(text);
  }
  for (const [key, base64] of Object.entries(binaryData)) {
    errors.invalidEach(`binaryData[${key}]`, key, configKeyProblems(key));
    bytes += Buffer.byteLength(base64, 'base64');
  }
  if (bytes > MAX_DATA_BYTES) errors.tooLong('[]', MAX_DATA_BYTES);
}

/** Keys a Secret of a given type must have; one of a group is enough. */
const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

export function validateSecret(errors: ErrorList, { metadata, data = {}, type = '' }: Draft<Secret>): void {
  let bytes = 0;
  for (const [key, base64] of Object.entries(data)) {
    errors.invalidEach(`data[${key}]`, key, configKeyProblems(key));
    bytes += Buffer.byteLength(base64, 'base64');
  }
  if (bytes > MAX_DATA_BYTES) errors.tooLong('data', MAX_DATA_BYTES);
  for (const key of secretKeys[type] ?? []) if (data[key] === undefined) errors.required(`data[${key}]`);
  if (type === 'kubernetes.io/basic-auth' && data[USERNAME] === undefined && data[PASSWORD] === undefined) {
    errors.required('data[username]');
    errors.required('data[password]');
  }
  const account = 'kubernetes.io/service-account.name';
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[account]) {
    errors.required(`metadata.annotations[${account}]`);
  }
}

const QUOTA_SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const EXCLUSIVE_SCOPES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

const POD_COMPUTE = new Set([
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
]);
const isQuotaResource = (name: string): boolean => isStandardResource(name) && name !== STORAGE;

/** Pod scopes go with resources that pods use; best-effort pods use none but themselves. */
function mayScope(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods';
  if (scope === 'VolumeAttributesClass')
    return name === 'persistentvolumeclaims' || name === 'requests.storage';
  return !QUOTA_SCOPES.includes(scope) || name === 'pods' || POD_COMPUTE.has(name);
}

export function validateResourceQuota(errors: ErrorList, { spec }: Draft<ResourceQuota>): void {
  for (const [name, quantity] of Object.entries(spec?.hard ?? {})) {
    const field = `spec.hard[${name}]`;
    resourceName(errors, field, name);
    if (!name.includes('/') && !isQuotaResource(name))
      errors.invalid(field, name, 'must be a standard resource for quota');
    resourceQuantity(errors, field, name, quantity);
  }
  const scopes = spec?.scopes ?? [];
  for (const scope of scopes) {
    if (!QUOTA_SCOPES.includes(scope)) errors.invalid('spec.scopes', scopes, 'unsupported scope');
    for (const name of Object.keys(spec?.hard ?? {}).sort()) {
      if (isQuotaResource(name) && !mayScope(scope, name)) {
        errors.invalid('spec.scopes', scopes, 'unsupported scope applied to resource');
      }
    }
  }
  if (EXCLUSIVE_SCOPES.some((pair) => pair.every((scope) => scopes.includes(scope)))) {
    errors.invalid('spec.scopes', scopes, 'conflicting scopes');
  }
  for (const [i, { scopeName, operator, values = [] }] of (
    spec?.scopeSelector?.matchExpressions ?? []
  ).entries()) {
    const path = `spec.scopeSelector.matchExpressions[${i}]`;
    if (!QUOTA_SCOPES.includes(scopeName))
      errors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope');
    choice(errors, `${path}.operator`, operator, ['DoesNotExist', 'Exists', 'In', 'NotIn']);
    const setBased = operator === 'In' || operator === 'NotIn';
    if (setBased && values.length === 0) {
      errors.required(
        `${path}.values`,
        "must be atleast one value when `operator` is 'In' or 'NotIn' for scope selector",
      );
    }
  }
}

export function validateLimitRange(errors: ErrorList, { spec }: Draft<LimitRange>): void {
  const types = new Set<string>();
  for (const [i, item] of (spec?.limits ?? []).entries()) {
    const path = `spec.limits[${i}]`;
    if (item.type === '') errors.required(`${path}.type`);
    else if (!['Pod', 'Container', 'PersistentVolumeClaim'].includes(item.type) && !item.type.includes('/')) {
      errors.invalid(`${path}.type`, item.type, 'must be a standard limit type or fully qualified');
    }
    if (types.has(item.type)) errors.duplicate(`${path}.type`, item.type);
    types.add(item.type);
    validateLimits(errors, path, item);
  }
}

const LIMIT_LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function validateLimits(errors: ErrorList, path: string, item: LimitRangeItem): void {
  if (item.type === 'Pod') {
    for (const list of ['default', 'defaultRequest'] as const) {
      if (item[list] !== undefined)
        errors.forbidden(`${path}.${list}`, "may not be specified when `type` is 'Pod'");
    }
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.[STORAGE] === undefined &&
    item.max?.[STORAGE] === undefined
  ) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.required(`${path}.limits`, detail);
  }
  const names = new Set<string>();
  for (const list of LIMIT_LISTS) {
    for (const name of Object.keys(item[list] ?? {})) {
      names.add(name);
      if (!name.includes('/') && !isStandardResource(name))
        resourceName(errors, `${path}.${list}[${name}]`, name);
    }
  }
  for (const name of [...names].sort()) validateLimit(errors, path, item, name);
}

function validateLimit(errors: ErrorList, path: string, item: LimitRangeItem, name: string): void {
  const min = item.min?.[name];
  const max = item.max?.[name];
  const fallback = item.default?.[name];
  const request = item.defaultRequest?.[name];
  const ratio = item.maxLimitRequestRatio?.[name];
  const above = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
  const at = (list: string): string => `${path}.${list}[${name}]`;
  if (above(min, max)) errors.invalid(at('min'), min, `min value ${min} is greater than max value ${max}`);
  if (above(min, request)) {
    errors.invalid(
      at('defaultRequest'),
      request,
      `min value ${min} is greater than default request value ${request}`,
    );
  }
  if (above(request, max)) {
    errors.invalid(
      at('defaultRequest'),
      request,
      `default request value ${request} is greater than max value ${max}`,
    );
  }
  if (above(request, fallback)) {
    const detail = `default request value ${request} is greater than default limit value ${fallback}`;
    errors.invalid(at('defaultRequest'), request, detail);
  }
  if (above(min, fallback))
    errors.invalid(at('default'), min, `min value ${min} is greater than default value ${fallback}`);
  if (above(fallback, max))
    errors.invalid(at('default'), max, `default value ${fallback} is greater than max value ${max}`);
  if (above('1', ratio)) errors.invalid(at('maxLimitRequestRatio'), ratio, `ratio ${ratio} is less than 1`);
  const fixed = !isNativeResource(name) || isHugePages(name);
  if (
    fixed &&
    fallback !== undefined &&
    request !== undefined &&
    compareQuantities(fallback, request) !== 0
  ) {
    const detail = `default value ${fallback} must equal to defaultRequest value ${request} in ${name}`;
    errors.invalid(at('defaultRequest'), request, detail);
  }
}

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};
/** Priorities above belong to the system. */
const MAX_USER_PRIORITY = 1_000_000_000;

export function validatePriorityClass(
  errors: ErrorList,
  { metadata, value, preemptionPolicy }: Draft<PriorityClass>,
): void {
  const name = metadata.name ?? '';
  if (name.startsWith('system-')) {
    const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    if (SYSTEM_CLASSES[name] === undefined) {
      errors.forbidden('metadata.name', `${reserved}${name} is not a known system priority class`);
    } else if (SYSTEM_CLASSES[name] !== value) {
      errors.forbidden(
        'metadata.name',
        `${reserved}value of ${name} PriorityClass must be ${SYSTEM_CLASSES[name]}`,
      );
    }
  } else if (value > MAX_USER_PRIORITY) {
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${MAX_USER_PRIORITY}`);
  }
  optionalChoice(errors, 'preemptionPolicy', preemptionPolicy, ['Never', 'PreemptLowerPriority']);
}

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
