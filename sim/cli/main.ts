#!/usr/bin/env -S node --heap-growing-percent=100
/**
 * Starts the command line. By Node's option above the heap is collected whenever it has doubled, for less memory.
 */
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.ts';
import { reportFailure } from './failures.ts';

try {
  await runCommandLine(hideBin(process.argv));
} catch (error) {
  process.exitCode = reportFailure(error);
}
