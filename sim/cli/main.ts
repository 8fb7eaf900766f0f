#!/usr/bin/env node
/** The command line: one file per command. Data goes to stdout, messages to stderr. */
import pc from 'picocolors';
import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { InvariantViolation } from '../engine/index.ts';
import { PolicyModuleError } from '../experiment/policy-module.ts';
import { VERSION } from '../experiment/version.ts';
import { UnknownName } from '../scenario/index.ts';
import { ConfigurationError, PolicyError } from '../scheduler/index.ts';
import { EXIT, InputError, Interrupted, UsageError } from './exit.ts';

/** Loaded when named: a run does not wait for the libraries that draw reports. */
const COMMANDS = {
  run: async () => (await import('./run.ts')).runCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  fit: async () => (await import('./fit.ts')).fitCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  validate: async () => (await import('./validate.ts')).validateCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  policies: async () => (await import('./policies.ts')).policiesCommand,
  new: async () => (await import('./new.ts')).newCommand,
};

/** The command that the line begins with; all of them for help and mistakes. */
async function loadCommands(name: string | undefined): Promise<CommandModule[]> {
  const named = Object.entries(COMMANDS).find(([command]) => command === name);
  const loaders = named === undefined ? Object.values(COMMANDS) : [named[1]];
  const modules: unknown[] = await Promise.all(loaders.map((load) => load()));
  return modules as CommandModule[];
}

const USERS_MISTAKES = [UsageError, UnknownName, ConfigurationError, PolicyModuleError] as const;
const isUsersMistake = (error: unknown): error is Error =>
  USERS_MISTAKES.some((kind) => error instanceof kind);

function report(error: unknown): number {
  if (error instanceof InputError) {
    console.error(error.message);
    return EXIT.usage;
  }
  if (isUsersMistake(error)) {
    console.error(`${pc.red('error')}: ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof Interrupted) {
    console.error(`${pc.yellow('interrupted')}: ${error.message}`);
    return EXIT.interrupted;
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
  const words = hideBin(process.argv);
  await yargs(words)
    .scriptName('kubedes')
    .usage('$0 <command>\n\nA deterministic discrete-event simulator of Kubernetes clusters.')
    .command(await loadCommands(words[0]))
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
