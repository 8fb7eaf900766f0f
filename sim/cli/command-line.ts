/** The command line, from words to a command that runs: one file per command. */
import { existsSync } from 'node:fs';
import yargs from 'yargs';
import { UsageError } from '../experiment/errors.ts';
import { VERSION } from '../experiment/own-files.ts';
import { unknownName } from '../scenario/index.ts';
import { COMMAND_NAMES, loadCommands } from './commands.ts';
import { completionOf } from './complete-word.ts';
import { EXIT } from './exit.ts';
import { checkValues, explainMistake } from './mistakes.ts';

/** What the completion scripts call. */
const COMPLETION = '--get-yargs-completions';

/** Data goes to stdout, messages to stderr, a wrong result into `process.exitCode`. Throws what `reportFailure` tells. */
export async function runCommandLine(typed: readonly string[]): Promise<void> {
  const words = commandFirst(typed);
  checkCommand(words[0]);
  if (words.includes('-')) throw new UsageError('-: no file (did you mean /dev/stdin?)');
  const commands = await loadCommands(words.find((word) => COMMAND_NAMES.includes(word)));
  const usage = commands.length === 1 ? String(commands[0]?.command) : '<command>';
  const parser = yargs([...words])
    .scriptName('kubedes')
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false })
    .usage('$0 <command>\n\nA deterministic discrete-event simulator of Kubernetes clusters.')
    .command(commands)
    .example('$0 run scenarios/quick-start.yaml', 'run a scenario')
    .example('$0 run scenarios/manifests/nginx.yaml', 'run plain manifests on a default cluster')
    .example('$0 <command> --help', 'options and examples of a command')
    .epilogue(
      'Exit codes: 0 done, 1 failed or different, 2 wrong input, 130 interrupted, 143 terminated. NO_COLOR, FORCE_COLOR: colours.',
    )
    .completion('--complete', false, completionOf(words))
    .demandCommand(1)
    .check(checkValues, true)
    .strict()
    .exitProcess(false)
    .version(VERSION)
    .alias('h', 'help')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      if (error !== undefined && error !== null) throw error;
      const known = parser.parsed === false ? [] : Object.keys(parser.parsed.aliases);
      throw new UsageError(explainMistake(message, { words, usage, known }));
    });
  if (words.length > 0) await parser.parseAsync();
  else {
    parser.showHelp('error');
    process.exitCode = EXIT.usage;
  }
}

/** Yargs would only know that there is one word too many. */
function checkCommand(name: string | undefined): void {
  if (name === undefined || name.startsWith('-') || COMMAND_NAMES.includes(name)) return;
  if (existsSync(name)) throw new UsageError(`no such command: ${name} (did you mean kubedes run ${name}?)`);
  throw unknownName('command', name, COMMAND_NAMES);
}

/** `kubedes --json run x` and `kubedes help run` are what `kubedes run x --json` and `kubedes run --help` are. */
function commandFirst(typed: readonly string[]): readonly string[] {
  if (typed[0] === 'help') return [...typed.slice(1), '--help'];
  const at = typed.findIndex((word) => COMMAND_NAMES.includes(word));
  const command = typed[at];
  if (command === undefined || !typed[0]?.startsWith('-') || typed[0] === COMPLETION) return typed;
  return [command, ...typed.filter((_, i) => i !== at)];
}
