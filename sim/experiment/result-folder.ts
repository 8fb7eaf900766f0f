/** Folders of results as they are named on the command line, and what is said of those that are none. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isComparison } from './compare/index.ts';
import { UsageError } from './errors.ts';
import { PARTIAL } from './run-directory.ts';

/** Results that a message names at most, and how deep below the folder they are looked for. */
const MOST_NAMED = 3;
const DEPTH = 2;

export const isRun = (folder: string): boolean => existsSync(join(folder, 'manifest.json'));

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Of a run or a comparison. */
export const isResult = (folder: string): boolean => isRun(folder) || isComparison(folder);

/** The folder itself, or the complete runs in it. Throws UsageError if there is none; `isMeant`: as for noResult. */
export function runsIn(folder: string, isMeant = isRun): string[] {
  if (isRun(folder)) return [folder];
  const inside = foldersIn(folder).filter(isRun);
  if (inside.length > 0) return inside;
  throw noResult(folder, isMeant);
}

/** Why this is no result, and which was probably meant, of those that `isMeant` holds for. */
export function noResult(folder: string, isMeant = isRun): UsageError {
  if (!existsSync(folder)) return new UsageError(`no such folder: ${folder}`);
  if (!isFolder(folder)) {
    const hint = isMeant(dirname(folder)) ? ` (did you mean ${dirname(folder)}?)` : '';
    return new UsageError(`${folder}: a file; the folder of a result is expected${hint}`);
  }
  if (folder.includes(PARTIAL))
    return new UsageError(`${folder}: the run was interrupted or failed; there is no complete result`);
  const below = resultsBelow(folder, isMeant, DEPTH);
  const named = [...below.slice(0, MOST_NAMED), ...(below.length > MOST_NAMED ? ['…'] : [])].join(', ');
  const hint = below.length > 0 ? ` (in it: ${named})` : '';
  return new UsageError(`${folder}: no manifest.json, so this is no result${hint}`);
}

const foldersIn = (folder: string): string[] =>
  (isFolder(folder) ? readdirSync(folder).toSorted() : [])
    .filter((name) => !name.endsWith(PARTIAL))
    .map((name) => join(folder, name))
    .filter(isFolder);

const resultsBelow = (folder: string, isMeant: typeof isRun, depth: number): string[] =>
  foldersIn(folder).flatMap((inside) => {
    if (isMeant(inside)) return [inside];
    return depth > 1 ? resultsBelow(inside, isMeant, depth - 1) : [];
  });
