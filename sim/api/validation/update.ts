/** What an update may not change, by kind (Kubernetes v1.36, Validate…Update of each group). */
import { equalJson } from '../equality.ts';
import { compareQuantities } from '../quantity.ts';
import type { ObjectOf, ResourceName } from '../resources.ts';
import type { Descriptor } from '../schema/descriptor.ts';
import { type StatefulSet, statefulSetSpec } from '../types/apps.ts';
import type { Job } from '../types/batch.ts';
import type { ConfigMap, Secret } from '../types/core.ts';
import type { Draft } from '../types/meta.ts';
import type { Service } from '../types/networking.ts';
import { podTemplateSpec } from '../types/pod.ts';
import { roleRef } from '../types/policy.ts';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeSpec,
  type StorageClass,
} from '../types/storage.ts';
import { sharedVolumeSources, volumeClaimSpec } from '../types/volume.ts';
import { withDifference } from './difference.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { validateJobAndSelector } from './jobs.ts';
import { podUpdate } from './pod-update.ts';
import { IMMUTABLE } from './rules.ts';
import { shownSelector } from './workloads.ts';

type UpdateRule<T> = (errors: ErrorList, next: T, old: T) => void;
type UpdateRules = { readonly [R in ResourceName]?: UpdateRule<Draft<ObjectOf<R>>> };

/** One "field is immutable" error if the values differ. */
function immutable(
  errors: ErrorList,
  field: string,
  next: unknown,
  old: unknown,
  shown: unknown = next,
): void {
  if (!equalJson(next, old)) errors.invalid(field, shown ?? null, IMMUTABLE);
}

interface WithSelector {
  readonly spec: { readonly selector?: Job['spec']['selector'] };
}

/** apps/v1 selectors never change. */
const selectorStays: UpdateRule<WithSelector> = (errors, { spec: { selector } }, old) => {
  if (equalJson(selector, old.spec.selector)) return;
  errors.invalid('spec.selector', selector === undefined ? null : shownSelector(selector), IMMUTABLE);
};

const CLAIM_SPEC_FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const STATEFUL_SPEC_FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function statefulSetUpdate(
  errors: ErrorList,
  { spec }: Draft<StatefulSet>,
  { spec: old }: Draft<StatefulSet>,
): void {
  const changeable = [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ] as const;
  for (const name of Object.keys(statefulSetSpec.wire.fields) as (keyof typeof spec)[]) {
    if (changeable.some((each) => each === name) || equalJson(spec[name], old[name])) continue;
    errors.forbidden('spec', STATEFUL_SPEC_FIXED);
    return;
  }
}

function jobUpdate(errors: ErrorList, { spec }: Draft<Job>, { spec: old, status }: Draft<Job>): void {
  validateJobAndSelector(errors, spec);
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!elastic || spec.completions === undefined)
    immutable(errors, 'spec.completions', spec.completions, old.completions);
  immutable(
    errors,
    'spec.selector',
    spec.selector,
    old.selector,
    spec.selector && shownSelector(spec.selector),
  );
  const template =
    old.suspend === true && status?.startTime === undefined ? unscheduled(spec) : spec.template;
  const oldTemplate =
    old.suspend === true && status?.startTime === undefined ? unscheduled(old) : old.template;
  immutable(errors, 'spec.template', template, oldTemplate, internalJson(podTemplateSpec, template));
  for (const field of [
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const) {
    immutable(errors, `spec.${field}`, spec[field], old[field]);
  }
}

/** The template without what may change while a Job that never started is suspended. */
function unscheduled({ template }: Job['spec']): Job['spec']['template'] {
  const { nodeSelector: _n, tolerations: _t, schedulingGates: _g, affinity, ...spec } = template.spec;
  const { labels: _l, annotations: _a, ...metadata } = template.metadata ?? {};
  const { nodeAffinity: _na, ...otherAffinity } = affinity ?? {};
  return { ...template, metadata, spec: { ...spec, affinity: otherAffinity } };
}

function serviceUpdate(errors: ErrorList, { spec }: Draft<Service>, { spec: old }: Draft<Service>): void {
  const sameType = spec.type !== 'ExternalName' && old.type !== 'ExternalName';
  const given = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const first = given[0] ?? '';
  const before = old.clusterIP ?? '';
  if (!sameType || before === '') return;
  if (spec.clusterIP !== undefined && spec.clusterIP !== before) {
    errors.invalid('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set');
  } else if (first !== before)
    errors.invalid('spec.clusterIPs[0]', given, 'primary clusterIP can not be unset');
}

function claimUpdate(
  errors: ErrorList,
  { spec }: Draft<PersistentVolumeClaim>,
  old: Draft<PersistentVolumeClaim>,
): void {
  const allowed = old.spec.volumeName
    ? { ...spec, resources: { ...spec.resources, requests: old.spec.resources?.requests } }
    : spec;
  const named = old.spec.volumeName === undefined ? { ...allowed, volumeName: undefined } : allowed;
  if (!equalJson(named, old.spec)) {
    errors.forbidden('spec', withDifference(CLAIM_SPEC_FIXED, volumeClaimSpec, named, old.spec));
  }
  const requested = spec.resources?.requests?.[STORAGE];
  const before = old.spec.resources?.requests?.[STORAGE];
  if (requested === undefined || before === undefined || compareQuantities(requested, before) >= 0) return;
  const granted = old.status?.capacity?.[STORAGE];
  if (granted === undefined || compareQuantities(requested, granted) <= 0) {
    errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  }
}

