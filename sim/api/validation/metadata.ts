/** Object metadata (Kubernetes v1.36, apimachinery/pkg/api/validation/objectmeta.go and core validation). */
import { equalJson } from '../equality.ts';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
  tooLong,
} from '../names.ts';
import { type ResourceName, resources } from '../resources.ts';
import type { DraftMeta, OwnerReference } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';
import { IMMUTABLE, labelMap, nonNegative } from './rules.ts';

type NameRule = (name: string) => readonly string[];

/** Kinds whose names are not DNS subdomains. */
const nameRules: Partial<Readonly<Record<ResourceName, NameRule>>> = {
  namespaces: dnsLabelProblems,
  services: dnsLabelProblems,
  statefulsets: dnsLabelProblems,
  roles: pathSegmentProblems,
  clusterroles: pathSegmentProblems,
  rolebindings: pathSegmentProblems,
  clusterrolebindings: pathSegmentProblems,
};

/** 256 KiB for all annotations of an object. */
const ANNOTATIONS_MAX_BYTES = 256 * 1024;
/** A CronJob's Jobs get a suffix of eleven characters. */
const CRON_JOB_NAME_MAX = 52;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export function validateMetadata(errors: ErrorList, resource: ResourceName, meta: DraftMeta): void {
  const rule = nameRules[resource] ?? dnsSubdomainProblems;
  const { name, generateName, namespace } = meta;
  if (generateName)
    errors.invalidEach('metadata.generateName', generateName, rule(withoutTrailingDash(generateName)));
  if (!name) errors.required('metadata.name', 'name or generateName is required');
  else errors.invalidEach('metadata.name', name, rule(name));
  if (resources[resource].namespaced) {
    if (!namespace) errors.required('metadata.namespace');
    else errors.invalidEach('metadata.namespace', namespace, dnsLabelProblems(namespace));
  } else if (namespace) errors.forbidden('metadata.namespace', 'not allowed on this type');
  nonNegative(errors, 'metadata.generation', meta.generation);
  labelMap(errors, 'metadata.labels', meta.labels);
  validateAnnotations(errors, 'metadata.annotations', meta.annotations);
  validateOwners(errors, meta.ownerReferences);
  validateFinalizers(errors, meta.finalizers);
}

/** A generated name ends in letters, so that a dash before them is fine. */
const withoutTrailingDash = (prefix: string): string =>
  prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix;

export const validateCronJobName = (errors: ErrorList, name: string): void => {
  if (name.length > CRON_JOB_NAME_MAX) errors.invalid('metadata.name', name, tooLong(CRON_JOB_NAME_MAX));
};

export function validateAnnotations(
  errors: ErrorList,
  field: string,
  annotations: DraftMeta['annotations'],
): void {
  if (annotations === undefined) return;
  let bytes = 0;
  for (const key of Object.keys(annotations)) {
    errors.invalidEach(field, key, qualifiedNameProblems(key.toLowerCase()));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  }
  if (bytes > ANNOTATIONS_MAX_BYTES) errors.tooLong(field, ANNOTATIONS_MAX_BYTES);
}

function validateOwners(errors: ErrorList, owners: readonly OwnerReference[] | undefined): void {
  if (owners === undefined) return;
  const field = 'metadata.ownerReferences';
  let controller: OwnerReference | undefined;
  for (const owner of owners) {
    const version = owner.apiVersion.slice(owner.apiVersion.lastIndexOf('/') + 1);
    if (version === '') errors.invalid(`${field}.apiVersion`, owner.apiVersion, 'version must not be empty');
    for (const part of ['kind', 'name', 'uid'] as const) {
      if (owner[part] === '') errors.invalid(`${field}.${part}`, '', 'must not be empty');
    }
    if (owner.controller !== true) continue;
    if (controller === undefined) controller = owner;
    else {
      const both = `${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`;
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${both}`;
      errors.invalid(field, owners, detail);
    }
  }
}

function validateFinalizers(errors: ErrorList, finalizers: readonly string[] | undefined): void {
  if (finalizers === undefined) return;
  const field = 'metadata.finalizers';
  for (const finalizer of finalizers) errors.invalidEach(field, finalizer, qualifiedNameProblems(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
  for (const [i, finalizer] of finalizers.entries()) {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) continue;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.invalid(`${field}[${i}]`, finalizer, detail);
  }
}

const FIXED = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** What an update may not change in metadata, and the rules for what it may. */
export function validateMetadataUpdate(errors: ErrorList, next: DraftMeta, old: DraftMeta): void {
  if (old.deletionTimestamp !== undefined) {
    const added = (next.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer));
    if (added.length > 0) {
      const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
      errors.forbidden('metadata.finalizers', detail);
    }
  }
  if (next.resourceVersion === undefined || next.resourceVersion === '') {
    errors.invalid('metadata.resourceVersion', next.resourceVersion ?? '', 'must be specified for an update');
  }
  if ((next.generation ?? 0) < (old.generation ?? 0)) {
    errors.invalid('metadata.generation', next.generation ?? 0, 'must not be decremented');
  }
  for (const field of FIXED) {
    if (!equalJson(next[field], old[field]))
      errors.invalid(`metadata.${field}`, next[field] ?? null, IMMUTABLE);
  }
  if (next.labels !== old.labels) labelMap(errors, 'metadata.labels', next.labels);
  if (next.annotations !== old.annotations)
    validateAnnotations(errors, 'metadata.annotations', next.annotations);
  if (next.ownerReferences !== old.ownerReferences) validateOwners(errors, next.ownerReferences);
}
