/**
 * Orphans that a controller's objects may adopt: an orphan is matched against selectors when it comes or changes, an
 * owner against orphans when it comes, and a sync looks only at what matched. Kubernetes lists all objects of the namespace at
 * every sync instead; the answer is the same.
 */
import {
  controllerOf,
  type KubernetesObject,
  keyOf,
  type LabelSelector,
  matchesSelector,
} from '../api/index.ts';
import type { Informer } from '../client/index.ts';
import { SelectorIndex } from './selector-index.ts';

export class AdoptionCandidates<T extends KubernetesObject> {
  readonly #objects: Informer<T>;
  readonly #orphansOf: (namespace: string) => Iterable<T>;
  readonly #isAlive: (object: T) => boolean;
  readonly #selectors = new SelectorIndex();
  /** Keys of matching orphans by owner key. */
  readonly #candidates = new Map<string, Set<string>>();

  constructor(
    objects: Informer<T>,
    orphansOf: (namespace: string) => Iterable<T>,
    isAlive: (object: T) => boolean,
  ) {
    this.#objects = objects;
    this.#orphansOf = orphansOf;
    this.#isAlive = isAlive;
  }

  /** A new owner, or one with a new selector, looks at the orphans that are there: O(orphans of the namespace), once. */
  ownerSeen(owner: string, namespace: string, selector: LabelSelector): void {
    if (!this.#selectors.set(owner, namespace, selector)) return;
    for (const object of this.#orphansOf(namespace)) {
      if (matchesSelector(selector, object.metadata.labels)) this.#suggest(owner, object);
    }
  }

  ownerDeleted(owner: string): void {
    this.#selectors.delete(owner);
    this.#candidates.delete(owner);
  }

  /** An orphan came or changed its labels; returns the keys of the owners that should look at it. */
  orphanSeen(object: T): readonly string[] {
    const owners = this.#selectors.matching(object.metadata.namespace ?? '', object.metadata.labels);
    for (const owner of owners) this.#suggest(owner, object);
    return owners;
  }

  /** Live orphans that match the owner's selector now. */
  adoptable(owner: string, selector: LabelSelector | undefined): readonly T[] {
    const candidates = this.#candidates.get(owner);
    if (candidates === undefined) return [];
    const found: T[] = [];
    for (const key of candidates) {
      const object = this.#objects.get(key);
      if (object !== undefined && this.#mayAdopt(object, selector)) found.push(object);
      else candidates.delete(key);
    }
    if (candidates.size === 0) this.#candidates.delete(owner);
    return found;
  }

  #mayAdopt(object: T, selector: LabelSelector | undefined): boolean {
    return (
      controllerOf(object) === undefined &&
      this.#isAlive(object) &&
      matchesSelector(selector, object.metadata.labels)
    );
  }

  #suggest(owner: string, object: T): void {
    const candidates = this.#candidates.get(owner);
    if (candidates === undefined) this.#candidates.set(owner, new Set([keyOf(object)]));
    else candidates.add(keyOf(object));
  }
}
