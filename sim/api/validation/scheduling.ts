/** Affinity, tolerations, spreading, taints (Kubernetes v1.36, pkg/apis/core/validation). */
import { dnsLabelProblems, dnsSubdomainProblems, labelValueProblems } from '../names.ts';
import type { PodSpec } from '../types/pod.ts';
import type {
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Taint,
  Toleration,
  TopologySpreadConstraint,
} from '../types/scheduling.ts';
import type { ErrorList } from './field-error.ts';
import { choice, labelName, labelSelector, optionalChoice } from './rules.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const WEIGHT_RANGE = 'must be in the range 1-100';
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const weight = (errors: ErrorList, field: string, value: number): void => {
  if (value < 1 || value > 100) errors.invalid(field, value, WEIGHT_RANGE);
};

export function validateAffinity(errors: ErrorList, path: string, affinity: PodSpec['affinity']): void {
  const node = affinity?.nodeAffinity;
  if (node?.[REQUIRED] !== undefined)
    validateNodeSelector(errors, `${path}.nodeAffinity.${REQUIRED}`, node[REQUIRED]);
  for (const [i, preferred] of (node?.[PREFERRED] ?? []).entries()) {
    const field = `${path}.nodeAffinity.${PREFERRED}[${i}]`;
    weight(errors, `${field}.weight`, preferred.weight);
    validateTerm(errors, `${field}.preference`, preferred.preference);
  }
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const group = affinity?.[kind];
    if (group !== undefined) validatePodAffinity(errors, `${path}.${kind}`, group);
  }
}

export function validateNodeSelector(errors: ErrorList, path: string, selector: NodeSelector): void {
  const field = `${path}.nodeSelectorTerms`;
  if (selector.nodeSelectorTerms.length === 0)
    errors.required(field, 'must have at least one node selector term');
  for (const [i, term] of selector.nodeSelectorTerms.entries()) validateTerm(errors, `${field}[${i}]`, term);
}

function validateTerm(errors: ErrorList, path: string, term: NodeSelectorTerm): void {
  for (const [i, requirement] of (term.matchExpressions ?? []).entries()) {
    validateLabelRequirement(errors, `${path}.matchExpressions[${i}]`, requirement);
  }
  for (const [i, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldRequirement(errors, `${path}.matchFields[${i}]`, requirement);
  }
}

function validateLabelRequirement(
  errors: ErrorList,
  path: string,
  requirement: NodeSelectorRequirement,
): void {
  const { key, operator, values = [] } = requirement;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.forbidden(
          `${path}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        );
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
      }
      break;
    default:
      errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  }
  labelName(errors, `${path}.key`, key);
  for (const [i, value] of values.entries()) {
    errors.invalidEach(`${path}.values[${i}]`, value, labelValueProblems(value));
  }
}

function validateFieldRequirement(
  errors: ErrorList,
  path: string,
  requirement: NodeSelectorRequirement,
): void {
  const { key, operator, values = [] } = requirement;
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.required(`${path}.values`, detail);
  }
  if (key !== 'metadata.name') errors.invalid(`${path}.key`, key, 'not a valid field selector key');
  else
    for (const [i, value] of values.entries())
      errors.invalidEach(`${path}.values[${i}]`, value, dnsSubdomainProblems(value));
}

function validatePodAffinity(errors: ErrorList, path: string, group: PodAffinity): void {
  for (const [i, term] of (group[REQUIRED] ?? []).entries()) {
    validatePodAffinityTerm(errors, `${path}.${REQUIRED}[${i}]`, term);
  }
  for (const [i, weighted] of (group[PREFERRED] ?? []).entries()) {
    const field = `${path}.${PREFERRED}[${i}]`;
    weight(errors, `${field}.weight`, weighted.weight);
    validatePodAffinityTerm(errors, `${field}.podAffinityTerm`, weighted.podAffinityTerm);
  }
}

function validatePodAffinityTerm(errors: ErrorList, path: string, term: PodAffinityTerm): void {
  labelSelector(errors, `${path}.labelSelector`, term.labelSelector);
  labelSelector(errors, `${path}.namespaceSelector`, term.namespaceSelector);
  for (const name of term.namespaces ?? [])
    errors.invalidEach(`${path}.namespace`, name, dnsLabelProblems(name));
  for (const list of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    labelKeys(errors, `${path}.${list}`, term[list], term.labelSelector === undefined);
  }
  if (term.topologyKey === '') errors.required(`${path}.topologyKey`, 'can not be empty');
  labelName(errors, `${path}.topologyKey`, term.topologyKey);
}

function labelKeys(
  errors: ErrorList,
  path: string,
  keys: readonly string[] | undefined,
  noSelector: boolean,
): void {
  if (keys === undefined || keys.length === 0) return;
  if (noSelector) errors.forbidden(path, 'must not be specified when labelSelector is not set');
  for (const [i, key] of keys.entries()) labelName(errors, `${path}[${i}]`, key);
}

export function validateSpreadConstraints(
  errors: ErrorList,
  path: string,
  constraints: readonly TopologySpreadConstraint[],
): void {
  const seen = new Set<string>();
  for (const [i, constraint] of constraints.entries()) {
    const field = `${path}[${i}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    if (maxSkew <= 0) errors.invalid(`${field}.maxSkew`, maxSkew, 'must be greater than zero');
    if (topologyKey === '') errors.required(`${field}.topologyKey`, 'can not be empty');
    else labelName(errors, `${field}.topologyKey`, topologyKey);
    optionalChoice(errors, `${field}.whenUnsatisfiable`, whenUnsatisfiable, [
      'DoNotSchedule',
      'ScheduleAnyway',
    ]);
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, pair);
    seen.add(pair);
    if (minDomains !== undefined)
      validateMinDomains(errors, `${field}.minDomains`, minDomains, whenUnsatisfiable);
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      optionalChoice(errors, `${field}.${policy}`, constraint[policy], ['Honor', 'Ignore']);
    }
    labelKeys(
      errors,
      `${field}.matchLabelKeys`,
      constraint.matchLabelKeys,
      constraint.labelSelector === undefined,
    );
    labelSelector(errors, `${field}.labelSelector`, constraint.labelSelector);
  }
}

