/**
 * What a controller still waits to see after its own writes (pkg/controller/controller_utils.go, Kubernetes v1.36): it leaves a
 * key alone until the informer has shown every creation and deletion it caused, or five minutes have passed.
 */
import { elapsed, minutes, type SimTime } from '../engine/index.ts';

/** Documented: ExpectationsTimeout. */
export const expectationsTimeout = minutes(5);

interface Expected {
  creations: number;
  /** A count, and the keys if they were named. */
  deletions: number;
  readonly deleting: Set<string>;
  readonly since: SimTime;
}

export class Expectations {
  readonly #expected = new Map<string, Expected>();

  /** Replaces what was expected for `key`. */
  expectCreations(key: string, count: number, now: SimTime): void {
    this.#expected.set(key, { creations: count, deletions: 0, deleting: new Set(), since: now });
  }

  /** Replaces what was expected for `key`; each named object counts once however often its deletion is seen. */
  expectDeletions(key: string, objectKeys: readonly string[], now: SimTime): void {
    const deleting = new Set(objectKeys);
    this.#expected.set(key, { creations: 0, deletions: deleting.size, deleting, since: now });
  }

  creationObserved(key: string): void {
    const expected = this.#expected.get(key);
    if (expected !== undefined) expected.creations--;
  }

  /** Only a deletion that was expected by name counts. */
  deletionObserved(key: string, objectKey: string): void {
    const expected = this.#expected.get(key);
    if (expected?.deleting.delete(objectKey) === true) expected.deletions--;
  }

  /** Everything expected was seen, nothing was ever expected, or it is five minutes ago. */
  satisfied(key: string, now: SimTime): boolean {
    const expected = this.#expected.get(key);
    if (expected === undefined) return true;
    if (expected.creations <= 0 && expected.deletions <= 0) return true;
    return elapsed(expected.since, now) > expectationsTimeout;
  }

  /** The key's object is gone. */
  forget(key: string): void {
    this.#expected.delete(key);
  }
}
