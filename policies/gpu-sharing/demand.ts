/**
 * What a pod asks of GPUs. `kubedes.io/gpu-milli` asks for a share of one GPU, and such a pod requests no device;
 * `nvidia.com/gpu: n` asks for n whole ones; `kubedes.io/gpu-models` says of which models they may be.
 */
import { type Pod, readAnnotation } from '../../sim/api/index.ts';
import type { PodShape, Snapshot } from '../../sim/scheduler/contract.ts';

/** A whole GPU in thousandths. */
export const WHOLE = 1000;
export const GPU_RESOURCE = 'nvidia.com/gpu';

/** Interned: equal demands are the same object. */
export interface GpuDemand {
  /** Dense, from 1. */
  readonly id: number;
  readonly cpuMilli: number;
  /** 0: a pod without GPU. */
  readonly gpus: number;
  /** Thousandths of each GPU; below WHOLE only if `gpus` is 1. */
  readonly milli: number;
  /** Names joined by `|`; empty: any model. */
  readonly models: string;
  /** `share-gpu`, `1-gpu`, `2-gpu`…; empty without GPU. */
  readonly tag: string;
}

export const tagOf = (gpus: number, milli: number): string =>
  gpus === 0 ? '' : gpus === 1 && milli < WHOLE ? 'share-gpu' : `${gpus}-gpu`;

/** True if a GPU of this model will do. */
export const accepts = (models: string, model: string): boolean =>
  models === '' || models === model || models.split('|').includes(model);

/** Demands kept before interning starts afresh: bounds memory when every pod asks for something else. */
const DEMAND_LIMIT = 1 << 13;

export class GpuDemands {
  readonly #gpuId: number;
  readonly #known = new Map<string, GpuDemand>();
  #count = 0;
  #lastPod: Pod | undefined;
  #last: GpuDemand | undefined;

  constructor(snapshot: Snapshot) {
    this.#gpuId = snapshot.resourceIds.idOf(GPU_RESOURCE);
    snapshot.ensureResource(this.#gpuId);
  }

  of(pod: Pod, shape: PodShape): GpuDemand {
    if (pod !== this.#lastPod || this.#last === undefined) {
      this.#lastPod = pod;
      this.#last = this.#read(pod, shape);
    }
    return this.#last;
  }

  #read(pod: Pod, shape: PodShape): GpuDemand {
    const at = shape.scalarIds.indexOf(this.#gpuId);
    const devices = at < 0 ? 0 : shape.scalarUnits[at]!;
    const share = devices > 1 ? undefined : readAnnotation(pod, 'gpuMilli');
    const gpus = share === undefined ? devices : 1;
    const milli = gpus === 0 ? 0 : (share ?? WHOLE);
    const models = gpus === 0 ? '' : (readAnnotation(pod, 'gpuModels')?.join('|') ?? '');
    return this.intern(shape.cpuMilli, gpus, milli, models);
  }

  intern(cpuMilli: number, gpus: number, milli: number, models: string): GpuDemand {
    const key = `${cpuMilli} ${gpus} ${milli} ${models}`;
    let demand = this.#known.get(key);
    if (demand === undefined) {
      demand = { id: ++this.#count, cpuMilli, gpus, milli, models, tag: tagOf(gpus, milli) };
      if (this.#known.size >= DEMAND_LIMIT) this.#known.clear();
      this.#known.set(key, demand);
    }
    return demand;
  }
}
