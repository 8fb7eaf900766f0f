/** What `sim/` does not know by itself: policies and proxies. The composition roots pass it in. */
import { didYouMean } from '../api/index.ts';
import type { ProxyMode } from '../network/index.ts';
import type { NamedProfiles, PluginRegistry, PluginSets } from '../scheduler/index.ts';

interface Parts {
  /** Scheduler plugins by name. */
  readonly plugins: PluginRegistry;
  /** Plugins of the default profile. */
  readonly defaultPlugins: PluginSets;
  /** Named profiles: what they change of the default. */
  readonly profiles: NamedProfiles;
  /** kube-proxy modes by name. */
  readonly proxies: ReadonlyMap<string, ProxyMode>;
}

export interface Registries extends Parts {
  /** The project's own. What else there is has been added: nobody trusts it to leave alone what it is given. */
  readonly own: Parts;
}

/** True for what is a path to a policy module rather than the name of a profile. */
export const isModulePath = (policy: string): boolean => /[\\/]|\.[mc]?[jt]s$/.test(policy);

/** A name that no registry knows: the user's mistake. */
export class UnknownName extends Error {}

export function unknownName(what: string, name: string, known: Iterable<string>): UnknownName {
  const names = [...known];
  const hint = didYouMean(name, names) ?? `known: ${names.join(', ')}`;
  return new UnknownName(`no such ${what}: ${name} (${hint})`);
}
