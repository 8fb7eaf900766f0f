#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { runCommandLine } from './command-line.ts';
import { reportFailure } from './failures.ts';

try {
  await runCommandLine(hideBin(process.argv));
} catch (error) {
  process.exitCode = reportFailure(error);
}
