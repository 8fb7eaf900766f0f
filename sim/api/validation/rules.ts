/** Rules that many kinds share (Kubernetes v1.36, apimachinery validation and pkg/apis/core/validation). */

import { quantityMilliValue } from '../amount.ts';
import {
  dnsLabelProblems,
  labelValueProblems,
  portNameProblems,
  qualifiedNameProblems,
  regexProblem,
} from '../names.ts';
import { amountOf } from '../quantity.ts';
import { isExtendedResource } from '../resource-names.ts';
import type { LabelSelector, Labels, Quantity } from '../types/meta.ts';
import type { ErrorList } from './field-error.ts';

export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const IMMUTABLE = 'field is immutable';
export const PORT_RANGE = 'must be between 1 and 65535, inclusive';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function nonNegative(errors: ErrorList, field: string, value: number | undefined): void {
  if (value !== undefined && value < 0) errors.invalid(field, value, NOT_NEGATIVE);
}

/** A value of a closed set; an empty one is missing. */
export function choice(
  errors: ErrorList,
  field: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (value === undefined || value === '') errors.required(field);
  else if (!supported.includes(value)) errors.notSupported(field, value, supported);
}

/** Like {@link choice}, but absent is fine. */
export function optionalChoice(
  errors: ErrorList,
  field: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (value !== undefined && !supported.includes(value)) errors.notSupported(field, value, supported);
}

export const dnsLabel = (errors: ErrorList, field: string, value: string): void =>
  errors.invalidEach(field, value, dnsLabelProblems(value));

export const labelName = (errors: ErrorList, field: string, key: string): void =>
  errors.invalidEach(field, key, qualifiedNameProblems(key));

const validLabels = new WeakSet<Labels>();

/** Keys and values of a label map. O(1) for a map found valid before. */
export function labelMap(errors: ErrorList, field: string, labels: Labels | undefined): void {
  if (labels === undefined || validLabels.has(labels)) return;
  const before = errors.errors.length;
  for (const key of Object.keys(labels)) {
    const value = labels[key] ?? '';
    labelName(errors, field, key);
    errors.invalidEach(field, value, labelValueProblems(value));
  }
  if (errors.errors.length === before) validLabels.add(labels);
}

export function labelSelector(errors: ErrorList, field: string, selector: LabelSelector | undefined): void {
  if (selector === undefined) return;
  labelMap(errors, `${field}.matchLabels`, selector.matchLabels);
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${i}]`;
    const values = requirement.values ?? [];
    setOperator(errors, path, requirement.operator, values);
    labelName(errors, `${path}.key`, requirement.key);
    for (const [j, value] of values.entries())
      errors.invalidEach(`${path}.values[${j}]`, value, labelValueProblems(value));
  }
}

/** `In`, `NotIn` need values, `Exists`, `DoesNotExist` must have none. */
export function setOperator(
  errors: ErrorList,
  path: string,
  operator: string,
  values: readonly string[],
): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.forbidden(`${path}.values`, detail);
  } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
}

export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** False if the selector has an expression that means nothing. */
export const isCompilable = (selector: LabelSelector): boolean =>
  (selector.matchExpressions ?? []).every(({ operator, values = [] }) =>
    operator === 'In' || operator === 'NotIn'
      ? values.length > 0
      : (operator === 'Exists' || operator === 'DoesNotExist') && values.length === 0,
  );

export function portNumber(errors: ErrorList, field: string, port: number): void {
  if (port < 1 || port > 65_535) errors.invalid(field, port, PORT_RANGE);
}

export function portNumberOrName(errors: ErrorList, field: string, port: number | string): void {
  if (typeof port === 'number') portNumber(errors, field, port);
  else errors.invalidEach(field, port, portNameProblems(port));
}

const PERCENT = /^[0-9]+%$/;
const PERCENT_PROBLEM = regexProblem(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

export function countOrPercent(errors: ErrorList, field: string, value: number | string | undefined): void {
  if (typeof value === 'number') nonNegative(errors, field, value);
  else if (value !== undefined && !PERCENT.test(value)) errors.invalid(field, value, PERCENT_PROBLEM);
}

export function atMostAll(errors: ErrorList, field: string, value: number | string | undefined): void {
  if (typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100) {
    errors.invalid(field, value, 'must not be greater than 100%');
  }
}

/** The number in front of the percent sign, or the count itself. */
export const countOrPercentValue = (value: number | string | undefined): number =>
  typeof value === 'string' ? (PERCENT.test(value) ? Number.parseInt(value, 10) : 0) : (value ?? 0);

/** Resources that come in whole numbers. */
export const COUNTED_RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

/** Not negative, and whole for resources that are counted. */
export function resourceQuantity(errors: ErrorList, field: string, name: string, quantity: Quantity): void {
  const amount = amountOf(quantity);
  if (amount.unscaled < 0n) errors.invalid(field, quantity, NOT_NEGATIVE);
  const counted = COUNTED_RESOURCES.has(name) || isExtendedResource(name);
  if (counted && quantityMilliValue(amount) % 1000n !== 0n)
    errors.invalid(field, quantity, 'must be an integer');
}