function validateMinDomains(errors: ErrorList, field: string, minDomains: number, action: string): void {
  if (minDomains <= 0) errors.invalid(field, minDomains, 'must be greater than zero');
  if (action === 'DoNotSchedule') return;
  errors.invalid(
    field,
    minDomains,
    `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`,
  );
}

export function validateTolerations(
  errors: ErrorList,
  path: string,
  tolerations: readonly Toleration[],
): void {
  for (const [i, toleration] of tolerations.entries())
    validateToleration(errors, `${path}[${i}]`, toleration);
}

function validateToleration(errors: ErrorList, path: string, toleration: Toleration): void {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  if (key !== '') labelName(errors, `${path}.key`, key);
  else if (operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.invalid(`${path}.operator`, operator, detail);
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  if (operator === '' || operator === 'Equal') {
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.invalid(`${path}.operator`, value, problems.join(';'));
  } else if (operator === 'Exists') {
    if (value !== '')
      errors.invalid(`${path}.operator`, toleration, "value must be empty when `operator` is 'Exists'");
  } else errors.notSupported(`${path}.operator`, operator, ['Equal', 'Exists']);
  if (effect !== '') optionalChoice(errors, `${path}.effect`, effect, TAINT_EFFECTS);
}

/** `dump` shows a taint as the API server does. */
export function validateTaints(
  errors: ErrorList,
  path: string,
  taints: readonly Taint[],
  dump: (taint: Taint) => unknown,
): void {
  const seen = new Set<string>();
  for (const [i, taint] of taints.entries()) {
    const field = `${path}[${i}]`;
    labelName(errors, `${field}.key`, taint.key);
    const problems = labelValueProblems(taint.value ?? '');
    if (problems.length > 0) errors.invalid(`${field}.value`, taint.value, problems.join(';'));
    choice(errors, `${field}.effect`, taint.effect, TAINT_EFFECTS);
    const pair = `${taint.key}:${taint.effect}`;
    if (seen.has(pair)) errors.duplicate(field, dump(taint), 'taints must be unique by key and effect pair');
    seen.add(pair);
  }
}
