/** Where the program itself lies: its version, and the files of it that others load by path. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
/** Bundled into `dist`, against run from source. */
const built = here.endsWith('.js');
const { root, version } = ownPackage();

/** The version in package.json: part of every manifest, as results may differ between versions. */
export const VERSION = version;

/** Path of one of the modules that `npm run build` makes files of. */
export const ownFile = (module: 'sim/index' | 'sim/experiment/worker'): string =>
  built ? join(root, 'dist', `${module}.js`) : join(root, `${module}.ts`);

function ownPackage(): { readonly root: string; readonly version: string } {
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const found = nameAndVersion(folder);
    if (found['name'] === 'kubedes' && found['version'] !== undefined)
      return { root: folder, version: found['version'] };
    if (folder === dirname(folder)) throw new Error('package.json of kubedes not found');
  }
}

function nameAndVersion(folder: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
