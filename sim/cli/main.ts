#!/usr/bin/env -S node --heap-growing-percent=100 --max-semi-space-size=32 --no-allocation-site-pretenuring
/**
 * Starts the command line. Node's options above were found by measuring. For less memory: the heap is collected whenever it has
 * doubled, and no new object is taken for a long-lived one because others of its kind were. For less time: the young generation is twice
 * the usual, so that of the many pods under way at once fewer are copied (7 % of scenarios/scale-5000.yaml).
 */
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.ts';
import { reportFailure } from './failures.ts';

try {
  await runCommandLine(hideBin(process.argv));
} catch (error) {
  process.exitCode = reportFailure(error);
}
