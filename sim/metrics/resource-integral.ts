/** Time-weighted means of the cluster's utilisation: integrals of used and allocatable resources over time. */
import type { SimTime } from '../engine/index.ts';

export interface ResourceLevels {
  readonly cpuAllocatable: number;
  readonly cpuRequested: number;
  readonly cpuUsed: number;
  readonly memoryAllocatable: number;
  readonly memoryRequested: number;
  readonly memoryUsed: number;
}

const LEVELS = [
  'cpuAllocatable',
  'cpuRequested',
  'cpuUsed',
  'memoryAllocatable',
  'memoryRequested',
  'memoryUsed',
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

  /** Mean ratios over the time since the start, undefined if nothing was allocatable. */
  means(): Omit<ResourceLevels, 'cpuAllocatable' | 'memoryAllocatable'> | undefined {
    const [cpu, cpuRequested, cpuUsed, memory, memoryRequested, memoryUsed] = this.#areas;
    if (!cpu || !memory) return undefined;
    return {
      cpuRequested: cpuRequested! / cpu,
      cpuUsed: cpuUsed! / cpu,
      memoryRequested: memoryRequested! / memory,
      memoryUsed: memoryUsed! / memory,
    };
  }
}
