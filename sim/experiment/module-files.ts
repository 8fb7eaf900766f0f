/** The files that a policy is made of: its module and the user's own modules that it imports, however far. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ownFile } from './own-files.ts';

/** `from './x'`, `import './x'`, `import('./x')` and `require('./x')`: what a package brings is not the user's own. */
const OWN_IMPORT = /\b(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g;

/** How an import may leave its file's ending out, or name the one of the JavaScript that it becomes. */
const ENDINGS = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.json', '/index.ts', '/index.js'];

/** Texts by path, the module itself first; without this program, and what cannot be found is left to whoever imports it. */
export function moduleFiles(file: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const waiting = [file];
  for (const path of waiting) {
    if (texts.has(path) || path === ownFile('sim/index')) continue;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    for (const [, reference = ''] of text.matchAll(OWN_IMPORT)) {
      const found = importedFile(resolve(dirname(path), reference));
      if (found !== undefined) waiting.push(found);
    }
  }
  return texts;
}

const importedFile = (path: string): string | undefined =>
  [...ENDINGS.map((ending) => path + ending), path.replace(/js$/, 'ts')].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
  );
