/** Runs the command line in the process of the test, which is quicker, for commands that start no process or thread. */
import { format } from 'node:util';
import { vi } from 'vitest';
import { runCommandLine } from '../../sim/cli/command-line.ts';
import { reportFailure } from '../../sim/cli/failures.ts';
import type { CliResult } from './cli.ts';

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
