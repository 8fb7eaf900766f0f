/** `kubedes completion`: a script that lets a shell complete commands, options, policies and proxy modes. */
import { basename } from 'node:path';
import yargs, { type CommandModule } from 'yargs';
import { UsageError } from '../experiment/errors.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export const completionCommand: CommandModule<object, { shell?: Shell | undefined }> = {
  command: 'completion [shell]',
  describe: 'Print a completion script for bash, zsh or fish',
  builder: (yargs) =>
    yargs
      .positional('shell', { choices: SHELLS, describe: 'The shell; yours if absent' })
      .example('$0 completion bash >> ~/.bashrc', 'for every new shell')
      .example('$0 completion fish > ~/.config/fish/completions/kubedes.fish', 'the same for fish'),
  handler: ({ shell = ownShell() }) => {
    // Where yargs looks for the shell.
    delete process.env['ZSH_NAME'];
    process.env['SHELL'] = shell;
    yargs().scriptName('kubedes').completion(`completion ${shell}`, false).showCompletionScript();
  },
};

function ownShell(): Shell {
  const own = SHELLS.find((shell) => shell === basename(process.env['SHELL'] ?? ''));
  if (own === undefined) throw new UsageError(`name the shell: ${SHELLS.join(', ')}`);
  return own;
}
