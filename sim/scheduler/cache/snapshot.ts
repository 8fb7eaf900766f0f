/**
 * HOT PATH: the cluster as the scheduler sees it, one row per node, one typed array per figure:
 * `framework.NodeInfo` and `backend/cache/snapshot.go`, Kubernetes v1.36, as columns. Rows keep their number while the node
 * lives. A scheduling cycle decides at one instant, so the columns are updated in place and need no copy per cycle; each
 * change of a row gets a new generation, by which derived results know that they are stale.
 */
import type { HostPort, Node, Pod, Taint } from '../../api/index.ts';
import { grown } from './grown.ts';
import { ImageIndex } from './image-index.ts';
import { LabelColumn } from './label-column.ts';
import { NodeOrder } from './node-order.ts';
import { NodeState } from './node-state.ts';
import type { PlacedPod } from './placed-pod.ts';
import { type PodShape, PodShapes } from './pod-shape.ts';
import { PriorityCounts } from './priority-counts.ts';
import { ResourceColumns } from './resource-columns.ts';
import { ResourceIds } from './resource-ids.ts';
import { TaintSets } from './taint-sets.ts';
import { TopologyIndex } from './topology-index.ts';

/** The row on which what-ifs are played; never a node of the cluster. */
export const SCRATCH = 0;
const INITIAL_CAPACITY = 64;
const NO_PORTS: readonly HostPort[] = [];

export class Snapshot {
  readonly resourceIds = new ResourceIds();
  readonly shapes = new PodShapes(this.resourceIds);
  capacity = INITIAL_CAPACITY;
  /** Changes with every change of the row; not 0 once the row has been used. */
  generation = new Int32Array(INITIAL_CAPACITY);
  unschedulable = new Uint8Array(INITIAL_CAPACITY);
  /** Row → number of its taint set; 0 is the empty set. */
  taintSet = new Int32Array(INITIAL_CAPACITY);
  readonly taintSets = new TaintSets();
  readonly images = new ImageIndex(INITIAL_CAPACITY);
  /** Undefined where the row is free, or its node is gone but pods on it are not. */
  readonly nodes: (Node | undefined)[] = [undefined];
  readonly pods: PlacedPod[][] = [[]];
  readonly ports: (readonly HostPort[])[] = [NO_PORTS];
  /** Nodes with `spec.unschedulable`. */
  unschedulableNodes = 0;
  /** "namespace/name" of a claim → how many pods use it. */
  readonly claimUsers = new Map<string, number>();
  readonly topology: TopologyIndex;
  readonly priorities = new PriorityCounts();

  readonly #rows = new Map<string, number>();
  readonly #names: string[] = [''];
  readonly #free: number[] = [];
  readonly #states: NodeState[] = [];
  readonly #labels = new Map<string, LabelColumn>();
  readonly #order = new NodeOrder(INITIAL_CAPACITY);
  readonly #resources = new ResourceColumns(this.resourceIds, INITIAL_CAPACITY);
  #clock = 0;
  #forked = false;

  constructor() {
    this.topology = new TopologyIndex(this);
  }

  /** Changes with every change of any row. */
  get version(): number {
    return this.#clock;
  }

  /** Rows in the order in which nodes are tried; the first `nodeCount` entries count. */
  get order(): Int32Array {
    return this.#order.rows;
  }

  get nodeCount(): number {
    return this.#order.count;
  }

  /** Changes when nodes come, go or move to another zone. */
  get nodeSetVersion(): number {
    return this.#order.version;
  }

  /** Position in `order` divided by BLOCK → changes with every change of a row there, or of who is there. */
  get blockGeneration(): Int32Array {
    return this.#order.blockGeneration;
  }

  /** Resource id → row → amount: milli-CPU, bytes or whole units. */
  get allocatable(): readonly Float64Array[] {
    return this.#resources.allocatable;
  }

  get requested(): readonly Float64Array[] {
    return this.#resources.requested;
  }

  /** As requested, but a container that asks for nothing counts 100m and 200 MiB. */
  get nonZeroCpuMilli(): Float64Array {
    return this.#resources.nonZeroCpuMilli;
  }

  get nonZeroMemoryBytes(): Float64Array {
    return this.#resources.nonZeroMemoryBytes;
  }

  get podCount(): Int32Array {
    return this.#resources.podCount;
  }

  get allowedPods(): Float64Array {
    return this.#resources.allowedPods;
  }

  /** The row of a node name, 0 if unknown. */
  rowOf(name: string): number {
    return this.#rows.get(name) ?? 0;
  }

