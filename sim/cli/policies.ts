/** `kubedes policies`: the profiles there are, or whether policy modules keep the contract. */
import type { CommandModule } from 'yargs';
import { findPolicyModule, importPolicy } from '../experiment/policy-module.ts';
import { checkPolicy, loadRegistries } from '../registries.ts';
import { onStdout } from './colours.ts';
import { EXIT } from './exit.ts';
import { printRegistered } from './registered.ts';

interface PoliciesArguments {
  modules?: string[] | undefined;
  json: boolean;
}

export const policiesCommand: CommandModule<object, PoliciesArguments> = {
  command: 'policies [modules..]',
  describe:
    'List the policies there are, or check policy modules: purity, score range, determinism, shortcuts',
  builder: (yargs) =>
    yargs
      .positional('modules', { type: 'string', array: true, describe: 'Files of policies to check' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 policies', 'names for --policies and scheduler.profile')
      .example('$0 policies ./my-policy.ts', 'does it keep the contract?'),
  handler: ({ modules = [], json }) => (modules.length === 0 ? list(json) : check(modules, json)),
};

function list(json: boolean): void {
  const named = Array.from(loadRegistries().profiles, ([name, profile]) => ({ ...profile, name }));
  printRegistered('POLICY', named, json);
}

async function check(modules: readonly string[], json: boolean): Promise<void> {
  const results = [];
  for (const module of modules) {
    const policy = await importPolicy(findPolicyModule(module, undefined), module);
    results.push({ module, problems: checkPolicy(policy) });
  }
  if (json) console.log(JSON.stringify(results, undefined, 2));
  else
    for (const { module, problems } of results) {
      console.log(
        `${module}: ${problems.length === 0 ? onStdout.green('keeps the contract') : onStdout.red('does not')}`,
      );
      for (const { kind, message } of problems) console.log(`  ${kind}: ${message}`);
    }
  if (results.some(({ problems }) => problems.length > 0)) process.exitCode = EXIT.failed;
}
