/** The commands by name, each loaded when it is named: a run does not wait for the libraries that draw reports. */
import type { CommandModule } from 'yargs';

const LOADERS = {
  run: async () => (await import('./run.ts')).runCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  validate: async () => (await import('./validate.ts')).validateCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  policies: async () => (await import('./policies.ts')).policiesCommand,
  proxies: async () => (await import('./proxies.ts')).proxiesCommand,
  new: async () => (await import('./new.ts')).newCommand,
  fit: async () => (await import('./fit.ts')).fitCommand,
  bench: async () => (await import('./bench.ts')).benchCommand,
  completion: async () => (await import('./completion.ts')).completionCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS);

/** The command of this name; all of them for any other word, since help and completion list them. */
export async function loadCommands(name: string | undefined): Promise<CommandModule[]> {
  const named = Object.entries(LOADERS).find(([command]) => command === name);
  const loaders = named === undefined ? Object.values(LOADERS) : [named[1]];
  const modules: unknown[] = await Promise.all(loaders.map((load) => load()));
  return modules as CommandModule[];
}