  nameOf(row: number): string {
    return this.#names[row] ?? '';
  }

  /** One node for code that looks at nodes one by one; the same object every time. */
  nodeAt(row: number): NodeState {
    return (this.#states[row] ??= new NodeState(this, row));
  }

  /** True if the row holds a node of the cluster. */
  holdsNode(row: number): boolean {
    return row !== SCRATCH && this.nodes[row] !== undefined;
  }

  /** The column of a label key, made on first use. O(nodes) then, O(1) after. */
  labelColumn(key: string): LabelColumn {
    let column = this.#labels.get(key);
    if (column === undefined) {
      column = new LabelColumn(key, this.capacity);
      for (let row = 1; row < this.nodes.length; row++)
        column.set(row, this.nodes[row]?.metadata.labels, true);
      this.#labels.set(key, column);
    }
    return column;
  }

  /** Makes the columns of a resource if they are new. */
  ensureResource(id: number): void {
    this.#resources.ensure(id);
  }

  /** Brings `order` up to date; to be called before a search. O(1) unless nodes came, went or moved zone. */
  refreshOrder(): void {
    if (this.#order.isStale) this.#order.refresh(this.#tick());
  }

  /** The row for a node name, taken if need be. */
  reserveRow(name: string): number {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = this.#free.pop() ?? this.nodes.length;
    if (row >= this.capacity) this.#grow();
    this.#rows.set(name, row);
    this.#names[row] = name;
    this.nodes[row] = undefined;
    this.pods[row] = [];
    this.ports[row] = NO_PORTS;
    return row;
  }

  setNode(node: Node): void {
    const row = this.reserveRow(node.metadata.name);
    this.#order.put(row, node);
    this.#describe(row, node);
  }

  /** Runs `body` as if `node` were the cluster's node of that name; then all is as before. */
  withNode<T>(node: Node, body: () => T): T {
    const row = this.rowOf(node.metadata.name);
    const before = this.nodes[row];
    if (before === undefined) throw new Error(`there is no node ${node.metadata.name}`);
    this.#describe(row, node);
    try {
      return body();
    } finally {
      this.#describe(row, before);
    }
  }

  #describe(row: number, node: Node): void {
    const before = this.nodes[row];
    this.nodes[row] = node;
    this.#changed(row);
    if (before?.status?.allocatable !== node.status?.allocatable) this.#resources.offer(row, node);
    if (before === undefined || before.spec !== node.spec) this.#setSpec(row, node.spec);
    this.images.report(row, node.status?.images);
    const occupied = this.pods[row]!.length > 0;
    if (before?.metadata.labels !== node.metadata.labels)
      for (const column of this.#labels.values()) column.set(row, node.metadata.labels, occupied);
  }

  /** The node is gone; its pods are still known until they are removed. */
  unsetNode(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined || this.nodes[row] === undefined) return;
    this.#setSpec(row, { taints: [], unschedulable: false });
    this.images.report(row, undefined);
    const occupied = this.pods[row]!.length > 0;
    for (const column of this.#labels.values()) column.set(row, undefined, occupied);
    this.#order.remove(row);
    this.nodes[row] = undefined;
    this.#resources.offer(row, undefined);
    this.#changed(row);
    this.#releaseIfEmpty(row);
  }

  addPod(placed: PlacedPod): void {
    this.#list(placed);
    this.#account(placed.row, placed.shape, 1);
    if (placed.claims !== undefined) this.#countClaims(placed.claims, 1);
    this.topology.podAdded(placed);
    this.priorities.add(placed.source.spec.priority ?? 0);
  }

  removePod(placed: PlacedPod): void {
    this.#unlist(placed);
    this.#account(placed.row, placed.shape, -1);
    if (placed.claims !== undefined) this.#countClaims(placed.claims, -1);
    this.topology.podRemoved(placed);
    this.priorities.remove(placed.source.spec.priority ?? 0);
    this.#releaseIfEmpty(placed.row);
  }

  /** Its labels changed or its deletion began: it takes as much as before. As upstream, it becomes the last of its node. */
  changePod(placed: PlacedPod, pod: Pod): void {
    this.#unlist(placed);
    this.#list(placed);
    this.topology.podChanged(placed, pod);
    this.#changed(placed.row);
  }

  #list(placed: PlacedPod): void {
    const pods = this.pods[placed.row]!;
    placed.slot = pods.length;
    pods.push(placed);
  }

  #unlist(placed: PlacedPod): void {
    const pods = this.pods[placed.row]!;
    const last = pods.pop();
    if (last === undefined || last === placed) return;
    pods[placed.slot] = last;
    last.slot = placed.slot;
  }

