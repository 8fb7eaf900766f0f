/** Workload controllers (Kubernetes v1.36, pkg/apis/apps/validation and core/validation). */
import { compileLabels, compileSelector } from '../selectors.ts';
import {
  type DaemonSet,
  type Deployment,
  daemonSetUpdateStrategy,
  deploymentStrategy,
  type ReplicaSet,
  type ReplicationController,
  rollingUpdateStatefulSet,
  type StatefulSet,
  statefulSetUpdateStrategy,
} from '../types/apps.ts';
import { type Draft, type LabelSelector, type Labels, labelSelector as selectorType } from '../types/meta.ts';
import type { PodSpec, PodTemplateSpec } from '../types/pod.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { validateAnnotations } from './metadata.ts';
import { validateTemplate } from './pod.ts';
import {
  atMostAll,
  countOrPercent,
  countOrPercentValue,
  isCompilable,
  isEmptySelector,
  labelMap,
  labelSelector,
  nonNegative,
  optionalChoice,
} from './rules.ts';

const MISMATCH = '`selector` does not match template `labels`';

/** Labels as they print in a message: sorted, or null. */
export const shownLabels = (labels: Labels | undefined): unknown =>
  labels === undefined
    ? null
    : Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

export const shownSelector = (selector: LabelSelector): unknown => internalJson(selectorType, selector);

/** The selector must exist, mean something and match the template's labels. */
function selectorAndTemplate(
  errors: ErrorList,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  validate: () => void,
  kind = 'deployment',
): void {
  if (selector === undefined) errors.required('spec.selector');
  else {
    labelSelector(errors, 'spec.selector', selector);
    if (isEmptySelector(selector)) {
      errors.invalid('spec.selector', shownSelector(selector), `empty selector is invalid for ${kind}`);
    }
    if (!isCompilable(selector)) {
      errors.invalid('spec.selector', shownSelector(selector), 'invalid label selector');
      return;
    }
  }
  matchTemplate(errors, selector, template);
  validate();
}

export function matchTemplate(
  errors: ErrorList,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
): void {
  const labels = template.metadata?.labels;
  const compiled = compileSelector(selector);
  if (compiled.everything || compiled.matches(labels)) return;
  errors.invalid('spec.template.metadata.labels', shownLabels(labels), MISMATCH);
}

/** Pods of a replicated workload run for ever. */
function runsForEver(errors: ErrorList, spec: PodSpec, kind: string): void {
  const path = 'spec.template.spec';
  if (spec.restartPolicy !== 'Always')
    errors.notSupported(`${path}.restartPolicy`, spec.restartPolicy, ['Always']);
  if (spec.activeDeadlineSeconds !== undefined) {
    errors.forbidden(`${path}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`);
  }
}

const replicatedTemplate = (errors: ErrorList, template: PodTemplateSpec, kind: string): void => {
  validateTemplate(errors, 'spec.template', template);
  runsForEver(errors, template.spec, kind);
};

export function validateReplicationController(
  errors: ErrorList,
  { spec }: Draft<ReplicationController>,
): void {
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  if (Object.keys(spec.selector ?? {}).length === 0) errors.required('spec.selector');
  nonNegative(errors, 'spec.replicas', spec.replicas);
  const { template } = spec;
  if (template === undefined) {
    errors.required('spec.template');
    return;
  }
  const labels = template.metadata?.labels;
  if (!compileLabels(spec.selector).matches(labels)) {
    errors.invalid('spec.template.metadata.labels', shownLabels(labels), MISMATCH);
  }
  replicatedTemplate(errors, template, 'ReplicationController');
}

export function validateReplicaSet(errors: ErrorList, { spec }: Draft<ReplicaSet>): void {
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  selectorAndTemplate(errors, spec.selector, spec.template, () =>
    replicatedTemplate(errors, spec.template, 'ReplicaSet'),
  );
}

export function validateDeployment(errors: ErrorList, { spec }: Draft<Deployment>): void {
  nonNegative(errors, 'spec.replicas', spec.replicas);
  selectorAndTemplate(errors, spec.selector, spec.template, () =>
    replicatedTemplate(errors, spec.template, 'ReplicaSet'),
  );
  validateStrategy(errors, spec.strategy ?? {});
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  nonNegative(errors, 'spec.progressDeadlineSeconds', deadline);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
  }
}

function validateStrategy(errors: ErrorList, strategy: NonNullable<Deployment['spec']['strategy']>): void {
  const path = 'spec.strategy';
  const rolling = strategy.rollingUpdate;
  switch (strategy.type) {
    case 'Recreate': {
      const detail = "may not be specified when strategy `type` is 'Recreate'";
      if (rolling !== undefined) errors.forbidden(`${path}.rollingUpdate`, detail);
      return;
    }
    case 'RollingUpdate':
      if (rolling === undefined)
        errors.required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil');
      else validateRolling(errors, `${path}.rollingUpdate`, rolling);
      return;
    default:
      errors.notSupported(path, internalJson(deploymentStrategy, strategy), ['Recreate', 'RollingUpdate']);
  }
}

