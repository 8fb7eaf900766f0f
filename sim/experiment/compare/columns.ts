/** comparison.csv: one row per run and metric, in the order of cells, seeds and metrics. */
import Papa from 'papaparse';
import type { Column } from '../../metrics/index.ts';
import { type Plan, settingsText } from './plan.ts';
import type { RunRecord } from './record.ts';

export const COMPARISON_COLUMNS: readonly Column[] = [
  { name: 'scenario', unit: 'text', meaning: 'name of the scenario' },
  { name: 'policy', unit: 'text', meaning: 'scheduler profile, or path of the policy module' },
  { name: 'proxy', unit: 'text', meaning: 'kube-proxy mode' },
  {
    name: 'settings',
    unit: 'text',
    meaning: 'variant and settings that differ between runs: path=value;path=value',
  },
  { name: 'seed', unit: 'text', meaning: 'seed of the run' },
  { name: 'metric', unit: 'text', meaning: 'name of the metric, as in summary.csv' },
  { name: 'value', unit: 'varies', meaning: 'value, empty if there was no observation' },
  { name: 'unit', unit: 'text', meaning: 'unit of the value' },
];

/** One metric of one run. */
export interface ComparisonRow {
  readonly policy: string;
  readonly proxy: string;
  /** Variant and settings that differ between runs: `path=value;path=value`. */
  readonly settings: string;
  readonly seed: string;
  readonly metric: string;
  /** Undefined if there was no observation. */
  readonly value: number | undefined;
  readonly unit: string;
}

/** In the order of cells, seeds and metrics; runs without record (failed or interrupted) have none. */
export function comparisonRows(plan: Plan, records: ReadonlyMap<string, RunRecord>): ComparisonRow[] {
  const byCell = plan.runs.toSorted((a, b) => a.cell - b.cell);
  return byCell.flatMap(({ cell, seed, id }) => {
    const { policy, proxy } = plan.cells[cell]!;
    const settings = settingsText(plan.cells[cell]!);
    const metrics = records.get(id)?.metrics ?? [];
    return metrics.map(({ metric, value, unit }) => ({ policy, proxy, settings, seed, metric, value, unit }));
  });
}

export function comparisonCsv(scenario: string, plan: Plan, records: ReadonlyMap<string, RunRecord>): string {
  const rows = comparisonRows(plan, records).map(
    ({ policy, proxy, settings, seed, metric, value, unit }) =>
      [scenario, policy, proxy, settings, seed, metric, value ?? '', unit] as const,
  );
  return `${Papa.unparse([COMPARISON_COLUMNS.map(({ name }) => name), ...rows], { newline: '\n' })}\n`;
}
