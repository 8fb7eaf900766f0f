/** A comparison on the terminal: one block per metric, its verdict, and how much common random numbers helped. */
import {
  type Analysis,
  type CellResult,
  cellLabels,
  type MetricResult,
  suretyNotes,
  verdicts,
} from '../experiment/compare/index.ts';
import { formatFigure } from '../experiment/figures.ts';
import { type Estimate, LEAST_REPLICATIONS } from '../experiment/statistics/index.ts';
import { waitingNotes } from '../experiment/waiting-notes.ts';
import type { CompareResult } from '../library/compare.ts';
import { onStderr, onStdout } from './colours.ts';
import { formatTable } from './table.ts';

const HEAD = ['', 'RUNS', 'MEAN ± 95 %', 'DIFFERENCE ± 95 %', 'p', 'VARIANCE RATIO'];
const ALIGN = HEAD.map((_, i) => (i === 0 ? 'left' : 'right') as 'left' | 'right');

export function printComparison(result: CompareResult): void {
  const { plan, records, failed, interrupted, resumed, cpuSeconds, folder = '' } = result;
  if (records.size > 0) printAnalysis(result);
  for (const { id, message } of failed) console.error(`${onStderr.red('failed')}: ${id}: ${message}`);
  const before = resumed > 0 ? ` (${resumed} from before)` : '';
  const made = `${records.size} of ${plan.runs.length} runs${before}, ${cpuSeconds.toFixed(1)} CPU s`;
  if (interrupted)
    console.error(
      `${onStderr.yellow('interrupted')}: ${made}; the same command with --resume goes on from here`,
    );
  else console.log(onStdout.dim(`${folder}/comparison.csv: ${made}`));
}

function printAnalysis({ plan, analysis, scenario, records }: CompareResult): void {
  const { metrics } = analysis;
  const compared = `${plan.cells.length} × ${plan.seeds.length} runs, compared with ${cellLabels(plan.cells)[0]}`;
  console.log(onStdout.bold(`${scenario}: ${compared}`));
  if (metrics.length === 0) {
    console.log('No difference in any metric that is good or bad.');
    return;
  }
  for (const metric of metrics) printMetric(metric);
  console.log('');
  for (const verdict of verdicts(analysis, formatFigure)) console.log(verdict);
  for (const note of waitingNotes(records.values())) console.log(onStdout.yellow(note));
  console.log(notes(analysis));
}

function printMetric({ metric, unit, meaning, cells }: MetricResult): void {
  console.log(`\n${onStdout.bold(metric)}  ${onStdout.dim(meaning)}`);
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
    `${around(difference, unit, true)}${difference.significant ? ' *' : ''}`,
    difference.p === undefined ? NOTHING : formatP(difference.p),
    difference.varianceRatio === undefined ? NOTHING : difference.varianceRatio.toPrecision(2),
  ];
}

const around = ({ mean, halfWidth }: Estimate, unit: string, difference = false): string =>
  halfWidth === undefined
    ? formatFigure(mean, unit, difference)
    : `${formatFigure(mean, unit, difference)} ± ${formatFigure(halfWidth, unit, difference)}`;

const formatP = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toPrecision(2));

function notes(analysis: Analysis): string {
  const { comparisons, tooFewSeeds } = analysis;
  if (tooFewSeeds)
    return onStdout.dim(`Intervals and tests need at least ${LEAST_REPLICATIONS} seeds: none are given.`);
  if (comparisons === 0) return '';
  return onStdout.dim(`* ${suretyNotes(analysis).join('\n  ')}`);
}
