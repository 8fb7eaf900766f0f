#!/usr/bin/env -S node --max-semi-space-size=16 --heap-growing-percent=100
/**
 * Starts the command line. Node's options above suit objects that live for simulated minutes: a large young generation copies
 * fewer of them, and a heap that is collected whenever it has doubled stays small.
 */
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.ts';
import { reportFailure } from './failures.ts';

try {
  await runCommandLine(hideBin(process.argv));
} catch (error) {
  process.exitCode = reportFailure(error);
}
