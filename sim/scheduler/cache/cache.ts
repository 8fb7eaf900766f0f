/**
 * What the scheduler believes of the cluster: API events and its own assumptions, merged into the snapshot.
 * `k8s.io/kubernetes/pkg/scheduler/backend/cache/cache.go`, v1.36: a decided pod is assumed on its node before the API knows;
 * the API's word confirms or corrects it.
 */
import type { Node, Pod } from '../../api/index.ts';
import { PlacedPod } from './placed-pod.ts';
import type { PodShape } from './pod-shape.ts';
import { isResized } from './resized-spec.ts';
import { Snapshot } from './snapshot.ts';

export class SchedulerCache {
  readonly snapshot = new Snapshot();
  /** By uid. */
  readonly #pods = new Map<string, PlacedPod>();

  get podCount(): number {
    return this.#pods.size;
  }

  /** Counts the pod, not bound yet, on `node` from now on, ahead of the API; false if it is known on some node already. */
  assume(pod: Pod, shape: PodShape, node: string): boolean {
    const { uid } = pod.metadata;
    if (this.#pods.has(uid)) return false;
    const placed = this.#place(pod, shape, node);
    placed.assumed = true;
    placed.assumedOn = node;
    this.#pods.set(uid, placed);
    return true;
  }

  /** The binding failed: takes an assumed pod back out. */
  forget(uid: string): void {
    const known = this.#pods.get(uid);
    if (known?.assumed === true) this.#drop(uid, known);
  }

  isAssumed(uid: string): boolean {
    return this.#pods.get(uid)?.assumed === true;
  }

  /** The pod as last known, assumed or confirmed. */
  podOf(uid: string): Pod | undefined {
    return this.#pods.get(uid)?.pod;
  }

  /** The name of the pod's node, empty if the pod is not known. */
  nodeOf(uid: string): string {
    const cached = this.#pods.get(uid);
    return cached === undefined ? '' : this.snapshot.nameOf(cached.row);
  }

  /**
   * The API says the pod is on a node: confirms the assumption, moves the pod if it was wrong, or adds it. True if it was
   * assumed. O(1) if nothing changed that scheduling looks at.
   */
  addPod(pod: Pod): boolean {
    const uid = pod.metadata.uid;
    const cached = this.#pods.get(uid);
    if (cached === undefined) {
      this.#pods.set(uid, this.#place(pod, this.snapshot.shapes.of(pod), pod.spec.nodeName ?? ''));
      return false;
    }
    const { assumed } = cached;
    cached.assumed = false;
    this.#replace(cached, pod);
    return assumed;
  }

  removePod(uid: string): void {
    const known = this.#pods.get(uid);
    if (known !== undefined) this.#drop(uid, known);
  }

  setNode(node: Node): void {
    this.snapshot.setNode(node);
  }

  removeNode(name: string): void {
    this.snapshot.unsetNode(name);
  }

  #place(pod: Pod, shape: PodShape, node: string): PlacedPod {
    const placed = new PlacedPod(pod, shape, this.snapshot.reserveRow(node));
    this.snapshot.addPod(placed);
    return placed;
  }

  #replace(placed: PlacedPod, pod: Pod): void {
    const before = placed.source;
    const stays = before.spec === pod.spec || this.snapshot.rowOf(pod.spec.nodeName ?? '') === placed.row;
    if (stays && takesTheSame(before, pod) && placed.shape === this.#shapeOf(placed, pod)) {
      if (countsTheSame(before, pod)) placed.source = pod;
      else this.snapshot.changePod(placed, pod);
      placed.assumedOn = '';
      return;
    }
    this.snapshot.removePod(placed);
    placed.source = pod;
    placed.assumedOn = '';
    placed.shape = this.snapshot.shapes.of(pod);
    placed.row = this.snapshot.reserveRow(pod.spec.nodeName ?? '');
    this.snapshot.addPod(placed);
  }

  /** Only a status that reports resources can change what a pod with the same spec counts for. */
  #shapeOf(placed: PlacedPod, pod: Pod): PodShape {
    const { shapes } = this.snapshot;
    return isResized(pod) || isResized(placed.source) ? shapes.of(pod) : placed.shape;
  }

  #drop(uid: string, placed: PlacedPod): void {
    this.snapshot.removePod(placed);
    this.#pods.delete(uid);
  }
}

// Objects are immutable and share structure: what did not change is the same object.

const countsTheSame = ({ metadata: a }: Pod, { metadata: b }: Pod): boolean =>
  a.labels === b.labels && a.deletionTimestamp === b.deletionTimestamp;

const takesTheSame = ({ spec: a }: Pod, { spec: b }: Pod): boolean =>
  a.containers === b.containers &&
  a.affinity === b.affinity &&
  a.initContainers === b.initContainers &&
  a.resources === b.resources &&
  a.overhead === b.overhead;
