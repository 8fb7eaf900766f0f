/**
 * The GPU state of every node, by snapshot row. Truth is what is on the node: which GPUs a pod has stands in its
 * annotation `kubedes.io/gpu-index` once it is bound, and in the framework's memory from its reservation until then. A row is
 * derived anew when its generation has changed. O(pods on the node) per change.
 */
import { type Pod, readAnnotation } from '../../sim/api/index.ts';
import { CPU_ID, type Handle, type Memory, type PlacedPod, SCRATCH } from '../../sim/scheduler/contract.ts';
import { accepts, GPU_RESOURCE, type GpuDemand, GpuDemands, WHOLE } from './demand.ts';
import { bestFit, type GpuNode, gpusWith, pickGpus } from './gpu-node.ts';

/** Set on nodes by NVIDIA's GPU feature discovery. */
const MODEL_LABEL = 'nvidia.com/gpu.product';

/** Node → uid → GPU indices, of pods whose binding the API has not confirmed. */
type Reservations = Map<string, ReadonlyMap<string, readonly number[]>>;

export class GpuDevices {
  readonly demands: GpuDemands;
  readonly #handle: Handle;
  readonly #gpuId: number;
  readonly #reserved: Memory<Reservations>;
  readonly #nodes: GpuNode[] = [];
  /** Row → generation that the row's node and figures are from; 0: none. */
  #stamps = new Int32Array(0);
  /** Row → what its emptiest GPU has left, and how many GPUs are wholly free. */
  #mostLeft = new Int32Array(0);
  #free = new Int32Array(0);

  constructor(handle: Handle) {
    this.#handle = handle;
    this.demands = new GpuDemands(handle.snapshot);
    this.#gpuId = handle.snapshot.resourceIds.idOf(GPU_RESOURCE);
    this.#reserved = handle.memory<Reservations>(new Map());
  }

  /** The node on a row as it is now; the same object every time. */
  at(row: number): GpuNode {
    this.#refresh(row);
    return this.#nodes[row]!;
  }

  /** `verdicts[i]` for `rows[i]`: 0 fits, 1 never will, 2 not now. O(1) per row that has not changed. */
  filter({ gpus, milli, models }: GpuDemand, rows: Int32Array, count: number, verdicts: Int32Array): void {
    const { generation, capacity } = this.#handle.snapshot;
    if (this.#stamps.length < capacity) this.#grow(capacity);
    const stamps = this.#stamps;
    // Of a GPU to share, what matters is what the emptiest one has left; of whole ones, how many are free.
    const figures = milli < WHOLE ? this.#mostLeft : this.#free;
    const wanted = milli < WHOLE ? milli : gpus;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (stamps[row] !== generation[row] || row === SCRATCH) this.#refresh(row);
      if (models !== '' && !accepts(models, this.#nodes[row]!.model)) verdicts[i] = 1;
      else if (figures[row]! >= wanted) verdicts[i] = 0;
      else verdicts[i] = this.#nodes[row]!.left.length < gpus ? 1 : 2;
    }
  }

  #refresh(row: number): void {
    const { generation, capacity } = this.#handle.snapshot;
    if (this.#stamps[row] === generation[row] && row !== SCRATCH) return;
    if (this.#stamps.length < capacity) this.#grow(capacity);
    const node = (this.#nodes[row] ??= emptyNode());
    this.#derive(node, row, '');
    node.version++;
    this.#stamps[row] = generation[row]!;
    this.#mostLeft[row] = Math.max(0, ...node.left);
    this.#free[row] = gpusWith(node, WHOLE);
  }

  #grow(capacity: number): void {
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const column = new Int32Array(capacity);
      column.set(old);
      return column;
    };
    this.#stamps = grown(this.#stamps);
    this.#mostLeft = grown(this.#mostLeft);
    this.#free = grown(this.#free);
  }

  /** The node as it would be without one of its pods. */
  without(row: number, uid: string): GpuNode {
    const node = emptyNode();
    this.#derive(node, row, uid);
    return node;
  }

  /** Which GPUs the pod has been given; undefined if none that this scheduler or the API knows of. */
  gpusOf(pod: Pod, node: string): readonly number[] | undefined {
    return this.#reserved.value.get(node)?.get(pod.metadata.uid) ?? readAnnotation(pod, 'gpuIndex');
  }

  /** Only within reserve. Drops what the API has confirmed by now. */
  reserve(pod: Pod, node: string, gpus: readonly number[]): void {
    this.#change(node, (kept) => kept.set(pod.metadata.uid, gpus));
  }

  /** Only within unreserve. */
  release(pod: Pod, node: string): void {
    this.#change(node, (kept) => kept.delete(pod.metadata.uid));
  }

  #change(node: string, change: (kept: Map<string, readonly number[]>) => void): void {
    const { snapshot } = this.#handle;
    const row = snapshot.rowOf(node);
    const before = this.#reserved.value.get(node);
    const kept = new Map<string, readonly number[]>();
    for (const { pod } of snapshot.pods[row] ?? []) {
      const gpus = before?.get(pod.metadata.uid);
      if (gpus !== undefined && readAnnotation(pod, 'gpuIndex') === undefined)
        kept.set(pod.metadata.uid, gpus);
    }
    change(kept);
    // A map of its own per change would cost O(nodes); nobody holds on to the old one.
    const all = this.#reserved.value;
    if (kept.size > 0) all.set(node, kept);
    else all.delete(node);
    this.#reserved.set(all);
    this.#stamps[row] = 0;
  }

  #derive(node: GpuNode, row: number, except: string): void {
    const { snapshot } = this.#handle;
    const count = snapshot.allocatable[this.#gpuId]?.[row] ?? 0;
    node.left.length = 0;
    for (let i = 0; i < count; i++) node.left.push(WHOLE);
    node.podsByTag.clear();
    node.cpuLeftMilli = snapshot.allocatable[CPU_ID]![row]! - snapshot.requested[CPU_ID]![row]!;
    node.model = snapshot.nodes[row]?.metadata.labels?.[MODEL_LABEL] ?? '';
    const name = snapshot.nameOf(row);
    let unassigned: PlacedPod[] | undefined;
    for (const placed of snapshot.pods[row]!) {
      if (placed.pod.metadata.uid === except) {
        node.cpuLeftMilli += placed.shape.cpuMilli;
        continue;
      }
      const demand = this.demands.of(placed.pod, placed.shape);
      if (demand.gpus === 0) continue;
      const gpus = this.gpusOf(placed.pod, name);
      if (gpus === undefined) (unassigned ??= []).push(placed);
      else take(node, demand, gpus);
    }
    if (unassigned !== undefined) this.#takeSome(node, unassigned);
  }

  /** Pods that some other scheduler put here, or that are nominated: they are taken to get what fits best. */
  #takeSome(node: GpuNode, placed: PlacedPod[]): void {
    placed.sort((a, b) => (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1));
    for (const { pod, shape } of placed) {
      const demand = this.demands.of(pod, shape);
      take(node, demand, pickGpus(node, demand, bestFit) ?? []);
    }
  }
}

const emptyNode = (): GpuNode => ({
  version: 0,
  cpuLeftMilli: 0,
  left: [],
  model: '',
  podsByTag: new Map(),
});

function take(node: GpuNode, demand: GpuDemand, gpus: readonly number[]): void {
  for (const gpu of gpus)
    if (gpu < node.left.length) node.left[gpu] = Math.max(0, node.left[gpu]! - demand.milli);
  node.podsByTag.set(demand.tag, (node.podsByTag.get(demand.tag) ?? 0) + 1);
}
