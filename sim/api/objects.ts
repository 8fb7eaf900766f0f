/** Reading whole objects of a known resource. */
import { type ObjectOf, type ResourceName, resources } from './resources.ts';
import { type Decoded, decode } from './schema/decode.ts';
import type { Draft } from './types/meta.ts';

/**
 * Decodes JSON sent to a resource; see {@link decode}. The value is complete only if there is no `type` issue. Metadata that is
 * not given is empty, as in Go: a value, not a pointer.
 */
export function decodeObject<R extends ResourceName>(
  resource: R,
  json: unknown,
): Decoded<Draft<ObjectOf<R>>> {
  const { value: decoded, issues } = decode(resources[resource].schema, json);
  const value = { ...decoded, metadata: decoded.metadata ?? {} };
  // A decoded object lacks the system metadata that the schema's type promises of stored ones.
  return { value: value as unknown as Draft<ObjectOf<R>>, issues };
}
