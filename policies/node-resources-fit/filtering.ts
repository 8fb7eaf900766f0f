/** HOT PATH: which nodes lack what a pod requests: `fit.go`. */
import { isExtendedResource } from '../../sim/api/index.ts';
import {
  CPU_ID,
  EPHEMERAL_ID,
  MEMORY_ID,
  type PodShape,
  type Snapshot,
  Status,
} from '../../sim/scheduler/contract.ts';
import type { FitArgs } from './args.ts';

/** Verdict bits: what is short, and whether even the empty node could not hold the pod. */
const TOO_MANY_PODS = 1;
const CPU = 2;
const MEMORY = 4;
const EPHEMERAL = 8;
const NEVER = 16;
const FIRST_SCALAR = 32;
/** A verdict is an int32: this many scalar resources of one pod have a bit. */
export const MAX_SCALARS = 25;

/** What cpu, memory, ephemeral storage and pod slots each node lacks. */
export function shortages(
  snapshot: Snapshot,
  shape: PodShape,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
): void {
  const { podCount, allowedPods } = snapshot;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    verdicts[i] = podCount[row]! + 1 > allowedPods[row]! ? TOO_MANY_PODS : 0;
  }
  addShortages(snapshot, CPU_ID, shape.cpuMilli, CPU, rows, count, verdicts);
  addShortages(snapshot, MEMORY_ID, shape.memoryBytes, MEMORY, rows, count, verdicts);
  addShortages(snapshot, EPHEMERAL_ID, shape.ephemeralBytes, EPHEMERAL, rows, count, verdicts);
}

/** Sets `bit` where less than `amount` is left, and NEVER where even the empty node has less. */
function addShortages(
  snapshot: Snapshot,
  id: number,
  amount: number,
  bit: number,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
): void {
  if (amount <= 0) return;
  const allocatable = snapshot.allocatable[id]!;
  const requested = snapshot.requested[id]!;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const capacity = allocatable[row]!;
    if (amount > capacity - requested[row]!) verdicts[i]! |= amount > capacity ? bit | NEVER : bit;
  }
}

/** The verdict bit of each scalar resource of the shape; 0 if the profile ignores it. */
export function scalarBits(snapshot: Snapshot, shape: PodShape, args: FitArgs): readonly number[] {
  return shape.scalarIds.map((id, i) => {
    snapshot.ensureResource(id);
    const name = snapshot.resourceIds.nameOf(id);
    const ignored =
      isExtendedResource(name) &&
      (args.ignoredResources.has(name) || args.ignoredGroups.has(name.slice(0, name.indexOf('/'))));
    return ignored ? 0 : FIRST_SCALAR << i;
  });
}

export function scalarShortages(
  snapshot: Snapshot,
  shape: PodShape,
  bits: readonly number[],
  row: number,
): number {
  let verdict = 0;
  for (let i = 0; i < bits.length; i++) {
    const units = shape.scalarUnits[i]!;
    const offered = snapshot.allocatable[shape.scalarIds[i]!]![row]!;
    if (bits[i] === 0 || units <= offered - snapshot.requested[shape.scalarIds[i]!]![row]!) continue;
    verdict |= units > offered ? bits[i]! | NEVER : bits[i]!;
  }
  return verdict;
}

export function refusalOf({ resourceIds }: Snapshot, shape: PodShape, verdict: number): Status {
  const reasons: string[] = [];
  if ((verdict & TOO_MANY_PODS) !== 0) reasons.push('Too many pods');
  if ((verdict & CPU) !== 0) reasons.push('Insufficient cpu');
  if ((verdict & MEMORY) !== 0) reasons.push('Insufficient memory');
  if ((verdict & EPHEMERAL) !== 0) reasons.push('Insufficient ephemeral-storage');
  for (let i = 0; i < shape.scalarIds.length; i++)
    if ((verdict & (FIRST_SCALAR << i)) !== 0)
      reasons.push(`Insufficient ${resourceIds.nameOf(shape.scalarIds[i]!)}`);
  return new Status((verdict & NEVER) !== 0 ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons);
}
