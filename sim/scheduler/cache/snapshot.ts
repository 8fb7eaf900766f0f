/**
 * HOT PATH: the cluster as the scheduler sees it, one row per node, one typed array per figure:
 * `framework.NodeInfo` and `backend/cache/snapshot.go`, Kubernetes v1.36, as columns. Rows keep their number while the node
 * lives. A scheduling cycle decides at one instant, so the columns are updated in place and need no copy per cycle; each
 * change of a row gets a new generation, by which derived results know that they are stale.
 */
import { cpuMilli, type HostPort, type Node, type Pod, type Taint, wholeUnits } from '../../api/index.ts';
import { ImageIndex } from './image-index.ts';
import { LabelColumn } from './label-column.ts';
import { NodeState } from './node-state.ts';
import { NodeTree, zoneKey } from './node-tree.ts';
import type { PlacedPod } from './placed-pod.ts';
import type { PodShape } from './pod-shape.ts';
import { PodShapes } from './pod-shape.ts';
import { PriorityCounts } from './priority-counts.ts';
import { CPU_ID, EPHEMERAL_ID, FIRST_SCALAR_ID, MEMORY_ID, ResourceIds } from './resource-ids.ts';
import { TaintSets } from './taint-sets.ts';
import { TopologyIndex } from './topology-index.ts';

/** The row on which what-ifs are played; never a node of the cluster. */
export const SCRATCH = 0;
const INITIAL_CAPACITY = 64;
/** Neighbours in the order of nodes whose changes are also told together. */
export const BLOCK_SHIFT = 3;
export const BLOCK = 1 << BLOCK_SHIFT;
const NO_PORTS: readonly HostPort[] = [];

export class Snapshot {
  readonly resourceIds = new ResourceIds();
  readonly shapes = new PodShapes(this.resourceIds);
  /** Rows in the order in which nodes are tried; the first `nodeCount` entries count. */
  order = new Int32Array(INITIAL_CAPACITY);
  nodeCount = 0;
  capacity = INITIAL_CAPACITY;
  /** Changes when nodes come, go or move to another zone. */
  nodeSetVersion = 0;

  /** Changes with every change of the row; not 0 once the row has been used. */
  generation = new Int32Array(INITIAL_CAPACITY);
  /** Position in `order` divided by BLOCK → changes with every change of a row there, or of who is there. */
  blockGeneration = new Int32Array(INITIAL_CAPACITY);
  /** Resource id → row → amount: milli-CPU, bytes or whole units. */
  readonly allocatable: Float64Array[] = [];
  readonly requested: Float64Array[] = [];
  /** As requested, but a container that asks for nothing counts 100m and 200 MiB. */
  nonZeroCpuMilli = new Float64Array(INITIAL_CAPACITY);
  nonZeroMemoryBytes = new Float64Array(INITIAL_CAPACITY);
  podCount = new Int32Array(INITIAL_CAPACITY);
  allowedPods = new Float64Array(INITIAL_CAPACITY);
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
  readonly #tree = new NodeTree();
  readonly #zones: string[] = [''];
  /** Row → block of its position in `order`; out of date while the order is. */
  #blockOf = new Int32Array(INITIAL_CAPACITY);
  #orderIsStale = false;
  #clock = 0;
  #forked = false;

  constructor() {
    this.topology = new TopologyIndex(this);
    for (let id = 0; id < FIRST_SCALAR_ID; id++) this.ensureResource(id);
  }

  /** Changes with every change of any row. */
  get version(): number {
    return this.#clock;
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
    for (let next = this.allocatable.length; next <= id; next++) {
      this.allocatable.push(new Float64Array(this.capacity));
      this.requested.push(new Float64Array(this.capacity));
    }
  }

