/** Runs the command line from source in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { vi } from 'vitest';
import { runCommandLine } from '../../sim/cli/command-line.ts';
import { reportFailure } from '../../sim/cli/failures.ts';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = ['--import', 'tsx', join(PROJECT, 'sim/cli/main.ts')];
const ENVIRONMENT = { ...process.env, NO_COLOR: '1' };

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function kubedes(...args: readonly string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...MAIN, ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  return { status, stdout, stderr };
}

/** The same in this process, which is quicker, for commands that start no process or thread. */
export async function kubedesHere(...args: readonly string[]): Promise<CliResult> {
  const printed = { log: '', error: '' };
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...parts: unknown[]) => {
      printed[name] += `${format(...parts)}\n`;
    }),
  );
  try {
    await runCommandLine(args);
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
  const status = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  for (const spy of spies) spy.mockRestore();
  return { status, stdout: printed.log, stderr: printed.error };
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
