/**
 * Allocatable and requested amounts of the resources a strategy weighs, per node, as columns:
 * `plugins/noderesources/resource_allocation.go`, Kubernetes v1.36.
 */
import { isScalarResource } from '../../api/index.ts';
import type { PodShape } from '../cache/pod-shape.ts';
import { CPU_ID, EPHEMERAL_ID, FIRST_SCALAR_ID, MEMORY_ID } from '../cache/resource-ids.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { ArgsReader } from '../configuration/args.ts';

/** A resource and its weight, as configured. */
export interface ResourceSpec {
  readonly name: string;
  readonly weight: number;
}

const CPU_AND_MEMORY: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** Reads a `resources` list; an absent one means cpu and memory, weight 1 each. */
export function readResources(args: ArgsReader | undefined, maxWeight: number): readonly ResourceSpec[] {
  const specs = (args?.objects('resources') ?? []).map((resource) => {
    // As upstream's defaulting, 0 means 1.
    const weight = resource.raw('weight') === 0 ? 1 : resource.integer('weight', 1, 1, maxWeight);
    const spec = { name: resource.text('name', ''), weight };
    if (spec.name === '') resource.report('name', 'Required value');
    resource.unknownFields();
    return spec;
  });
  return specs.length === 0 ? CPU_AND_MEMORY : specs;
}

/** One resource of a pod to be scored: what the pod adds, and where the nodes' figures are. */
export interface ScoredResource {
  readonly weight: number;
  readonly podRequest: number;
  readonly allocatable: Float64Array;
  readonly requested: Float64Array;
}

const isKnown = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isScalarResource(name);

/** `scoredResources` for one list of resources, remembered per shape while the columns are the same. */
export class ResourcesByShape {
  readonly #snapshot: Snapshot;
  readonly #specs: readonly ResourceSpec[];
  readonly #nonZero: boolean;
  #known = new WeakMap<PodShape, readonly ScoredResource[]>();
  #capacity = 0;

  constructor(snapshot: Snapshot, specs: readonly ResourceSpec[], nonZero: boolean) {
    this.#snapshot = snapshot;
    this.#specs = specs;
    this.#nonZero = nonZero;
  }

  of(shape: PodShape): readonly ScoredResource[] {
    if (this.#capacity !== this.#snapshot.capacity) {
      this.#known = new WeakMap();
      this.#capacity = this.#snapshot.capacity;
    }
    let scored = this.#known.get(shape);
    if (scored === undefined) {
      scored = scoredResources(this.#snapshot, this.#specs, shape, this.#nonZero);
      this.#known.set(shape, scored);
    }
    return scored;
  }
}

/**
 * The resources that count for this pod: scalar ones it does not ask for are left out. `nonZero` counts 100m and 200 MiB for
 * containers that ask for no cpu or memory.
 */
function scoredResources(
  snapshot: Snapshot,
  specs: readonly ResourceSpec[],
  shape: PodShape,
  nonZero: boolean,
): readonly ScoredResource[] {
  const scored: ScoredResource[] = [];
  for (const { name, weight } of specs) {
    if (!isKnown(name)) continue;
    const id = snapshot.resourceIds.idOf(name);
    snapshot.ensureResource(id);
    const podRequest = requestOf(shape, id, nonZero);
    if (id >= FIRST_SCALAR_ID && podRequest === 0) continue;
    const allocatable = snapshot.allocatable[id]!;
    const requested =
      nonZero && id === CPU_ID
        ? snapshot.nonZeroCpuMilli
        : nonZero && id === MEMORY_ID
          ? snapshot.nonZeroMemoryBytes
          : snapshot.requested[id]!;
    scored.push({ weight, podRequest, allocatable, requested });
  }
  return scored;
}

/** What a pod asks of a resource, in milli-CPU, bytes or whole units. */
export function requestOf(shape: PodShape, id: number, nonZero: boolean): number {
  if (id === CPU_ID) return nonZero ? shape.scoreCpuMilli : shape.cpuMilli;
  if (id === MEMORY_ID) return nonZero ? shape.scoreMemoryBytes : shape.memoryBytes;
  if (id === EPHEMERAL_ID) return shape.ephemeralBytes;
  const at = shape.scalarIds.indexOf(id);
  return at < 0 ? 0 : shape.scalarUnits[at]!;
}
