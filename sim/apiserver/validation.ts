/** The rules of the API room as this room uses them: on submitted objects of any kind, with refusals as answers. */
import {
  applyDefaults,
  dnsSubdomainProblems,
  equalJson,
  errorBody,
  type FieldError,
  type Labels,
  prepareForCreate,
  type ResourceName,
  validateCreate,
  validateUpdate,
} from '../api/index.ts';
import { type Failure, invalid } from './errors.ts';
import type { SubmittedObject } from './request.ts';
import type { ResourceTable } from './resource-table.ts';
import type { StoredObject } from './stored-object.ts';

// The rules are typed per kind; a request path serves all kinds alike. The casts to `never` stand for that, here only.

export const defaulted = (resource: ResourceName, object: SubmittedObject): SubmittedObject =>
  applyDefaults(resource, object as never) as SubmittedObject;

export const prepared = (resource: ResourceName, object: SubmittedObject, uid: string): SubmittedObject =>
  prepareForCreate(resource, object as never, uid) as SubmittedObject;

/** The refusal (422) of a new object, if any. The name is part of the metadata. */
export function refuseNew(table: ResourceTable, object: SubmittedObject): Failure | undefined {
  return refusal(table, object.metadata.name ?? '', validateCreate(table.name, object as never));
}

export function refuseChange(
  table: ResourceTable,
  next: StoredObject,
  current: StoredObject,
): Failure | undefined {
  return refusal(table, current.metadata.name, validateUpdate(table.name, next as never, current as never));
}

function refusal(table: ResourceTable, name: string, errors: readonly FieldError[]): Failure | undefined {
  if (errors.length === 0) return undefined;
  const causes = errors.map((error) => ({
    reason: error.type,
    message: errorBody(error),
    field: error.field,
  }));
  return invalid(table.definition, name, causes);
}

/** Is metadata like `valid`, which was found valid, valid too? False means that it has to be looked at. */
export function surelyValid(
  meta: SubmittedObject['metadata'],
  name: string,
  valid: SubmittedObject['metadata'],
): boolean {
  const generated =
    meta.generateName !== undefined && meta.generateName === valid.generateName && name !== meta.name;
  return (
    (generated || (meta.generateName === valid.generateName && dnsSubdomainProblems(name).length === 0)) &&
    equalJson(meta.labels, valid.labels) &&
    surelyValidAnnotations(meta.annotations, valid.annotations) &&
    equalJson(meta.ownerReferences, valid.ownerReferences) &&
    equalJson(meta.finalizers, valid.finalizers)
  );
}

/** Far below the limit of 256 KiB for keys and values together. */
const FEW_UNITS = 16_384;

/** Values are free text: keys found valid stay so, and little text is not too much. */
function surelyValidAnnotations(annotations: Labels | undefined, valid: Labels | undefined): boolean {
  if (annotations === undefined || annotations === valid) return true;
  let units = 0;
  for (const key in annotations) {
    if (valid?.[key] === undefined || typeof annotations[key] !== 'string') return false;
    units += key.length + annotations[key].length;
  }
  return units < FEW_UNITS;
}
