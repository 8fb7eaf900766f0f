/**
 * Finds and loads a user's own policy: a module with a named export `policy`. `.ts` goes through tsx; `.js` and `.mjs` are
 * imported as they are. Wherever it lies, `kubedes` means this very program in it.
 */
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isModulePath, type LoadedScenario, type Registries } from '../scenario/index.ts';
import { type PolicyModule, policyModuleProblems, profileOfModule } from '../scheduler/index.ts';
import { moduleFiles } from './module-files.ts';
import { ownFile } from './own-files.ts';

/** No such module, or it brings no policy: the user's mistake. */
export class PolicyModuleError extends Error {}

/**
 * The file that a path means. In a scenario file: relative to it, or to the nearest folder above that has it, or to the working
 * directory. On the command line: relative to the working directory. Throws PolicyModuleError if there is none.
 */
export function findPolicyModule(path: string, scenarioFile: string | undefined): string {
  const folders: string[] = [];
  if (scenarioFile !== undefined)
    for (let at = dirname(resolve(scenarioFile)); !folders.includes(at); at = dirname(at)) folders.push(at);
  const found = [...folders, process.cwd()]
    .map((folder) => resolve(folder, path))
    .find((file) => existsSync(file));
  if (found === undefined) throw new PolicyModuleError(`no such policy module: ${path}`);
  return found;
}

/** The registries with the policy of this module as a profile named by its path. */
export async function withPolicyModule(
  registries: Registries,
  path: string,
  scenarioFile?: string,
): Promise<Registries> {
  return withPolicy(registries, path, await importPolicy(findPolicyModule(path, scenarioFile), path));
}

/** The registries with this policy as a profile of that name. Throws PolicyModuleError if a plugin's name is taken. */
export function withPolicy(registries: Registries, name: string, policy: PolicyModule): Registries {
  const taken = Object.keys(policy.plugins).find((plugin) => registries.plugins.has(plugin));
  if (taken !== undefined)
    throw new PolicyModuleError(`${name}: there is a plugin ${taken} already; call this one otherwise`);
  return {
    ...registries,
    plugins: new Map([...registries.plugins, ...Object.entries(policy.plugins)]),
    profiles: new Map([...registries.profiles, [name, profileOfModule(policy, name)]]),
  };
}

export interface PreparedRun {
  readonly loaded: LoadedScenario;
  readonly registries: Registries;
}

/**
 * What a run needs if its profile is a module: the registries with it, and its files among the inputs. `typed`: the path is from
 * the command line, not from the scenario file.
 */
export async function withOwnPolicy(
  loaded: LoadedScenario,
  registries: Registries,
  typed = false,
): Promise<PreparedRun> {
  const path = loaded.scenario.scheduler?.profile;
  if (path === undefined || !isModulePath(path)) return { loaded, registries };
  const scenarioFile = typed ? undefined : loaded.inputs.keys().next().value;
  const file = findPolicyModule(path, scenarioFile);
  const inputs = new Map([...loaded.inputs, ...moduleFiles(file)]);
  const known = await withPolicyModule(registries, path, scenarioFile);
  return { loaded: { ...loaded, inputs }, registries: known };
}

/** Throws PolicyModuleError for a module that cannot be loaded or exports no policy; `shown` names it. */
export async function importPolicy(file: string, shown: string): Promise<PolicyModule> {
  await prepareImports(/\.[mc]?ts$/.test(file));
  let module: { readonly policy?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { policy?: unknown };
  } catch (error) {
    throw new PolicyModuleError(`${shown}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const problems = policyModuleProblems(module.policy);
  if (problems.length > 0)
    throw new PolicyModuleError(problems.map((problem) => `${shown}: ${problem}`).join('\n'));
  return module.policy as PolicyModule;
}

let hooked = false;
let typescriptKnown = false;

/** Hooks of this thread's module loader, each set once; the one set last is asked first. */
async function prepareImports(typescript: boolean): Promise<void> {
  if (typescript && !typescriptKnown) {
    typescriptKnown = true;
    (await import('tsx/esm/api')).register();
    hooked = false;
  }
  if (!hooked) {
    hooked = true;
    register(`data:text/javascript,${encodeURIComponent(ownHook())}`);
  }
}

/** `kubedes` is this program; TypeScript is an ES module, whatever package.json lies above it or does not. */
function ownHook(): string {
  const self = pathToFileURL(ownFile('sim/index')).href;
  return `export async function resolve(specifier, context, next) {
    const found = await next(specifier === 'kubedes' ? ${JSON.stringify(self)} : specifier, context);
    return /\\.m?ts$/.test(found.url) ? { ...found, format: 'module' } : found;
  }`;
}
