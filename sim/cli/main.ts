#!/usr/bin/env node
/** The command line: one file per command. Data goes to stdout, messages to stderr. */
import pc from 'picocolors';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { InvariantViolation } from '../engine/index.ts';
import { VERSION } from '../experiment/version.ts';
import { UnknownName } from '../scenario/index.ts';
import { ConfigurationError, PolicyError } from '../scheduler/index.ts';
import { compareCommand } from './compare.ts';
import { EXIT, InputError, UsageError } from './exit.ts';
import { fitCommand } from './fit.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema.ts';
import { validateCommand } from './validate.ts';
import { verifyCommand } from './verify.ts';

function report(error: unknown): number {
  if (error instanceof InputError) {
    console.error(error.message);
    return EXIT.usage;
  }
  if (error instanceof UsageError || error instanceof UnknownName || error instanceof ConfigurationError) {
    console.error(`${pc.red('error')}: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof InvariantViolation || error instanceof PolicyError) {
    console.error(`${pc.red(error.name)}: ${error.message}`);
    return EXIT.failed;
  }
  console.error(error instanceof Error ? `${pc.red('error')}: ${error.message}` : error);
  if (process.env['KUBEDES_DEBUG'] !== undefined && error instanceof Error) console.error(error.stack);
  return EXIT.failed;
}

try {
  await yargs(hideBin(process.argv))
    .scriptName('kubedes')
    .usage('$0 <command>\n\nA deterministic discrete-event simulator of Kubernetes clusters.')
    .command(runCommand)
    .command(compareCommand)
    .command(verifyCommand)
    .command(reportCommand)
    .command(fitCommand)
    .command(validateCommand)
    .command(schemaCommand)
    .example('$0 run scenarios/quick-start.yaml', 'run a scenario')
    .example('$0 run nginx-deployment.yaml', 'run plain manifests on a default cluster')
    .demandCommand(1, 'Name a command.')
    .recommendCommands()
    .strict()
    .version(VERSION)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error, parser) => {
      if (error !== undefined && error !== null) throw error;
      parser.showHelp('error');
      throw new UsageError(message);
    })
    .parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
