/** The API server's own validation of a new object, told as mistakes in the file. */
import type { ResourceName } from '../resources.ts';
import type { ObjectProblem } from './annotation-check.ts';

export function checkSemantics(_resource: ResourceName, _object: object): ObjectProblem[] {
  return [];
}
