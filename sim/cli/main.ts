#!/usr/bin/env -S node --heap-growing-percent=100 --no-allocation-site-pretenuring
/**
 * Starts the command line. Node's options above are for less memory, and found by measuring: the heap is collected whenever it has
 * doubled, and no new object is taken for a long-lived one because others of its kind were.
 */
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.ts';
import { reportFailure } from './failures.ts';

try {
  await runCommandLine(hideBin(process.argv));
} catch (error) {
  process.exitCode = reportFailure(error);
}