  /**
   * Copies a row to the scratch row and returns that, to be changed by `addToFork` and `removeFromFork`. There is one
   * at a time. Counts of pods by topology are not part of it: plugins keep them in their forked cycle state.
   */
  fork(row: number): NodeState {
    if (this.#forked) throw new Error('a what-if within a what-if');
    this.#forked = true;
    this.#resources.copy(row, SCRATCH);
    this.unschedulable[SCRATCH] = this.unschedulable[row]!;
    this.taintSet[SCRATCH] = this.taintSet[row]!;
    for (const column of this.#labels.values()) column.ids[SCRATCH] = column.ids[row]!;
    this.images.copy(row, SCRATCH);
    this.nodes[SCRATCH] = this.nodes[row];
    this.pods[SCRATCH] = this.pods[row]!.slice();
    this.ports[SCRATCH] = this.ports[row]!;
    this.#names[SCRATCH] = this.#names[row]!;
    return this.nodeAt(SCRATCH);
  }

  addToFork(placed: PlacedPod): void {
    this.pods[SCRATCH]!.push(placed);
    this.#account(SCRATCH, placed.shape, 1);
  }

  removeFromFork(placed: PlacedPod): void {
    const pods = this.pods[SCRATCH]!;
    const at = pods.indexOf(placed);
    if (at < 0) throw new Error('the pod is not on the forked node');
    pods[at] = pods[pods.length - 1]!;
    pods.pop();
    this.#account(SCRATCH, placed.shape, -1);
  }

  endFork(): void {
    this.#forked = false;
    this.nodes[SCRATCH] = undefined;
    this.pods[SCRATCH] = [];
    this.#names[SCRATCH] = '';
  }

  #account(row: number, shape: PodShape, sign: 1 | -1): void {
    this.#resources.account(row, shape, sign);
    if (shape.hostPorts.length > 0) this.#accountPorts(row, shape.hostPorts, sign);
    this.#changed(row);
  }

  /** A set, as upstream's HostPortInfo: should two pods share a port, it is free once one of them has gone. */
  #accountPorts(row: number, ports: readonly HostPort[], sign: 1 | -1): void {
    const left = this.ports[row]!.filter((used) => !ports.some((port) => samePort(used, port)));
    this.ports[row] = sign === 1 ? [...left, ...ports] : left;
  }

  #changed(row: number): void {
    const now = this.#tick();
    this.generation[row] = now;
    this.#order.mark(row, now);
  }

  /** Wraps after four thousand million changes. */
  #tick(): number {
    this.#clock = (this.#clock + 1) | 0 || 1;
    return this.#clock;
  }

  #countClaims(claims: readonly string[], sign: 1 | -1): void {
    for (const claim of claims) {
      const users = (this.claimUsers.get(claim) ?? 0) + sign;
      if (users > 0) this.claimUsers.set(claim, users);
      else this.claimUsers.delete(claim);
    }
  }

  #setSpec(
    row: number,
    spec: { taints?: readonly Taint[] | undefined; unschedulable?: boolean | undefined },
  ): void {
    const unschedulable = spec.unschedulable === true ? 1 : 0;
    this.unschedulableNodes += unschedulable - this.unschedulable[row]!;
    this.unschedulable[row] = unschedulable;
    this.taintSet[row] = this.taintSets.replace(this.taintSet[row]!, spec.taints);
  }

  #releaseIfEmpty(row: number): void {
    if (this.nodes[row] !== undefined || this.pods[row]!.length > 0) return;
    this.#rows.delete(this.#names[row]!);
    this.#names[row] = '';
    this.#free.push(row);
  }

  #grow(): void {
    const capacity = this.capacity * 2;
    this.capacity = capacity;
    this.generation = grown(this.generation, new Int32Array(capacity));
    this.unschedulable = grown(this.unschedulable, new Uint8Array(capacity));
    this.taintSet = grown(this.taintSet, new Int32Array(capacity));
    this.#order.grow(capacity);
    this.#resources.grow(capacity);
    for (const column of this.#labels.values()) column.grow(capacity);
    this.images.grow(capacity);
    this.topology.grow(capacity);
  }
}

const samePort = (a: HostPort, b: HostPort): boolean =>
  a.ip === b.ip && a.port === b.port && a.protocol === b.protocol;
