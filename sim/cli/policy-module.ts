/**
 * A user's own policy: a module with a named export `policy`. `.ts` goes through tsx; `.js` and `.mjs` are imported as
 * they are. Its plugins join the registry, and the default profile is changed as the policy says.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Registries } from '../scenario/index.ts';
import type { EnabledPlugin, NamedProfile, PluginFactory } from '../scheduler/index.ts';
import { UsageError } from './exit.ts';

export interface PolicyModule {
  /** Plugins by name. */
  readonly plugins: Readonly<Record<string, PluginFactory>>;
  /** Added to the default profile, or given another weight; all of `plugins` if absent. */
  readonly enabled?: readonly EnabledPlugin[] | undefined;
  /** Default plugins to go without; `*` stands for all. */
  readonly disabled?: readonly string[] | undefined;
  /** Arguments by plugin. */
  readonly args?: Readonly<Record<string, unknown>> | undefined;
}

/** True for what is a path to a module rather than the name of a profile. */
export const isModulePath = (policy: string): boolean => /[\\/]|\.[mc]?[jt]s$/.test(policy);

/** The registries with the policy of this module as a profile named by its path. */
export async function withPolicyModule(registries: Registries, path: string): Promise<Registries> {
  const { plugins, enabled, disabled, args } = await importPolicy(path);
  const profile: NamedProfile = {
    meaning: `the policy of ${path}`,
    source: path,
    plugins: {
      multiPoint: {
        enabled: enabled ?? Object.keys(plugins).map((name) => ({ name })),
        disabled: disabled ?? [],
      },
    },
    pluginConfig: new Map(Object.entries(args ?? {})),
  };
  return {
    ...registries,
    plugins: new Map([...registries.plugins, ...Object.entries(plugins)]),
    profiles: new Map([...registries.profiles, [path, profile]]),
  };
}

async function importPolicy(path: string): Promise<PolicyModule> {
  const file = resolve(path);
  if (!existsSync(file)) throw new UsageError(`no such policy module: ${path}`);
  if (/\.[mc]?ts$/.test(file)) (await import('tsx/esm/api')).register();
  const { policy } = (await import(pathToFileURL(file).href)) as { policy?: PolicyModule };
  if (typeof policy?.plugins !== 'object')
    throw new UsageError(`${path}: expected a named export \`policy\` with \`plugins\``);
  return policy;
}
