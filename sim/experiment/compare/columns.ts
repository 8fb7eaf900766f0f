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

/** Runs without record (failed or interrupted) have no rows. */
export function comparisonCsv(scenario: string, plan: Plan, records: ReadonlyMap<string, RunRecord>): string {
  const rows: (string | number)[][] = [COMPARISON_COLUMNS.map(({ name }) => name)];
  const byCell = plan.runs.toSorted((a, b) => a.cell - b.cell);
  for (const { cell, seed, id } of byCell) {
    const { policy, proxy } = plan.cells[cell]!;
    const settings = settingsText(plan.cells[cell]!);
    for (const { metric, value, unit } of records.get(id)?.metrics ?? [])
      rows.push([scenario, policy, proxy, settings, seed, metric, value ?? '', unit]);
  }
  return `${Papa.unparse(rows, { newline: '\n' })}\n`;
}
