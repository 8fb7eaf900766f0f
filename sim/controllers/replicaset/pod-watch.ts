/**
 * What pod changes mean to the ReplicaSet controller: whose pods they are, which keys to look at, which expectations are met.
 * Kubernetes v1.36.3, pkg/controller/replicaset/replica_set.go (addPod, updatePod, deletePod).
 */
import { controllerOf, keyOf, matchesSelector, type OwnerReference, type Pod } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import { seconds } from '../../engine/index.ts';
import type { WorkSink } from '../controller.ts';
import { isPodActive, isPodReady } from '../pod-state.ts';
import { SelectorIndex } from '../selector-index.ts';
import { type Replicated, selectorOf } from './kinds.ts';
import { OwnedPods } from './owned-pods.ts';

type Resolve = (reference: OwnerReference, namespace: string) => Replicated | undefined;

export class PodWatch {
  readonly #pods: Informer<Pod>;
  readonly #kind: string;
  readonly #resolve: Resolve;
  readonly #selectors = new SelectorIndex();
  /** By the UID in the pods' controller reference. */
  readonly #owned = new Map<string, OwnedPods>();
  /** Orphans that match an owner's selector, by owner key: tried at its next sync. */
  readonly #candidates = new Map<string, Set<string>>();
  #work!: WorkSink;

  constructor(pods: Informer<Pod>, kind: string, resolve: Resolve) {
    this.#pods = pods;
    this.#kind = kind;
    this.#resolve = resolve;
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#pods.addHandler({
      onAdd: (pod) => this.#added(pod),
      onUpdate: (pod, previous) => this.#updated(pod, previous),
      onDelete: (pod) => this.#deleted(pod),
    });
  }

  podsOf(uid: string): OwnedPods {
    let owned = this.#owned.get(uid);
    if (owned === undefined) this.#owned.set(uid, (owned = new OwnedPods()));
    return owned;
  }

  /** A new owner looks at the orphans that are there already: O(orphans of the namespace), once. */
  ownerChanged(owner: Replicated): void {
    const key = keyOf(owner);
    const namespace = owner.metadata.namespace ?? '';
    const selector = selectorOf(owner);
    if (!this.#selectors.set(key, namespace, selector)) return;
    for (const pod of this.#pods.byIndex('orphan', namespace)) {
      if (matchesSelector(selector, pod.metadata.labels)) this.#suggest(key, pod);
    }
  }

  ownerDeleted(owner: Replicated): void {
    this.#selectors.delete(keyOf(owner));
    this.#candidates.delete(keyOf(owner));
    if (this.#owned.get(owner.metadata.uid)?.size === 0) this.#owned.delete(owner.metadata.uid);
  }

  /** Active orphans that match the owner's selector, unless it is being deleted. */
  adoptable(owner: Replicated): readonly Pod[] {
    const key = keyOf(owner);
    const candidates = this.#candidates.get(key);
    if (candidates === undefined) return NONE;
    const pods: Pod[] = [];
    for (const podKey of candidates) {
      const pod = this.#pods.get(podKey);
      if (pod === undefined || controllerOf(pod) !== undefined || !isPodActive(pod))
        candidates.delete(podKey);
      else if (!matchesSelector(selectorOf(owner), pod.metadata.labels)) candidates.delete(podKey);
      else pods.push(pod);
    }
    if (candidates.size === 0) this.#candidates.delete(key);
    return owner.metadata.deletionTimestamp === undefined ? pods : NONE;
  }

  #added(pod: Pod): void {
    const reference = this.#referenceOf(pod);
    if (reference !== undefined) this.podsOf(reference.uid).set(pod);
    if (pod.metadata.deletionTimestamp !== undefined) this.#gone(pod, reference);
    else if (controllerOf(pod) === undefined) this.#orphan(pod);
    else if (reference !== undefined) {
      const key = this.#keyOf(reference, pod);
      if (key === undefined) return;
      this.#work.creationObserved(key);
      this.#work.add(key);
    }
  }

  #updated(pod: Pod, previous: Pod): void {
    const reference = this.#referenceOf(pod);
    const before = this.#referenceOf(previous);
    const moved = before !== undefined && before.uid !== reference?.uid;
    if (moved) this.#drop(before, previous);
    if (reference !== undefined) this.podsOf(reference.uid).set(pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#gone(pod, reference);
      return;
    }
    if (moved) this.#enqueue(before, previous);
    if (reference !== undefined) this.#changed(reference, pod, previous);
    else if (controllerOf(pod) === undefined && isNewlyAdoptable(pod, previous)) this.#orphan(pod);
  }

  #changed(reference: OwnerReference, pod: Pod, previous: Pod): void {
    const owner = this.#resolve(reference, pod.metadata.namespace ?? '');
    if (owner === undefined) return;
    const key = keyOf(owner);
    this.#work.add(key);
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && isPodReady(pod) && !isPodReady(previous)) {
      // One second more than asked, as upstream: API times have whole seconds.
      this.#work.addAfter(key, seconds(minReadySeconds + 1));
    }
  }

  #deleted(pod: Pod): void {
    const reference = this.#referenceOf(pod);
    if (reference === undefined) return;
    this.#drop(reference, pod);
    this.#gone(pod, reference);
  }

  /** Deleted or about to be: an expected deletion is met and a replacement may be due. */
  #gone(pod: Pod, reference: OwnerReference | undefined): void {
    const key = reference === undefined ? undefined : this.#keyOf(reference, pod);
    if (key === undefined) return;
    this.#work.deletionObserved(key, keyOf(pod));
    this.#work.add(key);
  }

  #orphan(pod: Pod): void {
    for (const key of this.#selectors.matching(pod.metadata.namespace ?? '', pod.metadata.labels)) {
      this.#suggest(key, pod);
      this.#work.add(key);
    }
  }

  #suggest(key: string, pod: Pod): void {
    const candidates = this.#candidates.get(key);
    if (candidates === undefined) this.#candidates.set(key, new Set([keyOf(pod)]));
    else candidates.add(keyOf(pod));
  }

  #drop(reference: OwnerReference, pod: Pod): void {
    const owned = this.#owned.get(reference.uid);
    if (owned === undefined) return;
    owned.delete(keyOf(pod));
    if (owned.size === 0) this.#owned.delete(reference.uid);
  }

  #enqueue(reference: OwnerReference, pod: Pod): void {
    const key = this.#keyOf(reference, pod);
    if (key !== undefined) this.#work.add(key);
  }

  #referenceOf(pod: Pod): OwnerReference | undefined {
    const reference = controllerOf(pod);
    return reference?.kind === this.#kind ? reference : undefined;
  }

  #keyOf(reference: OwnerReference, pod: Pod): string | undefined {
    const owner = this.#resolve(reference, pod.metadata.namespace ?? '');
    return owner === undefined ? undefined : keyOf(owner);
  }
}

const NONE: readonly Pod[] = [];

const isNewlyAdoptable = (pod: Pod, previous: Pod): boolean =>
  pod.metadata.labels !== previous.metadata.labels || controllerOf(previous) !== undefined;
