/**
 * Label selectors: the LabelSelector object, plain label maps and the query-string form (Kubernetes v1.36,
 * apimachinery/pkg/labels). One compiled selector is matched against very many label maps; compiled forms are
 * remembered by object identity, so API objects must not be mutated.
 */

import { compareTexts } from '../engine/index.ts';
import type { LabelSelector, Labels } from './types/meta.ts';

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

/** One condition on one label. */
export class Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** Sorted, unique. */
  readonly values: readonly string[];
  /** Written `=`, `!=` rather than as a set; matters to the printed form only. */
  readonly equality: boolean;
  readonly #only: string | undefined;
  readonly #bound: bigint | undefined;

  constructor(key: string, operator: SelectorOperator, values: readonly string[] = [], equality = false) {
    this.key = key;
    this.operator = operator;
    this.values = [...new Set(values)].sort();
    this.equality = equality;
    this.#only = this.values.length === 1 ? this.values[0] : undefined;
    this.#bound = operator === 'Gt' || operator === 'Lt' ? parseInt64(values[0] ?? '') : undefined;
  }

  /** Whether an object whose label (or field) `key` is `value` satisfies this; `undefined` means it has no such label. */
  accepts(value: string | undefined): boolean {
    switch (this.operator) {
      case 'In':
        return value !== undefined && this.#has(value);
      case 'NotIn':
        return value === undefined || !this.#has(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case 'Gt':
      case 'Lt':
        return value !== undefined && this.#compares(value);
    }
  }

  #has(value: string): boolean {
    return this.#only === undefined ? this.values.includes(value) : this.#only === value;
  }

  #compares(text: string): boolean {
    const value = parseInt64(text);
    if (value === undefined || this.#bound === undefined) return false;
    return this.operator === 'Gt' ? value > this.#bound : value < this.#bound;
  }
}

const INT64 = /^[+-]?[0-9]+$/;

/** A decimal integer that fits int64, as Go's ParseInt reads it. */
export function parseInt64(text: string): bigint | undefined {
  if (!INT64.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A compiled selector: all requirements must hold. */
export class Selector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[];
  readonly #none: boolean;

  constructor(requirements: readonly Requirement[], none = false) {
    this.requirements = [...requirements].sort((a, b) => compareTexts(a.key, b.key));
    this.#none = none;
  }

  /** Selects everything. */
  get everything(): boolean {
    return !this.#none && this.requirements.length === 0;
  }

  /** Selects nothing, whatever the labels: an absent LabelSelector. */
  get nothing(): boolean {
    return this.#none;
  }

  matches(labels: Labels | undefined): boolean {
    if (this.#none) return false;
    for (const requirement of this.requirements) {
      if (!requirement.accepts(labels?.[requirement.key])) return false;
    }
    return true;
  }
}

export const SELECT_NOTHING = new Selector([], true);
export const SELECT_EVERYTHING = new Selector([]);

const compiled = new WeakMap<object, Selector>();

/** An absent selector selects nothing, an empty one everything; one that validation would refuse selects nothing. */
export function compileSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return SELECT_NOTHING;
  let known = compiled.get(selector);
  if (known === undefined) {
    known = fromLabelSelector(selector);
    compiled.set(selector, known);
  }
  return known;
}

function fromLabelSelector(selector: LabelSelector): Selector {
  const requirements = equalities(selector.matchLabels);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const setBased = operator === 'In' || operator === 'NotIn';
    if (setBased !== values.length > 0) return SELECT_NOTHING;
    requirements.push(new Requirement(key, operator, values));
  }
  return requirements.length === 0 ? SELECT_EVERYTHING : new Selector(requirements);
}

const equalities = (labels: Labels | undefined): Requirement[] =>
  Object.entries(labels ?? {}).map(([key, value]) => new Requirement(key, 'In', [value], true));

/** The selector of a Service or ReplicationController: every pair must match; an empty map selects everything. */
export function compileLabels(labels: Labels | undefined): Selector {
  if (labels === undefined) return SELECT_EVERYTHING;
  let known = compiled.get(labels);
  if (known === undefined) {
    known = new Selector(equalities(labels));
    compiled.set(labels, known);
  }
  return known;
}

/** {@link compileSelector} and match in one step. */
export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  compileSelector(selector).matches(labels);

/** {@link compileLabels} and match in one step: `labels` contain every pair of `wanted`. */
export const matchesLabels = (wanted: Labels | undefined, labels: Labels | undefined): boolean =>
  compileLabels(wanted).matches(labels);

/** The query-string form, e.g. `app=web,tier in (a,b),!canary`. */
export const printSelector = (selector: Selector): string =>
  selector.requirements.map(printRequirement).join(',');

function printRequirement({ key, operator, values, equality }: Requirement): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'In':
      return equality ? `${key}=${values.join()}` : `${key} in (${values.join()})`;
    case 'NotIn':
      return equality ? `${key}!=${values.join()}` : `${key} notin (${values.join()})`;
    case 'Gt':
      return `${key}>${values.join()}`;
    case 'Lt':
      return `${key}<${values.join()}`;
  }
}