interface Rolling {
  readonly maxUnavailable?: number | string | undefined;
  readonly maxSurge?: number | string | undefined;
}

function validateRolling(errors: ErrorList, path: string, { maxUnavailable, maxSurge }: Rolling): void {
  countOrPercent(errors, `${path}.maxUnavailable`, maxUnavailable);
  countOrPercent(errors, `${path}.maxSurge`, maxSurge);
  if (countOrPercentValue(maxUnavailable) === 0 && countOrPercentValue(maxSurge) === 0) {
    errors.invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
  atMostAll(errors, `${path}.maxUnavailable`, maxUnavailable);
}

/** The pod spec of a StatefulSet is not validated: its mounts may name claims that do not exist yet. */
export function validateStatefulSet(errors: ErrorList, { spec }: Draft<StatefulSet>): void {
  const management = spec.podManagementPolicy ?? '';
  if (management === '') errors.required('spec.podManagementPolicy');
  else if (management !== 'OrderedReady' && management !== 'Parallel') {
    errors.invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'");
  }
  validateStatefulStrategy(errors, spec.updateStrategy ?? {});
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    optionalChoice(errors, `spec.persistentVolumeClaimRetentionPolicy.${when}`, retention?.[when], [
      'Retain',
      'Delete',
    ]);
  }
  nonNegative(errors, 'spec.replicas', spec.replicas);
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start);
  const { template } = spec;
  selectorAndTemplate(
    errors,
    spec.selector,
    template,
    () => {
      labelMap(errors, 'spec.template.labels', template.metadata?.labels);
      validateAnnotations(errors, 'spec.template.annotations', template.metadata?.annotations);
    },
    'statefulset',
  );
  runsForEver(errors, template.spec, 'StatefulSet');
}

function validateStatefulStrategy(
  errors: ErrorList,
  strategy: NonNullable<StatefulSet['spec']['updateStrategy']>,
): void {
  const path = 'spec.updateStrategy';
  const rolling = strategy.rollingUpdate;
  switch (strategy.type) {
    case undefined:
      errors.required(path);
      return;
    case 'OnDelete': {
      const detail = "only allowed for updateStrategy 'RollingUpdate'";
      if (rolling !== undefined)
        errors.invalid(`${path}.rollingUpdate`, internalJson(rollingUpdateStatefulSet, rolling), detail);
      return;
    }
    case 'RollingUpdate':
      nonNegative(errors, `${path}.rollingUpdate.partition`, rolling?.partition);
      countOrPercent(errors, `${path}.rollingUpdate.maxUnavailable`, rolling?.maxUnavailable);
      return;
    default:
      errors.invalid(
        path,
        internalJson(statefulSetUpdateStrategy, strategy),
        "must be 'RollingUpdate' or 'OnDelete'",
      );
  }
}

export function validateDaemonSet(errors: ErrorList, { spec }: Draft<DaemonSet>): void {
  const { selector, template } = spec;
  labelSelector(errors, 'spec.selector', selector);
  matchTemplate(errors, selector, template);
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.invalid('spec.selector', shownSelector(selector), 'empty selector is invalid for daemonset');
  }
  validateTemplate(errors, 'spec.template', template);
  runsForEver(errors, template.spec, 'DaemonSet');
  nonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateDaemonStrategy(errors, spec.updateStrategy ?? {});
  nonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
}

function validateDaemonStrategy(
  errors: ErrorList,
  strategy: NonNullable<DaemonSet['spec']['updateStrategy']>,
): void {
  const path = 'spec.updateStrategy';
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') {
    errors.notSupported(path, internalJson(daemonSetUpdateStrategy, strategy), ['RollingUpdate', 'OnDelete']);
    return;
  }
  const rolling = strategy.rollingUpdate;
  if (rolling === undefined) {
    errors.required(`${path}.rollingUpdate`);
    return;
  }
  const { maxUnavailable, maxSurge } = rolling;
  countOrPercent(errors, `${path}.rollingUpdate.maxUnavailable`, maxUnavailable);
  countOrPercent(errors, `${path}.rollingUpdate.maxSurge`, maxSurge);
  const unavailable = countOrPercentValue(maxUnavailable) !== 0;
  const surge = countOrPercentValue(maxSurge) !== 0;
  if (unavailable && surge) {
    errors.invalid(
      `${path}.rollingUpdate.maxSurge`,
      maxSurge,
      'may not be set when maxUnavailable is non-zero',
    );
  } else if (!unavailable && !surge) {
    errors.required(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
  }
  atMostAll(errors, `${path}.rollingUpdate.maxUnavailable`, maxUnavailable);
  atMostAll(errors, `${path}.rollingUpdate.maxSurge`, maxSurge);
}
