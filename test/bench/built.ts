/** The built command line, started as users start it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/cli.ts';

/** What Node is started with: the options of the command's first line, and its file. Throws if nothing was built. */
export function builtCommand(): readonly string[] {
  const main = join(PROJECT, 'dist/sim/cli/main.js');
  if (!existsSync(main)) throw new Error('the benches of whole runs use dist: run `npm run build` first');
  const [line = ''] = readFileSync(main, 'utf8').split('\n', 1);
  return [...line.split(' ').filter((word) => word.startsWith('--')), main];
}
