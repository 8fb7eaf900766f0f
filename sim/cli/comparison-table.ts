/** A comparison on the terminal: one block per metric, its verdict, and how much common random numbers helped. */
import pc from 'picocolors';
import {
  type Analysis,
  type CellResult,
  type Comparison,
  type MetricResult,
  verdicts,
} from '../experiment/compare/index.ts';
import { type Estimate, LEAST_REPLICATIONS } from '../experiment/statistics/index.ts';
import type { SummaryRow } from '../metrics/index.ts';
import { formatValue } from './summary.ts';
import { formatTable } from './table.ts';

const HEAD = ['', 'RUNS', 'MEAN ± 95 %', 'DIFFERENCE ± 95 %', 'p', 'VARIANCE RATIO'];
const ALIGN = HEAD.map((_, i) => (i === 0 ? 'left' : 'right') as 'left' | 'right');

export function printComparison(
  comparison: Comparison,
  analysis: Analysis,
  scenario: string,
  folder: string,
): void {
  const { plan, records, failed, interrupted, resumed, cpuSeconds } = comparison;
  console.log(
    pc.bold(
      `${scenario}: ${plan.cells.length} × ${plan.seeds.length} runs, compared with ${analysisBase(analysis)}`,
    ),
  );
  for (const metric of analysis.metrics) printMetric(metric);
  if (analysis.metrics.length === 0 && records.size > 0)
    console.log('No difference at all in any metric that is good or bad.');
  if (analysis.metrics.length > 0) console.log('');
  for (const verdict of verdicts(analysis, format)) console.log(verdict);
  console.log(notes(analysis));
  for (const { id, message } of failed) console.error(`${pc.red('failed')}: ${id}: ${message}`);
  const made = `${records.size} of ${plan.runs.length} runs${resumed > 0 ? ` (${resumed} from before)` : ''}, ${cpuSeconds.toFixed(1)} CPU s`;
  if (interrupted)
    console.error(`${pc.yellow('interrupted')}: ${made}; the same command with --resume goes on from here`);
  else console.log(pc.dim(`${folder}/comparison.csv: ${made}`));
}

const analysisBase = ({ metrics }: Analysis): string => metrics[0]?.cells[0]?.label ?? 'the first';

function printMetric({ metric, unit, meaning, cells }: MetricResult): void {
  console.log(`\n${pc.bold(metric)}  ${pc.dim(meaning)}`);
  console.log(
    formatTable(
      HEAD,
      cells.map((cell) => rowOf(cell, unit)),
      ALIGN,
    ),
  );
}

const NOTHING = '';

function rowOf({ label, estimate, difference }: CellResult, unit: string): string[] {
  const own = [label, String(estimate.count), around(estimate, unit)];
  if (difference === undefined) return [...own, NOTHING, NOTHING, NOTHING];
  return [
    ...own,
    `${around(difference, unit)}${difference.significant ? ' *' : ''}`,
    difference.p === undefined ? NOTHING : formatP(difference.p),
    difference.varianceRatio === undefined ? NOTHING : difference.varianceRatio.toPrecision(2),
  ];
}

const around = ({ mean, halfWidth }: Estimate, unit: string): string =>
  halfWidth === undefined ? format(mean, unit) : `${format(mean, unit)} ± ${format(halfWidth, unit)}`;

const format = (value: number, unit: string): string =>
  Number.isNaN(value) ? '-' : formatValue(value, unit as SummaryRow['unit']);

const formatP = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toPrecision(2));

function notes({ metrics, comparisons, tooFewSeeds }: Analysis): string {
  if (tooFewSeeds)
    return pc.dim(`Intervals and tests need at least ${LEAST_REPLICATIONS} seeds: none are given.`);
  if (comparisons === 0) return '';
  const ratios = metrics
    .flatMap(({ cells }) => cells.flatMap(({ difference }) => difference?.varianceRatio ?? []))
    .sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)];
  const gain =
    middle === undefined
      ? ''
      : ` Common random numbers: the variance of paired differences is ${middle.toPrecision(2)} times that of unpaired ones (median).`;
  return pc.dim(`* p < 0.05 in a paired t test, adjusted by Holm for ${comparisons} comparisons.${gain}`);
}
