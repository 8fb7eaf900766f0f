/** ReplicationControllers, ReplicaSets and Deployments (Kubernetes v1.36, pkg/apis/apps and core validation). */
import { compileLabels, compileSelector } from '../selectors.ts';
import {
  type Deployment,
  deploymentStrategy,
  type ReplicaSet,
  type ReplicationController,
} from '../types/apps.ts';
import { type Draft, type LabelSelector, type Labels, labelSelector as selectorType } from '../types/meta.ts';
import type { PodSpec, PodTemplateSpec } from '../types/pod.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { validateTemplate } from './pod.ts';
import {
  atMostAll,
  countOrPercent,
  countOrPercentValue,
  isCompilable,
  isEmptySelector,
  labelSelector,
  nonNegative,
} from './rules.ts';

const MISMATCH = '`selector` does not match template `labels`';

/** Labels as they print in a message: sorted, or null. */
export const shownLabels = (labels: Labels | undefined): unknown =>
  labels === undefined
    ? null
    : Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

export const shownSelector = (selector: LabelSelector): unknown => internalJson(selectorType, selector);

/** The selector must exist, mean something and match the template's labels. */
export function selectorAndTemplate(
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
export function runsForEver(errors: ErrorList, spec: PodSpec, kind: string): void {
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
