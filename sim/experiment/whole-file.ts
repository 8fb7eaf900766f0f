/** Files that are there whole or not at all: written beside under a name of their own, then renamed. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { ResultNotWritten } from './run-directory.ts';

const FLUSH_AT = 1 << 16;

/** Makes the folder too. `parts`: of any length together. Throws ResultNotWritten, and leaves what was there before. */
export function writeWhole(path: string, parts: Iterable<string>): void {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    makeFolder(dirname(path));
    writeParts(beside, parts);
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw new ResultNotWritten(path, error);
  }
}

function writeParts(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'wx');
  try {
    let text = '';
    for (const part of parts) {
      text += part;
      if (text.length < FLUSH_AT) continue;
      writeFileSync(file, text);
      text = '';
    }
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
