/** Recorded truth for the tests of this room. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Parsed content of `test/golden/<path>.gz`. */
export function golden<T>(path: string): T {
  const file = new URL(`../golden/${path}.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}
