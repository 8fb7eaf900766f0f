/** What an update may change in a pod (Kubernetes v1.36, ValidatePodUpdate). */
import { equalJson } from '../equality.ts';
import type { Draft } from '../types/meta.ts';
import { type Pod, type PodSpec, podSpec } from '../types/pod.ts';
import type { Toleration } from '../types/scheduling.ts';
import { withDifference } from './difference.ts';
import type { ErrorList } from './field-error.ts';
import { validateTolerations } from './scheduling.ts';

const MAX_INT32 = 2_147_483_647;

const POD_SPEC_FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function podUpdate(errors: ErrorList, next: Draft<Pod>, old: Draft<Pod>): void {
  const spec = next.spec;
  const oldSpec = old.spec;
  if (spec === oldSpec) return;
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, { image = '' }] of (spec[list] ?? []).entries()) {
      const field = `spec.${list}[${i}].image`;
      if (image === '') errors.required(field);
      else if (image.trim() !== image)
        errors.invalid(field, image, 'must not have leading or trailing whitespace');
    }
  }
  if ((spec.containers ?? []).length !== oldSpec.containers.length) {
    errors.forbidden('spec.containers', 'pod updates may not add or remove containers');
    return;
  }
  if ((spec.initContainers ?? []).length !== (oldSpec.initContainers ?? []).length) {
    errors.forbidden('spec.initContainers', 'pod updates may not add or remove containers');
    return;
  }
  validateDeadline(errors, spec, oldSpec);
  validateAddedTolerations(errors, spec.tolerations ?? [], oldSpec.tolerations ?? []);
  const allowed = withChangeable(spec, oldSpec);
  if (equalJson(allowed, oldSpec)) return;
  errors.forbidden('spec', withDifference(POD_SPEC_FIXED, podSpec, allowed, oldSpec));
}

function validateDeadline(errors: ErrorList, spec: PodSpec, old: PodSpec): void {
  const next = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  const field = 'spec.activeDeadlineSeconds';
  if (next !== undefined && (next < 0 || next > MAX_INT32)) {
    errors.invalid(field, next, `must be between 0 and ${MAX_INT32}, inclusive`);
  } else if (next !== undefined && before !== undefined && before < next) {
    errors.invalid(field, next, 'must be less than or equal to previous value');
  } else if (next === undefined && before !== undefined) {
    errors.invalid(field, null, 'must not update from a positive integer to nil value');
  }
}

function validateAddedTolerations(
  errors: ErrorList,
  next: readonly Toleration[],
  old: readonly Toleration[],
): void {
  const kept = old.every((toleration) =>
    next.some((other) =>
      equalJson({ ...other, tolerationSeconds: undefined }, { ...toleration, tolerationSeconds: undefined }),
    ),
  );
  if (!kept)
    errors.forbidden(
      'spec.tolerations',
      'existing toleration can not be modified except its tolerationSeconds',
    );
  if (next !== old) validateTolerations(errors, 'spec.tolerations', next);
}

/** The new spec with everything that may change set back. */
function withChangeable(spec: PodSpec, old: PodSpec): PodSpec {
  const images = <C extends { readonly image?: string | undefined }>(
    list: readonly C[] | undefined,
    before: readonly C[] | undefined,
  ) => list?.map((container, i): C => ({ ...container, image: before?.[i]?.image }));
  const grace = spec.terminationGracePeriodSeconds === 1 && (old.terminationGracePeriodSeconds ?? 0) < 0;
  const gatesOpened = (spec.schedulingGates ?? []).every((gate) =>
    old.schedulingGates?.some(({ name }) => name === gate.name),
  );
  return {
    ...spec,
    containers: images(spec.containers, old.containers) ?? [],
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    ...(grace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
    ...(gatesOpened ? { schedulingGates: old.schedulingGates } : {}),
    ...(old.schedulingGates === undefined ? {} : { nodeSelector: gatedNodeSelector(spec, old) }),
  };
}

/** While a pod is gated its node selector may be narrowed. */
function gatedNodeSelector(spec: PodSpec, old: PodSpec): PodSpec['nodeSelector'] {
  const kept = Object.entries(old.nodeSelector ?? {}).every(
    ([key, value]) => spec.nodeSelector?.[key] === value,
  );
  return kept ? old.nodeSelector : spec.nodeSelector;
}
