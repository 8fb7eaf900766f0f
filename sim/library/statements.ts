/** What can be said of a grid of runs, for its report: with certainty where there are seeds enough, else as seen. */
import {
  analyse,
  type CellResult,
  type MetricResult,
  metricNames,
  type Plan,
  type RunRecord,
  suretyNotes,
  verdicts,
} from '../experiment/compare/index.ts';
import { formatFigure } from '../experiment/figures.ts';
import { LEAST_REPLICATIONS } from '../experiment/statistics/index.ts';
import { waitingNotes } from '../experiment/waiting-notes.ts';
import type { ComparedMetric, Study } from '../report/index.ts';

type Records = ReadonlyMap<string, RunRecord>;

export function statementsOf(
  plan: Plan,
  records: Records,
): Pick<Study, 'verdict' | 'notes' | 'telling' | 'metrics' | 'format'> {
  const analysis = analyse(plan, records);
  const all = analyse(plan, records, metricNames(records)).metrics.filter(isNotZero);
  const sure = plan.cells.length > 1 && !analysis.tooFewSeeds;
  return {
    verdict: sure
      ? verdicts(analysis, formatFigure)
      : asSeen(all.filter(({ better }) => better !== undefined)),
    notes: [
      ...stopsOf(plan, records),
      ...waitingNotes(records.values()),
      ...(sure ? suretyNotes(analysis) : seedNotes(plan)),
    ],
    telling: analysis.metrics.map((metric) => withValues(metric, plan, records)),
    metrics: all.map((metric) => withValues(metric, plan, records)),
    format: formatFigure,
  };
}

const isNotZero = ({ cells }: MetricResult): boolean =>
  cells.some(({ estimate }) => estimate.count > 0 && estimate.mean !== 0);

function withValues(result: MetricResult, plan: Plan, records: Records): ComparedMetric {
  const values = plan.cells.map((): number[] => []);
  for (const { cell, id } of plan.runs) {
    const value = records.get(id)?.metrics.find(({ metric }) => metric === result.metric)?.value;
    if (value !== undefined) values[cell]!.push(value);
  }
  return { ...result, cells: result.cells.map((cell, i) => ({ ...cell, values: values[i]! })) };
}

/** Without certainty: what differs first, each with the cells from the best to the worst; what is the same in one sentence. */
function asSeen(metrics: readonly MetricResult[]): string[] {
  if (metrics.length === 0) return ['There is no figure that is good or bad.'];
  const same = metrics.filter(isSame);
  const sentences = metrics.filter((metric) => !isSame(metric)).map(ranking);
  if (same.length === 0) return sentences;
  const values = same.map((metric) => `${metric.metric} ${shown(metric, metric.cells[0]!)}`).join(', ');
  const cells = same[0]!.cells.length;
  return [...sentences, cells > 1 ? `The same in all ${cells}: ${values}.` : `${values}.`];
}

function shown({ unit }: MetricResult, { estimate: { mean, halfWidth } }: CellResult): string {
  const margin = halfWidth === undefined ? '' : ` ± ${formatFigure(halfWidth, unit)}`;
  return `${formatFigure(mean, unit)}${margin}`;
}

const isSame = (metric: MetricResult): boolean =>
  new Set(metric.cells.map((cell) => shown(metric, cell))).size === 1;

function ranking(result: MetricResult): string {
  const { metric, meaning, better, cells } = result;
  const sign = better === 'higher' ? -1 : 1;
  const ranked = cells.toSorted((a, b) => sign * (a.estimate.mean - b.estimate.mean));
  return `${metric} (${meaning}): best ${ranked.map((cell) => `${cell.label} ${shown(result, cell)}`).join(', ')}.`;
}

function stopsOf(plan: Plan, records: Records): string[] {
  const found = [...records.values()];
  const times = found.map(({ simulatedSeconds }) => simulatedSeconds);
  const [least, most] = [Math.min(...times), Math.max(...times)].map((time) => time.toLocaleString('en-US'));
  const span = least === most ? `${least} s` : `${least} to ${most} s`;
  const stops = [...new Set(found.map(({ stopped }) => stopped))].join(', ');
  const missing = plan.runs.length - found.length;
  return [
    `${found.length} ${found.length === 1 ? 'run' : 'runs'} of ${span} simulated time, ended by: ${stops}.`,
    ...(missing > 0 ? [`${missing} runs failed and are not in these figures.`] : []),
  ];
}

const seedNotes = ({ cells, seeds }: Plan): string[] =>
  seeds.length >= LEAST_REPLICATIONS
    ? []
    : [
        `${seeds.length === 1 ? 'One seed' : `${seeds.length} seeds`}${cells.length > 1 ? ' each' : ''}: differences may be chance. Intervals need at least ${LEAST_REPLICATIONS} seeds: kubedes compare <scenario> --seeds 1..10.`,
      ];
