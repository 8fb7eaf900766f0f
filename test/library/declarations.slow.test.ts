/** The published types, as the compilers of users read them: strictly, and without leaving out those of other packages. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inFolder, PROJECT } from '../support/cli.ts';

const tsc = (folder: string, ...args: readonly string[]): string =>
  spawnSync(process.execPath, [join(PROJECT, 'node_modules/typescript/bin/tsc'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout;

const STRICT = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
const RESOLUTIONS = [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const;

it('compile in a program of its own under the strictest options', { timeout: 300_000 }, () =>
  inFolder((folder) => {
    const types = join(folder, 'kubedes/dist');
    expect(tsc(PROJECT, '-p', 'tsconfig.build.json', '--outDir', types)).toBe('');
    copyFileSync(join(PROJECT, 'package.json'), join(folder, 'kubedes/package.json'));
    // Where the package's own dependencies are found, and the package itself by the program.
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'kubedes/node_modules'));
    mkdirSync(join(folder, 'program/node_modules'), { recursive: true });
    symlinkSync(join(folder, 'kubedes'), join(folder, 'program/node_modules/kubedes'));
    const program = join(folder, 'program/main.mts');
    copyFileSync(join(PROJECT, 'scenarios/library.ts'), program);
    for (const [module, resolution] of RESOLUTIONS) {
      const how = ['--module', module, '--moduleResolution', resolution, '--target', 'es2023'];
      const typeRoots = ['--typeRoots', join(PROJECT, 'node_modules/@types'), '--types', 'node'];
      expect(tsc(join(folder, 'program'), ...STRICT, ...how, ...typeRoots, program)).toBe('');
    }
  }),
);
