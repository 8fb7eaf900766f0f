/** Runs the command line in a process of its own, as users have it: `build.ts` has built it from the source. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** The environment variable that names the folder of the built package. */
export const BUILT = 'KUBEDES_BUILT';
const ENVIRONMENT = { ...process.env, NO_COLOR: '1' };

/** A file of the built package, such as `sim/index.js`. Throws Error outside of the test runner, which has it built. */
export function builtFile(path: string): string {
  const root = process.env[BUILT];
  // The project's own dist may be of any age.
  if (root === undefined)
    throw new Error(`${BUILT} is not set: start the tests with vitest, which builds first`);
  return join(root, 'dist', path);
}

const main = (): string => builtFile('sim/cli/main.js');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const kubedes = (...args: readonly string[]): CliResult => kubedesIn(PROJECT, ...args);

/** With `folder` as the working directory. */
export function kubedesIn(folder: string, ...args: readonly string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main(), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  return { status, stdout, stderr };
}

/** Only what goes to stderr can be read. */
export const startKubedes = (...args: readonly string[]) =>
  spawn(process.execPath, [main(), ...args], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ENVIRONMENT,
  });

/** As `kubedes`, with a limit for the size of the files that it writes, in KiB: what a full disk does to it. */
export const kubedesWithLittleRoom = (maxKib: number, ...args: readonly string[]): CliResult =>
  inShell(`ulimit -f ${maxKib}; exec "$@"`, args);

/** As `kubedes`, with a file coming through a pipe as its /dev/stdin. */
export const kubedesPiped = (file: string, ...args: readonly string[]): CliResult =>
  inShell(`cat '${file}' | "$@"`, args);

function inShell(script: string, args: readonly string[]): CliResult {
  const command = ['-c', script, 'bash', process.execPath, main(), ...args];
  const { status, stdout, stderr } = spawnSync('bash', command, {
    cwd: PROJECT,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  return { status, stdout, stderr };
}

/** A folder that lives until `use` is done, or its promise is. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kubedes-test-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  let result: T | undefined;
  try {
    result = use(folder);
    return result instanceof Promise ? (result.finally(remove) as T) : result;
  } finally {
    if (!(result instanceof Promise)) remove();
  }
}
