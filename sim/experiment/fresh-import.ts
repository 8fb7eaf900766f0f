/**
 * Imports of policy modules as they are now. Node keeps what a thread has once imported: the module itself is imported anew
 * after a change of any of its files; a change of what Node takes from its memory all the same is refused.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { sha256 } from './manifest.ts';
import { moduleFiles } from './module-files.ts';

/** By path, as this thread first imported them; of modules themselves only those of CommonJS, which no URL makes new. */
const kept = new Map<string, string>();
const commonJs = createRequire(import.meta.url).cache;

/** `files`: all texts that are to be run, the module first. Throws Error if others lie there, or would be run. */
export async function importFresh(
  files: ReadonlyMap<string, string>,
): Promise<{ readonly policy?: unknown }> {
  const [file = ''] = files.keys();
  const staysInMemory = (path: string): boolean => path !== file || realpathSync(path) in commonJs;
  expectUnchanged(files, moduleFiles(file));
  for (const [path, text] of files)
    if (staysInMemory(path) && (kept.get(path) ?? text) !== text)
      throw new Error(
        `${path} has changed since this process imported it; start anew to run it as it is now`,
      );
  const module = (await import(urlOf(file, files))) as { readonly policy?: unknown };
  for (const [path, text] of files) if (staysInMemory(path) && !kept.has(path)) kept.set(path, text);
  // A change in between may or may not be in what was imported.
  expectUnchanged(files, moduleFiles(file));
  return module;
}

function expectUnchanged(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  const changed = [...expected.keys(), ...found.keys()].find(
    (path) => expected.get(path) !== found.get(path),
  );
  if (changed !== undefined)
    throw new Error(`${changed} has changed since the start; runs must be of one and the same policy`);
}

/** Another one for other texts. */
function urlOf(file: string, files: ReadonlyMap<string, string>): string {
  const url = pathToFileURL(file);
  url.searchParams.set('sha256', sha256(JSON.stringify([...files.values()])));
  return url.href;
}
