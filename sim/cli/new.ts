/** `kubedes new policy`: a policy module to start from. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../experiment/errors.ts';

interface NewArguments {
  what: string;
  name: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const newCommand: CommandModule<object, NewArguments> = {
  command: 'new <what> <name>',
  describe: 'Write a policy to start from',
  builder: (yargs) =>
    yargs
      .positional('what', { choices: ['policy'], demandOption: true, describe: 'What to write' })
      .positional('name', { type: 'string', demandOption: true, describe: 'Its name, such as fewest-pods' })
      .example('$0 new policy fewest-pods', 'write fewest-pods.ts'),
  handler: ({ name }) => {
    const file = writePolicy(name, process.cwd());
    console.log(`${file} written. Try it:
  kubedes policies ./${file}
  kubedes compare <scenario> --policies default,./${file}`);
  },
};

/** Returns the name of the file. Throws UsageError for a name that will not do, or is taken. */
export function writePolicy(name: string, folder: string): string {
  if (!NAME.test(name))
    throw new UsageError(`name ${name}: expected lower case words joined by -, such as fewest-pods`);
  const file = `${name}.ts`;
  if (existsSync(join(folder, file))) throw new UsageError(`${file} is there already`);
  writeFileSync(join(folder, file), policyTemplate(name));
  return file;
}

/** `name` in words joined by `-`. */
export function policyTemplate(name: string): string {
  const plugin = name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  const factory = plugin.slice(0, 1).toLowerCase() + plugin.slice(1);
  return `/** ${plugin}: the node with the fewest pods wins, whatever they request. */
import { type Handle, type Plugin, type PolicyModule, unschedulable } from 'kubedes';

const ${factory} = (_args: unknown, _handle: Handle): Plugin => ({
  name: '${plugin}',
  // Undefined: the node will do.
  filter: (_state, _pod, node) => (node.pods.length < 100 ? undefined : unschedulable('too many pods')),
  // An integer from 0 to 100, for each node that passes all filters.
  score: (_state, _pod, node) => 100 - Math.min(100, node.pods.length),
});

/** Laid over the default profile: its filters stay, its other scores do not. */
export const policy: PolicyModule = {
  plugins: { ${plugin}: ${factory} },
  profile: {
    score: { enabled: [{ name: '${plugin}' }], disabled: ['*'] },
  },
};
`;
}
