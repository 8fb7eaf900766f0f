/**
 * HOT PATH: the scoring strategies, how full a node would be:
 * `{least_allocated,most_allocated,requested_to_capacity_ratio}.go`.
 */
import { percentOf, roundHalfAway, type ScoredResource } from '../../sim/scheduler/contract.ts';

export type ScoreRows = (
  resources: readonly ScoredResource[],
  rows: Int32Array,
  count: number,
  scores: Float64Array,
) => void;

/** The average of `scoreOf(used, capacity)` by weight; resources that a node has none of do not count. */
const averaged =
  (scoreOf: (used: number, capacity: number) => number): ScoreRows =>
  (resources, rows, count, scores) => {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      let sum = 0;
      let weights = 0;
      for (let at = 0; at < resources.length; at++) {
        const { allocatable, requested, podRequest, weight } = resources[at]!;
        const capacity = allocatable[row]!;
        if (capacity === 0) continue;
        sum += weight * scoreOf(requested[row]! + podRequest, capacity);
        weights += weight;
      }
      scores[i] = weights === 0 ? 0 : Math.trunc(sum / weights);
    }
  };

/** Percent left free. */
export const leastAllocated = averaged((used, capacity) =>
  used <= capacity ? percentOf(capacity - used, capacity) : 0,
);

/** Percent taken. */
export const mostAllocated = averaged((used, capacity) => percentOf(Math.min(used, capacity), capacity));

export interface ShapePoint {
  readonly utilization: number;
  /** 0 to 100. */
  readonly score: number;
}

/** The shape's value at the percentage taken; a resource that scores 0 does not count. */
export const requestedToCapacityRatio = (shape: readonly ShapePoint[]): ScoreRows => {
  const scoreOf = (resources: readonly ScoredResource[], row: number): number => {
    let sum = 0;
    let weights = 0;
    for (const { allocatable, requested, podRequest, weight } of resources) {
      const capacity = allocatable[row]!;
      if (capacity === 0) continue;
      const used = requested[row]! + podRequest;
      const score = interpolate(shape, used > capacity ? 100 : percentOf(used, capacity));
      if (score <= 0) continue;
      sum += weight * score;
      weights += weight;
    }
    return weights === 0 ? 0 : roundHalfAway(sum / weights);
  };
  return (resources, rows, count, scores) => {
    for (let i = 0; i < count; i++) scores[i] = scoreOf(resources, rows[i]!);
  };
};

function interpolate(shape: readonly ShapePoint[], utilization: number): number {
  for (let i = 0; i < shape.length; i++) {
    const to = shape[i]!;
    if (utilization > to.utilization) continue;
    const from = shape[i - 1];
    if (from === undefined) return to.score;
    const rise = (to.score - from.score) * (utilization - from.utilization);
    return from.score + Math.trunc(rise / (to.utilization - from.utilization));
  }
  return shape.at(-1)!.score;
}
