/** Validation errors as the API server words them (Kubernetes v1.36, apimachinery/pkg/util/validation/field). */
import type { Status, StatusCause } from '../types/meta.ts';

/** Reason of a cause, and the words its message starts with. */
const words = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
} as const;

export type FieldErrorType = keyof typeof words;

export interface FieldError {
  readonly type: FieldErrorType;
  /** e.g. `spec.containers[0].image`. */
  readonly field: string;
  /** What was found there; plain JSON. Left out for types that do not show it. */
  readonly badValue?: unknown;
  readonly detail: string;
}

const withoutValue: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
]);

/** The message of the cause, e.g. `Invalid value: -1: must be greater than or equal to 0`. */
export function errorBody({ type, badValue, detail }: FieldError): string {
  const shown = withoutValue.has(type) ? words[type] : `${words[type]}: ${JSON.stringify(badValue ?? null)}`;
  return detail === '' ? shown : `${shown}: ${detail}`;
}

/** The message with its field, as in a Status. */
export const errorText = (error: FieldError): string => `${error.field}: ${errorBody(error)}`;

export const errorCauses = (errors: readonly FieldError[]): readonly StatusCause[] =>
  errors.map((error) => ({ reason: error.type, message: errorBody(error), field: error.field }));

/** Several errors in brackets, repetitions once: the way an aggregate prints. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(errorText))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** The 422 answer. `group` is empty for the core group; `name` is empty if the object has none yet. */
export function statusInvalid(
  type: { readonly kind: string; readonly group: string },
  name: string,
  errors: readonly FieldError[],
): Status {
  const qualified = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${qualified} "${name}" is invalid: ${aggregateText(errors)}`,
    reason: 'Invalid',
    details: {
      name,
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.kind,
      causes: errorCauses(errors),
    },
    code: 422,
  };
}

/** Collects errors; one method per type. */
export class ErrorList {
  readonly errors: FieldError[] = [];

  required(field: string, detail = ''): void {
    this.errors.push({ type: 'FieldValueRequired', field, detail });
  }

  invalid(field: string, badValue: unknown, detail: string): void {
    this.errors.push({ type: 'FieldValueInvalid', field, badValue, detail });
  }

  /** One error per problem, as the name rules report them. */
  invalidEach(field: string, badValue: unknown, problems: readonly string[]): void {
    for (const problem of problems) this.invalid(field, badValue, problem);
  }

  notSupported(field: string, badValue: unknown, supported: readonly string[]): void {
    const list = supported.map((value) => JSON.stringify(value)).join(', ');
    this.errors.push({
      type: 'FieldValueNotSupported',
      field,
      badValue,
      detail: `supported values: ${list}`,
    });
  }

  duplicate(field: string, badValue: unknown, detail = ''): void {
    this.errors.push({ type: 'FieldValueDuplicate', field, badValue, detail });
  }

  notFound(field: string, badValue: unknown): void {
    this.errors.push({ type: 'FieldValueNotFound', field, badValue, detail: '' });
  }

  forbidden(field: string, detail: string): void {
    this.errors.push({ type: 'FieldValueForbidden', field, detail });
  }

  tooLong(field: string, maxBytes: number): void {
    this.errors.push({ type: 'FieldValueTooLong', field, detail: `may not be more than ${maxBytes} bytes` });
  }

  tooMany(field: string, actual: number, max: number): void {
    this.errors.push({
      type: 'FieldValueTooMany',
      field,
      badValue: actual,
      detail: `must have at most ${max} items`,
    });
  }
}