  /** Brings `order` up to date; to be called before a search. O(1) unless nodes came, went or moved zone. */
  refreshOrder(): void {
    if (!this.#orderIsStale) return;
    this.#orderIsStale = false;
    this.#tree.list(this.order);
    for (let at = 0; at < this.nodeCount; at++) this.#blockOf[this.order[at]!] = at >> BLOCK_SHIFT;
    this.blockGeneration.fill(this.#tick());
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
    this.#zones[row] = '';
    return row;
  }

  setNode(node: Node): void {
    const row = this.reserveRow(node.metadata.name);
    const before = this.nodes[row];
    const zone = zoneKey(node);
    if (before === undefined || this.#zones[row] !== zone) {
      if (before === undefined) this.nodeCount++;
      else this.#tree.remove(row, this.#zones[row]!);
      this.#tree.add(row, zone);
      this.#zones[row] = zone;
      this.#orderIsStale = true;
      this.nodeSetVersion++;
    }
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
    if (before?.status?.allocatable !== node.status?.allocatable) this.#setAllocatable(row, node);
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
    this.#tree.remove(row, this.#zones[row]!);
    this.#orderIsStale = true;
    this.nodeSetVersion++;
    this.nodeCount--;
    this.nodes[row] = undefined;
    this.#setAllocatable(row, undefined);
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
    for (const column of this.allocatable) column[SCRATCH] = column[row]!;
    for (const column of this.requested) column[SCRATCH] = column[row]!;
    for (const column of [
      this.nonZeroCpuMilli,
      this.nonZeroMemoryBytes,
      this.podCount,
      this.allowedPods,
      this.unschedulable,
      this.taintSet,
    ])
      column[SCRATCH] = column[row]!;
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
    this.requested[CPU_ID]![row]! += sign * shape.cpuMilli;
    this.requested[MEMORY_ID]![row]! += sign * shape.memoryBytes;
    if (shape.ephemeralBytes > 0) this.requested[EPHEMERAL_ID]![row]! += sign * shape.ephemeralBytes;
    for (let i = 0; i < shape.scalarIds.length; i++) {
      const id = shape.scalarIds[i]!;
      this.ensureResource(id);
      this.requested[id]![row]! += sign * shape.scalarUnits[i]!;
    }
    this.nonZeroCpuMilli[row]! += sign * shape.nonZeroCpuMilli;
    this.nonZeroMemoryBytes[row]! += sign * shape.nonZeroMemoryBytes;
    this.podCount[row]! += sign;
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
    this.blockGeneration[this.#blockOf[row]!] = now;
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

  #setAllocatable(row: number, node: Node | undefined): void {
    for (const column of this.allocatable) column[row] = 0;
    this.allowedPods[row] = 0;
    const allocatable = node?.status?.allocatable ?? {};
    for (const name of Object.keys(allocatable)) {
      const text = allocatable[name]!;
      if (name === 'pods') {
        this.allowedPods[row] = wholeUnits(text);
        continue;
      }
      const id = this.resourceIds.idOf(name);
      this.ensureResource(id);
      this.allocatable[id]![row] = id === CPU_ID ? cpuMilli(text) : wholeUnits(text);
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
    const doubles = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(capacity);
      grown.set(old);
      return grown;
    };
    const ints = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(capacity);
      grown.set(old);
      return grown;
    };
    this.order = ints(this.order);
    this.generation = ints(this.generation);
    this.blockGeneration = ints(this.blockGeneration);
    this.#blockOf = ints(this.#blockOf);
    for (let id = 0; id < this.allocatable.length; id++) {
      this.allocatable[id] = doubles(this.allocatable[id]!);
      this.requested[id] = doubles(this.requested[id]!);
    }
    this.nonZeroCpuMilli = doubles(this.nonZeroCpuMilli);
    this.nonZeroMemoryBytes = doubles(this.nonZeroMemoryBytes);
    this.podCount = ints(this.podCount);
    this.allowedPods = doubles(this.allowedPods);
    const unschedulable = new Uint8Array(capacity);
    unschedulable.set(this.unschedulable);
    this.unschedulable = unschedulable;
    this.taintSet = ints(this.taintSet);
    for (const column of this.#labels.values()) column.grow(capacity);
    this.images.grow(capacity);
    this.topology.grow(capacity);
  }
}

const samePort = (a: HostPort, b: HostPort): boolean =>
  a.ip === b.ip && a.port === b.port && a.protocol === b.protocol;
