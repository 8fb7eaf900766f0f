/** The API server's own validation of a new object, told as mistakes in the file. */
import { applyDefaults, prepareForCreate } from '../defaulting/index.ts';
import { type ObjectOf, type ResourceName, resources } from '../resources.ts';
import type { Draft } from '../types/meta.ts';
import { errorBody, type FieldError, validateCreate } from '../validation/index.ts';
import { withFields } from '../with-fields.ts';
import type { ObjectProblem } from './annotation-check.ts';

/** Stands for what the API server draws or the command line adds; no rule depends on its value. */
const UID = '00000000-0000-0000-0000-000000000000';
const NAMESPACE = 'default';

export function checkSemantics<R extends ResourceName>(
  resource: R,
  object: Draft<ObjectOf<R>>,
): ObjectProblem[] {
  const { metadata } = object;
  const namespaced = resources[resource].namespaced;
  const complete: Draft<ObjectOf<R>> = {
    ...object,
    metadata: withFields(metadata, {
      uid: UID,
      name: metadata.name || generated(metadata.generateName),
      ...(namespaced ? { namespace: metadata.namespace || NAMESPACE } : {}),
    }),
  };
  const stored = prepareForCreate(resource, applyDefaults(resource, complete), UID);
  const errors = validateCreate(resource, stored);
  return withoutRepeats(errors).map((error) => ({
    path: parsePath(writtenField(error.field)),
    severity: 'error',
    message: `${error.field}: ${errorBody(error)}`,
  }));
}

const generated = (prefix: string | undefined): string => (prefix ? `${prefix}x` : '');

const withoutRepeats = (errors: readonly FieldError[]): FieldError[] => [
  ...new Map(errors.map((error) => [`${error.field}: ${errorBody(error)}`, error])).values(),
];

/** Upstream names the taints of a node as if they were metadata, and the metadata of a template without that word. */
const writtenField = (field: string): string =>
  field
    .replace(/^metadata\.taints/, 'spec.taints')
    .replace(/template\.(labels|annotations)/, 'template.metadata.$1');

/** `spec.containers[0].resources.limits[cpu]` → its steps. */
export function parsePath(field: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, name, key] of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (key !== undefined) steps.push(/^\d+$/.test(key) ? Number(key) : key);
  }
  return steps;
}
