/** One node of the snapshot, for code that looks at nodes one by one: `framework.NodeInfo`, Kubernetes v1.36. */
import type { HostPort, Labels, Node, Taint } from '../api/index.ts';
import type { PlacedPod } from './placed-pod.ts';
import type { Snapshot } from './snapshot.ts';

const NO_LABELS: Labels = {};

export class NodeState {
  readonly row: number;
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot, row: number) {
    this.#snapshot = snapshot;
    this.row = row;
  }

  get name(): string {
    return this.#snapshot.nameOf(this.row);
  }

  /** The API object. */
  get node(): Node {
    const node = this.#snapshot.nodes[this.row];
    if (node === undefined) throw new Error(`row ${this.row} holds no node`);
    return node;
  }

  get labels(): Labels {
    return this.node.metadata.labels ?? NO_LABELS;
  }

  get taints(): readonly Taint[] {
    return this.node.spec.taints ?? [];
  }

  get pods(): readonly PlacedPod[] {
    return this.#snapshot.pods[this.row]!;
  }

  get hostPorts(): readonly HostPort[] {
    return this.#snapshot.ports[this.row]!;
  }

  get allowedPods(): number {
    return this.#snapshot.allowedPods[this.row]!;
  }

  /** What the node offers: milli-CPU for `cpu`, bytes or whole units for everything else; 0 if it has none. */
  allocatable(resource: string): number {
    return this.#snapshot.allocatable[this.#snapshot.resourceIds.idOf(resource)]?.[this.row] ?? 0;
  }

  /** The requests of all pods on it, in the same units. */
  requested(resource: string): number {
    return this.#snapshot.requested[this.#snapshot.resourceIds.idOf(resource)]?.[this.row] ?? 0;
  }

  /** As `requested`, but a container that asks for no cpu or memory counts 100m and 200 MiB. */
  nonZeroRequested(resource: string): number {
    if (resource === 'cpu') return this.#snapshot.nonZeroCpuMilli[this.row]!;
    if (resource === 'memory') return this.#snapshot.nonZeroMemoryBytes[this.row]!;
    return this.requested(resource);
  }
}
