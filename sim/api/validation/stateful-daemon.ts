import {
  type DaemonSet,
  daemonSetUpdateStrategy,
  rollingUpdateStatefulSet,
  type StatefulSet,
  statefulSetUpdateStrategy,
} from '../types/apps.ts';
import type { Draft } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';
import { internalJson } from './internal-json.ts';
import { validateAnnotations } from './metadata.ts';
import { validateTemplate } from './pod.ts';
import {
  atMostAll,
  countOrPercent,
  countOrPercentValue,
  isEmptySelector,
  labelMap,
  labelSelector,
  nonNegative,
  optionalChoice,
} from './rules.ts';
import { matchTemplate, runsForEver, selectorAndTemplate, shownSelector } from './workloads.ts';

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
