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
import { importFresh } from './fresh-import.ts';
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

/** The registries with the policy of this module as a profile named by its path; otherwise as `withPolicy`. */
export async function withPolicyModule(
  registries: Registries,
  path: string,
  scenarioFile?: string,
): Promise<Registries> {
  return withPolicyFiles(registries, path, moduleFiles(findPolicyModule(path, scenarioFile)));
}

/** The same by the texts of all its files, the module first. Throws PolicyModuleError also if others lie there now. */
export async function withPolicyFiles(
  registries: Registries,
  name: string,
  files: ReadonlyMap<string, string>,
): Promise<Registries> {
  const [file = name] = files.keys();
  return withPolicy(registries, name, await importPolicy(file, name, files));
}

/**
 * The registries with this policy as a profile of that name. It is held to the contract as a module is: writing to a pod or node
 * throws PolicyError. Inputs of a run do not hold it: `manifest.json` notes that a program gave it, and `verify` and `explain`
 * refuse the result; `verifyResult` makes it again with these registries. Throws PolicyModuleError if a plugin's name is taken.
 */
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

/** What a run needs if its scenario names a module as its profile. */
export async function withOwnPolicy(loaded: LoadedScenario, registries: Registries): Promise<PreparedRun> {
  const path = loaded.scenario.scheduler?.profile;
  if (path === undefined || !isModulePath(path)) return { loaded, registries };
  const files = moduleFiles(findPolicyModule(path, loaded.inputs.keys().next().value));
  return prepareRun(loaded, registries, path, files);
}

/** The registries with the policy that these files are, and the files among the inputs. */
export async function prepareRun(
  loaded: LoadedScenario,
  registries: Registries,
  policy: string,
  files: ReadonlyMap<string, string>,
): Promise<PreparedRun> {
  const inputs = new Map([...loaded.inputs, ...files]);
  const [policyFile] = files.keys();
  return {
    loaded: { ...loaded, inputs, policyFile },
    registries: await withPolicyFiles(registries, policy, files),
  };
}

/**
 * Throws PolicyModuleError for a module that cannot be loaded or exports no policy, or whose `files` have changed since they
 * were read, or would be run as this thread imported them before; `shown` names it.
 */
export async function importPolicy(
  file: string,
  shown: string,
  files: ReadonlyMap<string, string> = moduleFiles(file),
): Promise<PolicyModule> {
  await prepareImports(/\.[mc]?ts$/.test(file));
  let module: { readonly policy?: unknown };
  try {
    module = await importFresh(files);
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
    return /\\.m?ts(\\?|$)/.test(found.url) ? { ...found, format: 'module' } : found;
  }`;
}
