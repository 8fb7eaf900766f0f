/**
 * What pod changes mean to the ReplicaSet controller: whose pods they are, which keys to look at, which expectations are met.
 * Kubernetes v1.36.3, pkg/controller/replicaset/replica_set.go (addPod, updatePod, deletePod).
 */
import { controllerOf, keyOf, type OwnerReference, type Pod } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import { seconds } from '../../engine/index.ts';
import { AdoptionCandidates } from '../adoption-candidates.ts';
import type { WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { isPodActive, isPodReady } from '../pod-state.ts';

import { type Replicated, selectorOf } from './kinds.ts';
import { OwnedPods } from './owned-pods.ts';

type Resolve = (reference: OwnerReference, namespace: string) => Replicated | undefined;

export class PodWatch {
  readonly #pods: Informer<Pod>;
  readonly #kind: string;
  readonly #resolve: Resolve;
  readonly #orphans: AdoptionCandidates<Pod>;
  /** By the UID in the pods' controller reference. */
  readonly #owned = new Map<string, OwnedPods>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment, kind: string, resolve: Resolve) {
    this.#pods = environment.informers.informer('pods');
    this.#orphans = new AdoptionCandidates(
      this.#pods,
      (namespace) => environment.orphanPods(namespace),
      isPodActive,
    );
    this.#kind = kind;
    this.#resolve = resolve;
  }

  start(work: WorkSink): void {
    this.#work = work;
    this.#pods.addHandler({
      onAdd: (pod, key) => this.#added(pod, key),
      onUpdate: (pod, previous, key) => this.#updated(pod, previous, key),
      onDelete: (pod, key) => this.#deleted(pod, key),
    });
  }

  podsOf(uid: string): OwnedPods {
    let owned = this.#owned.get(uid);
    if (owned === undefined) this.#owned.set(uid, (owned = new OwnedPods()));
    return owned;
  }

  ownerChanged(owner: Replicated): void {
    this.#orphans.ownerSeen(keyOf(owner), owner.metadata.namespace ?? '', selectorOf(owner));
  }

  ownerDeleted(owner: Replicated): void {
    this.#orphans.ownerDeleted(keyOf(owner));
    if (this.#owned.get(owner.metadata.uid)?.size === 0) this.#owned.delete(owner.metadata.uid);
  }

  /** Active orphans that match the owner's selector, unless it is being deleted. */
  adoptable(owner: Replicated): readonly Pod[] {
    if (owner.metadata.deletionTimestamp !== undefined) return [];
    return this.#orphans.adoptable(keyOf(owner), selectorOf(owner));
  }

  #added(pod: Pod, podKey: string): void {
    const reference = this.#referenceOf(pod);
    if (reference !== undefined) this.podsOf(reference.uid).set(pod, podKey);
    if (pod.metadata.deletionTimestamp !== undefined) this.#gone(pod, podKey, reference);
    else if (controllerOf(pod) === undefined) this.#orphan(pod);
    else if (reference !== undefined) {
      const key = this.#keyOf(reference, pod);
      if (key === undefined) return;
      this.#work.creationObserved(key);
      this.#work.add(key);
    }
  }

  #updated(pod: Pod, previous: Pod, podKey: string): void {
    const reference = this.#referenceOf(pod);
    const sameOwners = pod.metadata.ownerReferences === previous.metadata.ownerReferences;
    const before = sameOwners ? reference : this.#referenceOf(previous);
    const moved = before !== undefined && before.uid !== reference?.uid;
    if (moved) this.#drop(before, podKey);
    if (reference !== undefined) this.podsOf(reference.uid).set(pod, podKey);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#gone(pod, podKey, reference);
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

  #deleted(pod: Pod, podKey: string): void {
    const reference = this.#referenceOf(pod);
    if (reference === undefined) return;
    this.#drop(reference, podKey);
    this.#gone(pod, podKey, reference);
  }

  /** Deleted or about to be: an expected deletion is met and a replacement may be due. */
  #gone(pod: Pod, podKey: string, reference: OwnerReference | undefined): void {
    const key = reference === undefined ? undefined : this.#keyOf(reference, pod);
    if (key === undefined) return;
    this.#work.deletionObserved(key, podKey);
    this.#work.add(key);
  }

  #orphan(pod: Pod): void {
    for (const key of this.#orphans.orphanSeen(pod)) this.#work.add(key);
  }

  #drop(reference: OwnerReference, podKey: string): void {
    const owned = this.#owned.get(reference.uid);
    if (owned === undefined) return;
    owned.delete(podKey);
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

const isNewlyAdoptable = (pod: Pod, previous: Pod): boolean =>
  pod.metadata.labels !== previous.metadata.labels || controllerOf(previous) !== undefined;
