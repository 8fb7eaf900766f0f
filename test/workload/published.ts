/** Published traces: not part of the project (their licences); tests that need them are skipped where they are not at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FOLDER = new URL('../../../shared/', import.meta.url);

export const hasPublished = (path: string): boolean => existsSync(new URL(path, FOLDER));

export const published = (path: string): string =>
  gunzipSync(readFileSync(new URL(path, FOLDER))).toString('utf8');
