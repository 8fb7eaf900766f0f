/** Pods that wait for room on a node promised to them: `backend/queue/nominator.go`, Kubernetes v1.36. */
import type { Pod } from '../../api/index.ts';
import { PlacedPod } from '../cache/placed-pod.ts';
import type { Snapshot } from '../cache/snapshot.ts';

const NOBODY: readonly PlacedPod[] = [];

export class Nominator {
  readonly #snapshot: Snapshot;
  readonly #byNode = new Map<string, PlacedPod[]>();
  /** By uid. */
  readonly #nodeOf = new Map<string, string>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  get size(): number {
    return this.#nodeOf.size;
  }

  nodes(): Iterable<string> {
    return this.#byNode.keys();
  }

  nodeOf(uid: string): string {
    return this.#nodeOf.get(uid) ?? '';
  }

  on(node: string): readonly PlacedPod[] {
    return this.#byNode.get(node) ?? NOBODY;
  }

  /** Nominates `pod` to `node`; an empty name withdraws the nomination. */
  set(pod: Pod, node: string): void {
    this.remove(pod.metadata.uid);
    if (node === '') return;
    this.#nodeOf.set(pod.metadata.uid, node);
    const placed = new PlacedPod(pod, this.#snapshot.shapes.of(pod), this.#snapshot.rowOf(node));
    const others = this.#byNode.get(node);
    if (others === undefined) this.#byNode.set(node, [placed]);
    else others.push(placed);
  }

  remove(uid: string): void {
    if (this.#nodeOf.size === 0) return;
    const node = this.#nodeOf.get(uid);
    if (node === undefined) return;
    this.#nodeOf.delete(uid);
    const left = this.on(node).filter((placed) => placed.pod.metadata.uid !== uid);
    if (left.length === 0) this.#byNode.delete(node);
    else this.#byNode.set(node, left);
  }

  /**
   * The pod changed; keeps its nomination if it is still queued and the change says nothing of it
   * (a status that does not mention it yet may just be older than the nomination).
   */
  update(before: Pod | undefined, pod: Pod): void {
    const now = pod.status?.nominatedNodeName ?? '';
    const was = before?.status?.nominatedNodeName ?? '';
    const known = this.nodeOf(pod.metadata.uid);
    this.set(pod, now === '' && was === '' ? known : now);
  }
}
