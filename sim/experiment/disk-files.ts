/** Files as they are named on the command line, read from disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { closestWord } from '../api/index.ts';
import type { FileSource } from '../scenario/index.ts';
import { UsageError } from './errors.ts';
import { isFolder } from './result-folder.ts';

/** Paths are shown relative to the working directory. */
export const diskFiles: FileSource = {
  read(path) {
    if (!existsSync(path) || isFolder(path)) return undefined;
    const bytes = readFileSync(path);
    // By content: a result keeps the text of `trace.csv.gz` under the same name.
    return (isGzip(bytes) ? gunzipSync(bytes) : bytes).toString('utf8');
  },
  resolve: (from, reference) => resolve(dirname(from), reference),
  show: (path) => relative(process.cwd(), path) || path,
};

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** With the file of the same folder that was probably meant. */
export function noSuchFile(path: string): UsageError {
  if (isFolder(path)) {
    const [first] = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name));
    const hint = first === undefined ? '' : `, such as ${join(path, first)}`;
    return new UsageError(`${path}: a folder; a file is expected${hint}`);
  }
  const folder = dirname(path);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const closest = closestWord(basename(path), there);
  const hint = closest === undefined ? '' : ` (did you mean ${join(folder, closest)}?)`;
  return new UsageError(`no such file: ${path}${hint}`);
}
