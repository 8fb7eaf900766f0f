/** One node of the snapshot, for code that looks at nodes one by one: `framework.NodeInfo`, Kubernetes v1.36. */
import type { HostPort, Labels, Node, Taint } from '../../api/index.ts';
import type { PlacedPod } from './placed-pod.ts';
import type { ResourceIds } from './resource-ids.ts';

const NO_LABELS: Labels = {};

/** Where the figures of all nodes are: the snapshot. */
export interface NodeColumns {
  readonly resourceIds: ResourceIds;
  readonly nodes: readonly (Node | undefined)[];
  readonly pods: readonly (readonly PlacedPod[])[];
  readonly ports: readonly (readonly HostPort[])[];
  readonly allowedPods: Float64Array;
  readonly allocatable: readonly Float64Array[];
  readonly requested: readonly Float64Array[];
  readonly nonZeroCpuMilli: Float64Array;
  readonly nonZeroMemoryBytes: Float64Array;
  nameOf(row: number): string;
}

export class NodeState {
  readonly row: number;
  readonly #columns: NodeColumns;

  constructor(columns: NodeColumns, row: number) {
    this.#columns = columns;
    this.row = row;
  }

  get name(): string {
    return this.#columns.nameOf(this.row);
  }

  /** The API object. */
  get node(): Node {
    const node = this.#columns.nodes[this.row];
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
    return this.#columns.pods[this.row]!;
  }

  get hostPorts(): readonly HostPort[] {
    return this.#columns.ports[this.row]!;
  }

  get allowedPods(): number {
    return this.#columns.allowedPods[this.row]!;
  }

  /** What the node offers: milli-CPU for `cpu`, bytes or whole units for everything else; 0 if it has none. */
  allocatable(resource: string): number {
    return this.#columns.allocatable[this.#columns.resourceIds.idOf(resource)]?.[this.row] ?? 0;
  }

  /** The requests of all pods on it, in the same units. */
  requested(resource: string): number {
    return this.#columns.requested[this.#columns.resourceIds.idOf(resource)]?.[this.row] ?? 0;
  }

  /** As `requested`, but a container that asks for no cpu or memory counts 100m and 200 MiB. */
  nonZeroRequested(resource: string): number {
    if (resource === 'cpu') return this.#columns.nonZeroCpuMilli[this.row]!;
    if (resource === 'memory') return this.#columns.nonZeroMemoryBytes[this.row]!;
    return this.requested(resource);
  }
}
