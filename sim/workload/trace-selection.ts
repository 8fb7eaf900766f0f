/**
 * Which pods of a trace come, and in which order: as recorded, shuffled, or inflated to a given demand as in Weng et
 * al., USENIX ATC'23: below the target, pods drawn from the trace are added as `<id>-tuned-<k>`; above it, pods are dropped.
 */
import { annotations } from '../api/index.ts';
import type { Random } from '../engine/index.ts';
import type { Trace } from './trace.ts';

export interface SelectionOptions {
  readonly shuffled: boolean;
  /** Demand to reach, in `demandOf` units. */
  readonly target?: number | undefined;
  /** What row `row` of the trace asks for, and the share of it that one more copy is tried for; see {@link gpuDemand}. */
  readonly demandOf?: ((trace: Trace, row: number) => Demand) | undefined;
}

export interface Demand {
  readonly total: number;
  /** The last copy is the one for which at least so much was left below the target. */
  readonly perDevice: number;
}

export interface Selection {
  /** Rows of the trace in the order in which they come. */
  readonly rows: Uint32Array;
  /** From here on, rows are copies. */
  readonly copiesFrom: number;
}

/** Demand in milli-GPU. Copies stop at the first whose per-GPU share would exceed the target, as in the authors' simulator. */
export function gpuDemand(trace: Trace, row: number): Demand {
  const shape = trace.shapes[trace.shape[row]!]!;
  const share = Number(trace.marks[row]?.annotations?.[annotations.gpuMilli.name] ?? 1000);
  return { total: shape.gpus * share, perDevice: shape.gpus === 0 ? 0 : share };
}

export function cpuDemand(trace: Trace, row: number): Demand {
  const total = trace.shapes[trace.shape[row]!]!.cpuMilli;
  return { total, perDevice: total };
}

export function memoryDemand(trace: Trace, row: number): Demand {
  const total = trace.shapes[trace.shape[row]!]!.memoryBytes;
  return { total, perDevice: total };
}

/** Throws RangeError if the trace asks for nothing of what the target is given in. */
export function selectRows(
  trace: Trace,
  { shuffled, target, demandOf = gpuDemand }: SelectionOptions,
  random: Random,
): Selection {
  const rows = Array.from({ length: trace.count }, (_, row) => row);
  if (shuffled) shuffle(rows, random);
  if (target === undefined) return { rows: Uint32Array.from(rows), copiesFrom: rows.length };
  let demand = rows.reduce((sum, row) => sum + demandOf(trace, row).total, 0);
  if (demand === 0)
    throw new RangeError('the trace asks for nothing of the resource that it is to be inflated by');
  while (demand > target) {
    const [row = 0] = rows.splice(Math.floor(random() * rows.length), 1);
    demand -= demandOf(trace, row).total;
  }
  const copiesFrom = rows.length;
  for (;;) {
    const row = Math.floor(random() * trace.count);
    const { total, perDevice } = demandOf(trace, row);
    if (demand + perDevice > target) break;
    rows.push(row);
    demand += total;
  }
  return { rows: Uint32Array.from(rows), copiesFrom };
}

/** Fisher–Yates, one draw per element but one. */
function shuffle(rows: number[], random: Random): void {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
}
