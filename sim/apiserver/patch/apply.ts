/** The three patch types on plain JSON. */
import { isRecord } from '../../api/index.ts';
import type { Descriptor } from '../../api/schema/descriptor.ts';
import { badRequest, invalidWithoutCause } from '../errors.ts';
import type { PatchType } from '../request.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import type { Patched } from './patched.ts';
import { strategicMergePatch } from './strategic.ts';

/** `schema` is what strategic merge reads merge keys from; without one it merges as a merge patch. */
export function applyPatch(
  type: PatchType,
  schema: Descriptor<unknown> | undefined,
  target: unknown,
  patch: unknown,
): Patched {
  switch (type) {
    case 'merge':
      if (!isRecord(patch))
        return badRequest(
          'error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}',
        );
      return { ok: true, object: mergePatch(target, patch) };
    case 'json':
      return jsonPatch(target, patch);
    case 'strategic':
      if (!isRecord(patch))
        return invalidWithoutCause('the server rejected our request due to an error in our request');
      return { ok: true, object: strategicMergePatch(schema?.wire, target, patch) };
  }
}
