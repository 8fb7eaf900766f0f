/**
 * HOT PATH: what nodes offer and what the pods on them request: Allocatable, Requested and NonZeroRequested of
 * `framework.NodeInfo`, Kubernetes v1.36, a column for each resource.
 */
import { cpuMilli, type Node, wholeUnits } from '../../api/index.ts';
import { grown } from './grown.ts';
import type { PodShape } from './pod-shape.ts';
import { CPU_ID, EPHEMERAL_ID, FIRST_SCALAR_ID, MEMORY_ID, type ResourceIds } from './resource-ids.ts';

export class ResourceColumns {
  /** Resource id → row → amount: milli-CPU, bytes or whole units. */
  readonly allocatable: Float64Array[] = [];
  readonly requested: Float64Array[] = [];
  /** As requested, but a container that asks for nothing counts 100m and 200 MiB. */
  nonZeroCpuMilli: Float64Array;
  nonZeroMemoryBytes: Float64Array;
  podCount: Int32Array;
  allowedPods: Float64Array;
  readonly #ids: ResourceIds;
  #capacity: number;

  constructor(ids: ResourceIds, capacity: number) {
    this.#ids = ids;
    this.#capacity = capacity;
    this.nonZeroCpuMilli = new Float64Array(capacity);
    this.nonZeroMemoryBytes = new Float64Array(capacity);
    this.podCount = new Int32Array(capacity);
    this.allowedPods = new Float64Array(capacity);
    this.ensure(FIRST_SCALAR_ID - 1);
  }

  /** Makes the columns of a resource if they are new. */
  ensure(id: number): void {
    for (let next = this.allocatable.length; next <= id; next++) {
      this.allocatable.push(new Float64Array(this.#capacity));
      this.requested.push(new Float64Array(this.#capacity));
    }
  }

  /** What the node of a row offers; nothing without one. */
  offer(row: number, node: Node | undefined): void {
    for (const column of this.allocatable) column[row] = 0;
    this.allowedPods[row] = 0;
    const allocatable = node?.status?.allocatable ?? {};
    for (const name of Object.keys(allocatable)) {
      const text = allocatable[name]!;
      if (name === 'pods') {
        this.allowedPods[row] = wholeUnits(text);
        continue;
      }
      const id = this.#ids.idOf(name);
      this.ensure(id);
      this.allocatable[id]![row] = id === CPU_ID ? cpuMilli(text) : wholeUnits(text);
    }
  }

  /** A pod comes or goes. */
  account(row: number, shape: PodShape, sign: 1 | -1): void {
    this.requested[CPU_ID]![row]! += sign * shape.cpuMilli;
    this.requested[MEMORY_ID]![row]! += sign * shape.memoryBytes;
    if (shape.ephemeralBytes > 0) this.requested[EPHEMERAL_ID]![row]! += sign * shape.ephemeralBytes;
    for (let i = 0; i < shape.scalarIds.length; i++) {
      const id = shape.scalarIds[i]!;
      this.ensure(id);
      this.requested[id]![row]! += sign * shape.scalarUnits[i]!;
    }
    this.nonZeroCpuMilli[row]! += sign * shape.nonZeroCpuMilli;
    this.nonZeroMemoryBytes[row]! += sign * shape.nonZeroMemoryBytes;
    this.podCount[row]! += sign;
  }

  copy(from: number, to: number): void {
    for (const column of this.allocatable) column[to] = column[from]!;
    for (const column of this.requested) column[to] = column[from]!;
    this.nonZeroCpuMilli[to] = this.nonZeroCpuMilli[from]!;
    this.nonZeroMemoryBytes[to] = this.nonZeroMemoryBytes[from]!;
    this.podCount[to] = this.podCount[from]!;
    this.allowedPods[to] = this.allowedPods[from]!;
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    for (let id = 0; id < this.allocatable.length; id++) {
      this.allocatable[id] = grown(this.allocatable[id]!, new Float64Array(capacity));
      this.requested[id] = grown(this.requested[id]!, new Float64Array(capacity));
    }
    this.nonZeroCpuMilli = grown(this.nonZeroCpuMilli, new Float64Array(capacity));
    this.nonZeroMemoryBytes = grown(this.nonZeroMemoryBytes, new Float64Array(capacity));
    this.podCount = grown(this.podCount, new Int32Array(capacity));
    this.allowedPods = grown(this.allowedPods, new Float64Array(capacity));
  }
}
