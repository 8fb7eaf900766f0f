/** Runs the command line from source in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** What Node is started with to run TypeScript, in whatever folder. */
export const TYPESCRIPT = ['--import', import.meta.resolve('tsx')];
const MAIN = [...TYPESCRIPT, join(PROJECT, 'sim/cli/main.ts')];
const ENVIRONMENT = { ...process.env, NO_COLOR: '1' };

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const kubedes = (...args: readonly string[]): CliResult => kubedesIn(PROJECT, ...args);

/** With `folder` as the working directory. */
export const kubedesIn = (folder: string, ...args: readonly string[]): CliResult =>
  runNode(folder, [...MAIN, ...args]);

/** The command that `npm run build` made last, as users have it. */
export const builtKubedesIn = (folder: string, ...args: readonly string[]): CliResult =>
  runNode(folder, [join(PROJECT, 'dist/sim/cli/main.js'), ...args]);

function runNode(folder: string, args: readonly string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  return { status, stdout, stderr };
}

/** Only what goes to stderr can be read. */
export const startKubedes = (...args: readonly string[]) =>
  spawn(process.execPath, [...MAIN, ...args], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ENVIRONMENT,
  });

/** As `kubedes`, with a limit for the size of the files that it writes, in KiB: what a full disk does to it. */
export function kubedesWithLittleRoom(maxKib: number, ...args: readonly string[]): CliResult {
  const command = ['-c', `ulimit -f ${maxKib}; exec "$@"`, 'bash', process.execPath, ...MAIN, ...args];
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
