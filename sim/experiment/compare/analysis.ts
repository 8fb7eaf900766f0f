/**
 * From records to statements: per metric and cell a mean with its interval, and the difference from the first cell, paired
 * by seed (common random numbers). p values are adjusted by Holm over all differences that are shown.
 */
import {
  type Estimate,
  estimate,
  holm,
  LEAST_REPLICATIONS,
  LEVEL,
  pairedDifference,
  signedRankP,
} from '../statistics/index.ts';
import { type Better, betterOf, isTelling } from './metrics.ts';
import { cellLabels, type Plan } from './plan.ts';
import type { RunRecord } from './record.ts';
import { isSameValue } from './resolution.ts';

export interface Difference extends Estimate {
  /** After Holm's adjustment; undefined with too few pairs. */
  readonly p: number | undefined;
  /** Of Wilcoxon's signed ranks, not adjusted: a look from another side at differences that are far from normal. */
  readonly signedRankP: number | undefined;
  readonly significant: boolean;
  /** Variance of paired over unpaired differences; below 1 where common random numbers help. */
  readonly varianceRatio: number | undefined;
}

export interface CellResult {
  readonly label: string;
  readonly estimate: Estimate;
  /** From the first cell; absent for itself. */
  readonly difference: Difference | undefined;
}

export interface MetricResult {
  readonly metric: string;
  readonly unit: string;
  readonly meaning: string;
  readonly better: Better | undefined;
  readonly cells: readonly CellResult[];
}

export interface Analysis {
  readonly metrics: readonly MetricResult[];
  /** Differences that p values are adjusted for. */
  readonly comparisons: number;
  readonly level: number;
  /** Fewer seeds than needed for intervals. */
  readonly tooFewSeeds: boolean;
}

/** Metrics of the records, in their order. */
export const metricNames = (records: ReadonlyMap<string, RunRecord>): string[] => [
  ...new Set([...records.values()].flatMap(({ metrics }) => metrics.map(({ metric }) => metric))),
];

/** `wanted` absent: those whose direction is known and that are not the same in all runs. */
export function analyse(
  plan: Plan,
  records: ReadonlyMap<string, RunRecord>,
  wanted?: readonly string[],
): Analysis {
  const values = new Values(plan, records);
  const names = wanted ?? metricNames(records).filter((metric) => isTelling(metric) && values.varies(metric));
  const raw = names.map((metric) => values.resultOf(metric));
  const ps = raw.flatMap(({ cells }) => cells.flatMap(({ difference }) => difference?.p ?? []));
  const adjusted = holm(ps).values();
  const metrics = raw.map((result) => ({
    ...result,
    cells: result.cells.map((cell) => {
      if (cell.difference?.p === undefined) return cell;
      const p = adjusted.next().value ?? 1;
      return { ...cell, difference: { ...cell.difference, p, significant: p < 1 - LEVEL } };
    }),
  }));
  return {
    metrics,
    comparisons: ps.length,
    level: LEVEL,
    tooFewSeeds: plan.seeds.length < LEAST_REPLICATIONS,
  };
}

class Values {
  readonly #plan: Plan;
  readonly #labels: readonly string[];
  readonly #records: ReadonlyMap<string, RunRecord>;
  /** Metric → cell → seed → value. */
  readonly #values = new Map<string, Map<string, number>[]>();

  constructor(plan: Plan, records: ReadonlyMap<string, RunRecord>) {
    this.#plan = plan;
    this.#labels = cellLabels(plan.cells);
    this.#records = records;
    for (const { cell, seed, id } of plan.runs)
      for (const { metric, value } of records.get(id)?.metrics ?? [])
        if (value !== undefined) this.#cellsOf(metric)[cell]!.set(seed, value);
  }

  #cellsOf(metric: string): Map<string, number>[] {
    let cells = this.#values.get(metric);
    if (cells === undefined) this.#values.set(metric, (cells = this.#plan.cells.map(() => new Map())));
    return cells;
  }

  varies(metric: string): boolean {
    const values = this.#cellsOf(metric).flatMap((cell) => [...cell.values()]);
    const unit = this.#describe(metric)?.unit ?? '';
    return values.length > 0 && !isSameValue(Math.min(...values), Math.max(...values), unit);
  }

  resultOf(metric: string): MetricResult {
    const cells = this.#cellsOf(metric);
    const { unit = '', meaning = '' } = this.#describe(metric) ?? {};
    return {
      metric,
      unit,
      meaning,
      better: betterOf(metric),
      cells: cells.map((values, i) => ({
        label: this.#labels[i]!,
        estimate: estimate([...values.values()]),
        difference: i === 0 ? undefined : differenceOf(cells[0]!, values, unit),
      })),
    };
  }

  #describe(metric: string) {
    for (const { metrics } of this.#records.values()) {
      const found = metrics.find((entry) => entry.metric === metric);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Over the seeds that both have. Values that are the same but for rounding are taken as the same. */
function differenceOf(
  first: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
  unit: string,
): Difference {
  const seeds = [...first.keys()].filter((seed) => other.has(seed));
  const a = seeds.map((seed) => first.get(seed)!);
  const b = seeds.map((seed, i) => {
    const value = other.get(seed)!;
    return isSameValue(a[i]!, value, unit) ? a[i]! : value;
  });
  const ranked =
    seeds.length < LEAST_REPLICATIONS ? undefined : signedRankP(b.map((value, i) => value - a[i]!));
  return { ...pairedDifference(a, b), signedRankP: ranked, significant: false };
}
