/** Checks the annotations that the simulator reads, on an object and on the pod templates inside it. */
import { ANNOTATION_PREFIX, annotationDefinition, annotationNames } from '../annotations.ts';
import { type Diagnostic, didYouMean, type Position } from '../diagnostic.ts';

/** A mistake at a path of the object. */
export interface ObjectProblem extends Omit<Diagnostic, keyof Position> {
  readonly path: readonly (string | number)[];
}

const PLACES = [[], ['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template'], ['template']];

export function checkAnnotations(object: object): ObjectProblem[] {
  const problems: ObjectProblem[] = [];
  for (const place of PLACES) {
    const path = [...place, 'metadata', 'annotations'];
    for (const [name, text] of Object.entries(valueAt(object, path) ?? {})) {
      const problem = name.startsWith(ANNOTATION_PREFIX) ? check(name, String(text)) : undefined;
      if (problem !== undefined) problems.push({ ...problem, path: [...path, name] });
    }
  }
  return problems;
}

function check(name: string, text: string): Omit<ObjectProblem, 'path'> | undefined {
  const definition = annotationDefinition(name);
  if (definition === undefined) {
    const hint = didYouMean(name, annotationNames) ?? `known: ${annotationNames.join(', ')}`;
    return {
      severity: 'warning',
      message: `annotation ${name} means nothing to the simulator`,
      found: name,
      hint,
    };
  }
  if (definition.parse(text) !== undefined) return undefined;
  const { format, example } = definition;
  const message = `annotation ${name} has a value it cannot have`;
  return {
    severity: 'error',
    message,
    found: JSON.stringify(text),
    expected: format,
    hint: `for example ${JSON.stringify(example)}`,
  };
}

function valueAt(root: object, path: readonly string[]): object | undefined {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return typeof value === 'object' && value !== null ? value : undefined;
}
