/** The metrics of an FGD experiment (golden/fgd/fgd.md, section 5), counted from placements alone; refuses what cannot be. */
import { Fragmentation, type TaskClass } from '../../../../policies/gpu-sharing/fragmentation.ts';
import { gpuDemandOf, type OpenbNode, type OpenbPod } from './openb.ts';
import type { Placement } from './replay.ts';

const WHOLE = 1000;
/** Arrived demand in percent of the capacity, at most. */
export const COLUMNS = 131;

export type CurveName = 'alloc_pct' | 'frag_amount_pct' | 'frag_ratio_pct';
export const CURVES: readonly CurveName[] = ['alloc_pct', 'frag_amount_pct', 'frag_ratio_pct'];

interface Left {
  cpuMilli: number;
  memoryMib: number;
  readonly gpus: number[];
  readonly model: string;
  fragmentation: number;
}

export class Tally {
  scheduled = 0;
  failed = 0;
  arrivedMilli = 0;
  usedMilli = 0;
  usedCpuMilli = 0;
  readonly capacityMilli: number;
  readonly #left: ReadonlyMap<string, Left>;
  readonly #measure: Fragmentation;
  #fragmented = 0;
  readonly #sums = new Map<CurveName, Float64Array>(CURVES.map((name) => [name, new Float64Array(COLUMNS)]));
  readonly #events = new Int32Array(COLUMNS);

  constructor(nodes: readonly OpenbNode[], classes: readonly (TaskClass & { popularity: number })[]) {
    this.#measure = new Fragmentation(classes);
    this.capacityMilli = nodes.reduce((sum, { gpus }) => sum + gpus * WHOLE, 0);
    this.#left = new Map(
      nodes.map(({ name, cpuMilli, memoryMib, gpus, model }) => [
        name,
        { cpuMilli, memoryMib, gpus: Array<number>(gpus).fill(WHOLE), model, fragmentation: 0 },
      ]),
    );
    for (const left of this.#left.values()) this.#measureNode(left);
  }

  /** GPU thousandths. */
  get fragmentedMilli(): number {
    let sum = 0;
    for (const { fragmentation } of this.#left.values()) sum += fragmentation;
    return sum;
  }

  add(pod: OpenbPod, placement: Placement): void {
    this.arrivedMilli += gpuDemandOf(pod);
    if (placement === undefined) this.failed++;
    else this.#place(pod, placement);
    this.#record();
  }

  /** Mean over the arrivals whose rounded arrived percentage is the column; NaN where there is none. */
  curve(name: CurveName): readonly number[] {
    const sums = this.#sums.get(name)!;
    return Array.from(sums, (sum, column) => sum / this.#events[column]!);
  }

  #place(pod: OpenbPod, { node, gpus }: NonNullable<Placement>): void {
    const left = this.#left.get(node);
    if (left === undefined) throw new Error(`${pod.name}: no such node ${node}`);
    left.cpuMilli -= pod.cpuMilli;
    left.memoryMib -= pod.memoryMib;
    for (const gpu of gpus) left.gpus[gpu]! -= pod.gpuMilli;
    if (gpus.length !== pod.gpus || new Set(gpus).size !== gpus.length)
      throw new Error(`${pod.name}: wants ${pod.gpus} GPUs, has ${gpus.join('-')}`);
    if (left.cpuMilli < 0 || left.memoryMib < 0 || gpus.some((gpu) => !(left.gpus[gpu]! >= 0)))
      throw new Error(`${pod.name}: node ${node} has not so much left`);
    this.scheduled++;
    this.usedMilli += gpuDemandOf(pod);
    this.usedCpuMilli += pod.cpuMilli;
    this.#measureNode(left);
  }

  #measureNode(left: Left): void {
    this.#fragmented -= left.fragmentation;
    left.fragmentation = this.#measure.of(left.gpus, left.cpuMilli, left.model);
    this.#fragmented += left.fragmentation;
  }

  #record(): void {
    const { capacityMilli, usedMilli } = this;
    const column = roundHalfEven((100 * this.arrivedMilli) / capacityMilli);
    if (column >= COLUMNS) return;
    this.#events[column]!++;
    const idle = capacityMilli - usedMilli;
    this.#sums.get('alloc_pct')![column]! += (100 * usedMilli) / capacityMilli;
    this.#sums.get('frag_amount_pct')![column]! += (100 * this.#fragmented) / capacityMilli;
    this.#sums.get('frag_ratio_pct')![column]! += idle === 0 ? 0 : (100 * this.#fragmented) / idle;
  }
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
