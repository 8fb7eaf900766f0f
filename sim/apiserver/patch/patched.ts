import type { Failure } from '../errors.ts';

/** What comes of a patch: the patched JSON, not checked in any way, or why it does not apply. */
export type Patched = { readonly ok: true; readonly object: unknown } | Failure;
