/** JSON patch, RFC 6902, by fast-json-patch. Upstream answers a patch that does not apply with a bare 422. */
import jsonPatchLibrary, { type Operation } from 'fast-json-patch';
import { badRequest, invalidWithoutCause } from '../errors.ts';
import type { Patched } from './patched.ts';

export function jsonPatch(target: unknown, patch: unknown): Patched {
  if (!Array.isArray(patch)) {
    return badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  try {
    const { newDocument } = jsonPatchLibrary.applyPatch(target, patch as readonly Operation[], true, false);
    return { ok: true, object: newDocument };
  } catch {
    return invalidWithoutCause('the server rejected our request due to an error in our request');
  }
}
