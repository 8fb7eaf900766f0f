/** The objects of one resource as the API server holds them (the watch cache of k8s.io/apiserver v1.36). */
import { type ResourceDefinition, type ResourceName, resources } from '../api/index.ts';
import type { Entry } from './stored-object.ts';
import { type Strategy, strategyOf } from './strategy.ts';
import { WatchIndex } from './watch-index.ts';

/** Found by namespace and then name, which are at hand as strings already hashed: no key is built to look one up. */
export class ResourceTable {
  readonly name: ResourceName;
  readonly definition: ResourceDefinition;
  readonly strategy: Strategy;
  readonly keepsStatus: boolean;
  readonly watches = new WatchIndex();
  readonly storePrefix: string;
  readonly #namespaces = new Map<string, Map<string, Entry>>();
  /** The namespace used last, and its objects: most calls come for the same one. */
  #namespace = '';
  #names: Map<string, Entry> | undefined;
  /** How many objects of a namespace and generateName were created: the counter of their generated names. */
  readonly #generated = new Map<string, Map<string, number>>();
  readonly #freeSlots: number[] = [];
  #size = 0;

  constructor(name: ResourceName) {
    this.name = name;
    this.definition = resources[name];
    this.strategy = strategyOf(name);
    this.keepsStatus = this.definition.subresources.includes('status');
    this.storePrefix = `/registry/${name}/`;
  }

  get size(): number {
    return this.#size;
  }

  /** Empty namespace for cluster-scoped resources. O(1). */
  find(namespace: string, name: string): Entry | undefined {
    return this.#namesIn(namespace)?.get(name);
  }

  /** Objects of one namespace, in order of creation. */
  inNamespace(namespace: string): Iterable<Entry> {
    return this.#namesIn(namespace)?.values() ?? [];
  }

  /** A slot that no stored object has. */
  nextSlot(): number {
    return this.#freeSlots.pop() ?? this.#size;
  }

  add(namespace: string, name: string, entry: Entry): void {
    const names = this.#namesIn(namespace);
    if (names === undefined) this.#namespaces.set(namespace, new Map([[name, entry]]));
    else names.set(name, entry);
    this.#size++;
  }

  drop(namespace: string, name: string, { slot }: Entry): void {
    const names = this.#namesIn(namespace);
    if (names?.delete(name) !== true) return;
    this.#size--;
    this.#freeSlots.push(slot);
    if (names.size > 0) return;
    this.#namespaces.delete(namespace);
    this.#names = undefined;
  }

  #namesIn(namespace: string): Map<string, Entry> | undefined {
    if (this.#names === undefined || namespace !== this.#namespace) {
      this.#namespace = namespace;
      this.#names = this.#namespaces.get(namespace);
    }
    return this.#names;
  }

  /** Counts 0, 1, 2… per (namespace, generateName). */
  nextGenerated(namespace: string, generateName: string): number {
    let counts = this.#generated.get(namespace);
    if (counts === undefined) this.#generated.set(namespace, (counts = new Map()));
    const n = counts.get(generateName) ?? 0;
    counts.set(generateName, n + 1);
    return n;
  }
}
