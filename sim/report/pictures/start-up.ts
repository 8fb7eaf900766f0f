/** Where the time from creation to Ready goes. */
import * as Plot from '@observablehq/plot';
import { INKS, SERIES_COLOURS } from '../palette.ts';
import type { Table } from '../picture.ts';
import type { PictureKind } from '../picture-kind.ts';
import { numberAt, type RunFiles } from '../results.ts';
import { MARGINS, WIDTH } from '../svg.ts';
import { formatNumber, textWidth } from '../text.ts';
import { quantile } from './quantile.ts';

const INSTANTS = [
  'created_s',
  'bound_s',
  'admitted_s',
  'sandbox_ready_s',
  'images_pulled_s',
  'started_s',
  'ready_s',
] as const;

/** From each instant to the next. */
const STEPS = ['1 schedule', '2 admit', '3 sandbox', '4 images', '5 start', '6 ready'] as const;

interface Span {
  readonly run: string;
  readonly step: (typeof STEPS)[number];
  readonly mean: number;
  readonly from: number;
  readonly sorted: readonly number[];
}

function spansOf(run: RunFiles): Span[] {
  const spans = STEPS.map((): number[] => []);
  for (const row of run.rows('pods', INSTANTS)) {
    const instants = INSTANTS.map((column) => numberAt(row, column));
    if (instants.includes(undefined)) continue;
    for (const [i, step] of spans.entries()) step.push(instants[i + 1]! - instants[i]!);
  }
  let from = 0;
  return spans.flatMap((values, i) => {
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const span = { run: run.label, step: STEPS[i]!, mean, from, sorted: values.sort((a, b) => a - b) };
    from += mean;
    return [span];
  });
}

export const START_UP: PictureKind = {
  id: 'start-up',
  title: 'Where start-up time goes',
  question: 'Which step takes how long from creation to Ready, on average?',
  section: 'Pods',
  file: 'pods',
  columns: INSTANTS,
  mostRuns: 12,
  draw(runs) {
    const spans = runs.flatMap(spansOf);
    if (spans.length === 0) return { because: 'no pod became Ready' };
    const labels = [...new Set(spans.map(({ run }) => run))];
    return {
      plots: [plotOf(spans, labels)],
      legend: STEPS.map((name, i) => ({ name, colour: SERIES_COLOURS[i]!, shape: 'box' })),
      description: labels.map((run) => `${run}: ${spoken(spans.filter((span) => span.run === run))}`),
      notes: ['Pods that became Ready; the steps of a bar add up to the mean time to Ready.'],
      table: tableOf(spans),
    };
  },
};

/** A bar a run, a piece a step; pieces that are wide enough have its number. */
function plotOf(spans: readonly Span[], labels: readonly string[]): Plot.PlotOptions {
  const marginLeft = Math.min(220, 16 + Math.max(...labels.map((label) => textWidth(label))));
  const longest = Math.max(...spans.map(({ from, mean }) => from + mean));
  const wide = spans.filter(({ mean }) => (mean / longest) * (WIDTH - marginLeft) > 14);
  return {
    height: MARGINS.marginTop + MARGINS.marginBottom + 36 * labels.length,
    marginLeft,
    x: { label: 'mean time since creation (s)', grid: true, zero: true },
    y: { label: null, domain: labels, padding: 0.25 },
    marks: [
      Plot.barX(spans, {
        x1: 'from',
        x2: (span: Span) => span.from + span.mean,
        y: 'run',
        fill: ({ step }: Span) => SERIES_COLOURS[STEPS.indexOf(step)]!,
        stroke: 'var(--gap, #fff)',
        strokeWidth: 0.75,
      }),
      Plot.text(wide, {
        x: (span: Span) => span.from + span.mean / 2,
        y: 'run',
        text: ({ step }: Span) => step.slice(0, 1),
        fill: ({ step }: Span) => INKS[STEPS.indexOf(step)]!,
        fontWeight: 600,
      }),
      Plot.ruleX([0]),
    ],
  };
}

const tableOf = (spans: readonly Span[]): Table => ({
  head: ['run', 'step', 'pods', 'mean (s)', 'median (s)', 'p99 (s)', 'largest (s)'],
  rows: spans.map(({ run, step, mean, sorted }) => [
    run,
    step,
    sorted.length,
    mean,
    quantile(sorted, 0.5),
    quantile(sorted, 0.99),
    sorted.at(-1)!,
  ]),
});

const spoken = (spans: readonly Span[]): string =>
  spans.map(({ step, mean }) => `${step.slice(2)} ${formatNumber(mean)} s`).join(', ');