const VOLUME_SOURCES = [
  ...(Object.keys(sharedVolumeSources) as (keyof typeof sharedVolumeSources)[]),
  'local',
  'csi',
] as const;
/** The sources of a PersistentVolume are a struct of their own upstream. */
const volumeSource: Descriptor<unknown> = {
  wire: { ...persistentVolumeSpec.wire, goName: 'v1.PersistentVolumeSource' },
};

function volumeUpdate(
  errors: ErrorList,
  { spec }: Draft<PersistentVolume>,
  { spec: old }: Draft<PersistentVolume>,
): void {
  if (VOLUME_SOURCES.some((source) => !equalJson(spec[source], old[source]))) {
    const field = 'spec.persistentvolumesource';
    errors.forbidden(field, withDifference(`${field} is immutable after creation`, volumeSource, spec, old));
  }
  immutable(errors, 'spec.volumeMode', spec.volumeMode, old.volumeMode);
  if (old.nodeAffinity !== undefined)
    immutable(errors, 'spec.nodeAffinity', spec.nodeAffinity, old.nodeAffinity);
}

function storageClassUpdate(errors: ErrorList, next: Draft<StorageClass>, old: Draft<StorageClass>): void {
  if (!equalJson(next.parameters, old.parameters))
    errors.forbidden('parameters', 'updates to parameters are forbidden.');
  immutable(errors, 'provisioner', next.provisioner, old.provisioner);
  if (next.reclaimPolicy !== old.reclaimPolicy)
    errors.forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.');
  immutable(errors, 'volumeBindingMode', next.volumeBindingMode, old.volumeBindingMode);
}

/** An object marked immutable keeps its data, and stays marked. */
function frozen(
  errors: ErrorList,
  next: Draft<ConfigMap> | Draft<Secret>,
  old: Draft<ConfigMap> | Draft<Secret>,
): void {
  if (old.immutable !== true) return;
  const detail = 'field is immutable when `immutable` is set';
  if (next.immutable !== true) errors.forbidden('immutable', detail);
  if (!equalJson(next.data, old.data)) errors.forbidden('data', detail);
  const binary = 'binaryData' in next ? next.binaryData : undefined;
  const oldBinary = 'binaryData' in old ? old.binaryData : undefined;
  if (!equalJson(binary, oldBinary)) errors.forbidden('binaryData', detail);
}

interface WithRoleRef {
  readonly roleRef: unknown;
}
const roleRefStays: UpdateRule<WithRoleRef> = (errors, next, old) => {
  if (!equalJson(next.roleRef, old.roleRef))
    errors.invalid('roleRef', internalJson(roleRef, next.roleRef), 'cannot change roleRef');
};

const STORAGE = 'storage';

const rules: UpdateRules = {
  pods: podUpdate,
  replicasets: selectorStays,
  deployments: selectorStays,
  daemonsets: selectorStays,
  statefulsets: statefulSetUpdate,
  jobs: jobUpdate,
  services: serviceUpdate,
  configmaps: frozen,
  secrets: (errors, next, old) => {
    immutable(errors, 'type', next.type, old.type);
    frozen(errors, next, old);
  },
  persistentvolumeclaims: claimUpdate,
  persistentvolumes: volumeUpdate,
  storageclasses: storageClassUpdate,
  resourcequotas: (errors, next, old) =>
    immutable(errors, 'spec.scopes', next.spec?.scopes, old.spec?.scopes),
  priorityclasses: (errors, next, old) => {
    if (next.value !== old.value) errors.forbidden('value', 'may not be changed in an update.');
    immutable(errors, 'preemptionPolicy', next.preemptionPolicy, old.preemptionPolicy);
  },
  endpointslices: (errors, next, old) => immutable(errors, 'addressType', next.addressType, old.addressType),
  controllerrevisions: (errors, next, old) => immutable(errors, 'data', next.data, old.data),
  runtimeclasses: (errors, next, old) => immutable(errors, 'handler', next.handler, old.handler),
  ingressclasses: (errors, next, old) =>
    immutable(errors, 'spec.controller', next.spec?.controller, old.spec?.controller),
  rolebindings: roleRefStays,
  clusterrolebindings: roleRefStays,
  nodes: (errors, next, old) => {
    if (old.spec.podCIDR !== undefined && next.spec.podCIDR !== old.spec.podCIDR) {
      errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
    }
    if (old.spec.providerID !== undefined && next.spec.providerID !== old.spec.providerID) {
      errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
    }
  },
};

export const updateRule = <R extends ResourceName>(resource: R): UpdateRule<Draft<ObjectOf<R>>> | undefined =>
  rules[resource] as UpdateRule<Draft<ObjectOf<R>>> | undefined;
