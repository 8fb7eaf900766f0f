/**
 * What pod changes mean to the ReplicaSet controller: whose pods they are, which keys to look at, which expectations are met.
 * Kubernetes v1.36.3, pkg/controller/replicaset/replica_set.go (addPod, updatePod, deletePod).
 */
import { controllerOf, type OwnerReference, type Pod } from '../../api/index.ts';
import type { Informer } from '../../client/index.ts';
import { seconds } from '../../engine/index.ts';
import { AdoptionCandidates } from '../adoption-candidates.ts';
import type { WorkSink } from '../controller.ts';
import type { ControllerEnvironment } from '../environment.ts';
import { isPodActive, isPodReady } from '../pod-state.ts';
import { type Replicated, selectorOf } from './kinds.ts';
import { OwnedPods } from './owned-pods.ts';

export class PodWatch {
  readonly #pods: Informer<Pod>;
  readonly #kind: string;
  readonly #orphans: AdoptionCandidates<Pod>;
  /** By the UID in the pods' controller reference: of every owner that is there or has pods. */
  readonly #owned = new Map<string, OwnedPods>();
  #work!: WorkSink;

  constructor(environment: ControllerEnvironment, kind: string) {
    this.#pods = environment.informers.informer('pods');
    this.#orphans = new AdoptionCandidates(
      this.#pods,
      (namespace) => environment.orphanPods(namespace),
      isPodActive,
    );
    this.#kind = kind;
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

  ownerChanged(owner: Replicated, key: string): void {
    const owned = this.podsOf(owner.metadata.uid);
    owned.owner = owner;
    owned.key = key;
    this.#orphans.ownerSeen(key, owner.metadata.namespace ?? '', selectorOf(owner));
  }

  ownerDeleted({ metadata: { uid } }: Replicated, key: string): void {
    this.#orphans.ownerDeleted(key);
    const owned = this.#owned.get(uid);
    if (owned === undefined) return;
    owned.owner = undefined;
    if (owned.size === 0) this.#owned.delete(uid);
  }

  /** Active orphans that match the owner's selector, unless it is being deleted. */
  adoptable(owner: Replicated, key: string): readonly Pod[] {
    if (owner.metadata.deletionTimestamp !== undefined) return [];
    return this.#orphans.adoptable(key, selectorOf(owner));
  }

  #added(pod: Pod, podKey: string): void {
    const reference = this.#referenceOf(pod);
    const owned = reference && this.podsOf(reference.uid);
    owned?.set(pod, podKey);
    if (pod.metadata.deletionTimestamp !== undefined) this.#gone(pod, podKey, reference, owned);
    else if (reference !== undefined) {
      if (!isOwner(owned, reference, pod)) return;
      this.#work.creationObserved(owned.key);
      this.#work.add(owned.key);
    } else if (controllerOf(pod) === undefined) this.#orphan(pod);
  }

  #updated(pod: Pod, previous: Pod, podKey: string): void {
    const reference = this.#referenceOf(pod);
    const sameOwners = pod.metadata.ownerReferences === previous.metadata.ownerReferences;
    const before = sameOwners ? reference : this.#referenceOf(previous);
    const moved = before !== undefined && before.uid !== reference?.uid;
    const left = moved ? this.#owned.get(before.uid) : undefined;
    if (moved) this.#drop(before, podKey);
    const owned = reference && this.podsOf(reference.uid);
    owned?.set(pod, podKey);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#gone(pod, podKey, reference, owned);
      return;
    }
    if (moved && isOwner(left, before, previous)) this.#work.add(left.key);
    if (reference !== undefined) this.#changed(pod, previous, reference, owned);
    else if (controllerOf(pod) === undefined && isNewlyAdoptable(pod, previous)) this.#orphan(pod);
  }

  #changed(pod: Pod, previous: Pod, reference: OwnerReference, owned: OwnedPods | undefined): void {
    if (!isOwner(owned, reference, pod)) return;
    const { key, owner } = owned;
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
    const owned = this.#owned.get(reference.uid);
    this.#drop(reference, podKey);
    this.#gone(pod, podKey, reference, owned);
  }

  /** Deleted or about to be: an expected deletion is met and a replacement may be due. */
  #gone(pod: Pod, podKey: string, reference: OwnerReference | undefined, owned: OwnedPods | undefined): void {
    if (reference === undefined || !isOwner(owned, reference, pod)) return;
    this.#work.deletionObserved(owned.key, podKey);
    this.#work.add(owned.key);
  }

  #orphan(pod: Pod): void {
    for (const key of this.#orphans.orphanSeen(pod)) this.#work.add(key);
  }

  #drop(reference: OwnerReference, podKey: string): void {
    const owned = this.#owned.get(reference.uid);
    if (owned === undefined) return;
    owned.delete(podKey);
    if (owned.size === 0 && owned.owner === undefined) this.#owned.delete(reference.uid);
  }

  #referenceOf(pod: Pod): OwnerReference | undefined {
    const reference = controllerOf(pod);
    return reference?.kind === this.#kind ? reference : undefined;
  }
}

type Present = OwnedPods & { readonly owner: Replicated };

/** Whether the owner is there, and in the pod's namespace under the name that the reference gives. */
function isOwner(owned: OwnedPods | undefined, { name }: OwnerReference, pod: Pod): owned is Present {
  const metadata = owned?.owner?.metadata;
  return metadata !== undefined && metadata.name === name && metadata.namespace === pod.metadata.namespace;
}

const isNewlyAdoptable = (pod: Pod, previous: Pod): boolean =>
  pod.metadata.labels !== previous.metadata.labels || controllerOf(previous) !== undefined;
