/** Time-weighted means of the cluster's utilisation: integrals of used and allocatable resources over time. */
import type { SimTime } from '../engine/index.ts';

export interface ResourceLevels {
  readonly cpuAllocatable: number;
  readonly cpuRequested: number;
  readonly cpuUsed: number;
  readonly memoryAllocatable: number;
  readonly memoryRequested: number;
  readonly memoryUsed: number;
  readonly gpuAllocatable: number;
  readonly gpuRequested: number;
}

/** Over what was allocatable; undefined if nothing was. */
export interface MeanRatios {
  readonly cpuRequested: number;
  readonly cpuUsed: number;
  readonly memoryRequested: number;
  readonly memoryUsed: number;
  readonly gpuRequested: number | undefined;
}

const LEVELS = [
  'cpuAllocatable',
  'cpuRequested',
  'cpuUsed',
  'memoryAllocatable',
  'memoryRequested',
  'memoryUsed',
  'gpuAllocatable',
  'gpuRequested',
] as const;

export class ResourceIntegral {
  readonly #areas = new Float64Array(LEVELS.length);
  #since = 0;

  /** Adds the time since the last call at the levels in force until `now`; call before changing a level. */
  advance(now: SimTime, levels: ResourceLevels): void {
    const span = (now - this.#since) / 1e6;
    if (span === 0) return;
    for (let i = 0; i < LEVELS.length; i++) this.#areas[i] = this.#areas[i]! + span * levels[LEVELS[i]!];
    this.#since = now;
  }

  /** Over the time since the start; undefined if nothing was allocatable. */
  means(): MeanRatios | undefined {
    const [cpu, cpuRequested, cpuUsed, memory, memoryRequested, memoryUsed, gpu, gpuRequested] = this.#areas;
    if (!cpu || !memory) return undefined;
    return {
      cpuRequested: cpuRequested! / cpu,
      cpuUsed: cpuUsed! / cpu,
      memoryRequested: memoryRequested! / memory,
      memoryUsed: memoryUsed! / memory,
      gpuRequested: gpu ? gpuRequested! / gpu : undefined,
    };
  }
}
