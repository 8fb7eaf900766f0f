import { compareQuantities } from '../quantity.ts';
import { isHugePages, isNativeResource } from '../resource-names.ts';
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../types/core.ts';
import type { Draft } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';
import { isStandardResource, resourceName } from './resources.ts';
import { choice, resourceQuantity } from './rules.ts';

const STORAGE = 'storage';

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
