/** The version in package.json: part of every manifest, as results may differ between versions. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file lies in sim/experiment, or in dist/sim/experiment when built: look upwards. */
function readVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'kubedes' && version !== undefined) return version;
    } catch {
      // not here
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of kubedes not found');
    folder = parent;
  }
}

export const VERSION = readVersion();
