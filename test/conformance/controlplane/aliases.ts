/**
 * Recorded names of generated objects are aliases, `<owner>-{rs1}`, `<owner>-{p3}`: numbered by first appearance under the
 * same prefix. The simulated cluster's own names get aliases by the same rule.
 */
import { controllerOf, type KubernetesObject } from '../../../sim/api/index.ts';
import type { SharedInformerFactory } from '../../../sim/client/index.ts';

const GENERATED = {
  pods: 'p',
  replicasets: 'rs',
  endpointslices: 'es',
  controllerrevisions: 'cr',
  jobs: 'j',
} as const;

export class Aliases {
  readonly #aliasOf = new Map<string, string>();
  readonly #nameOf = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(informers: SharedInformerFactory) {
    for (const resource of [
      'replicasets',
      'pods',
      'endpointslices',
      'controllerrevisions',
      'jobs',
    ] as const) {
      informers
        .informer(resource)
        .addHandler({ onAdd: (object: KubernetesObject) => this.#add(object, GENERATED[resource]) });
    }
  }

  /** The alias of a name, itself if it was not generated. */
  aliasOf(name: string): string {
    return this.#aliasOf.get(name) ?? name;
  }

  /** The real name, undefined if nothing has that alias; names that are no aliases stay. */
  nameOf(alias: string): string | undefined {
    return alias.includes('{') ? this.#nameOf.get(alias) : alias;
  }

  /** Replaces every alias in a recorded input. */
  resolve(text: string): string {
    return text.includes('{') ? (this.#nameOf.get(text) ?? text) : text;
  }

  #add(object: KubernetesObject, letter: string): void {
    const { name } = object.metadata;
    const prefix = this.#prefixOf(object, letter);
    if (prefix === undefined || this.#aliasOf.has(name)) return;
    const alias = this.#next(`${prefix}-`, letter);
    this.#aliasOf.set(name, alias);
    this.#nameOf.set(alias, name);
    if (letter !== 'rs') return;
    const hash = object.metadata.labels?.['pod-template-hash'];
    if (hash !== undefined) this.#aliasOf.set(hash, alias.slice(prefix.length + 1));
  }

  /** What stands before the number; undefined for a name that was not generated. */
  #prefixOf(object: KubernetesObject, letter: string): string | undefined {
    const { generateName, ownerReferences } = object.metadata;
    const owner = controllerOf(object) ?? ownerReferences?.[0];
    if (letter === 'rs') return owner?.kind === 'Deployment' ? owner.name : undefined;
    if (letter === 'j') return owner?.kind === 'CronJob' ? owner.name : undefined;
    if (letter === 'cr') return owner?.name;
    if (generateName === undefined || generateName === '') return undefined;
    const base = generateName.slice(0, -1);
    const isOwners = owner !== undefined && base.startsWith(owner.name);
    return isOwners ? this.aliasOf(owner.name) + base.slice(owner.name.length) : base;
  }

  #next(prefix: string, letter: string): string {
    const n = (this.#counts.get(prefix + letter) ?? 0) + 1;
    this.#counts.set(prefix + letter, n);
    return `${prefix}{${letter}${n}}`;
  }
}
