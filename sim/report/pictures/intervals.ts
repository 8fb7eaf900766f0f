/** One picture per metric: the mean of every cell with its interval and its seeds, and its difference from the first. */
import * as Plot from '@observablehq/plot';
import { SERIES_COLOURS } from '../palette.ts';
import type { Drawing, LeftOut } from '../picture-kind.ts';
import type { ComparedCell, ComparedMetric, Study } from '../study.ts';
import { MARGINS, WIDTH } from '../svg.ts';
import { textWidth } from '../text.ts';

const COLOUR = SERIES_COLOURS[0];
const ROW = 26;
const MARGIN_TOP = 6;

interface Dot {
  readonly label: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

/** What all of these pictures have in common. */
export const INTERVALS_NOTE =
  'Left: dots are means, lines 95 % intervals, small strokes the seeds. Right: the difference from the first cell, paired by seed; a filled dot differs from 0 after adjustment for all comparisons, a hollow one does not. With fewer than 3 seeds there are no intervals.';

const isSame = ({ cells }: ComparedMetric): boolean =>
  cells.length > 1 && cells.every(({ values }) => String(values) === String(cells[0]?.values));

type Format = Study['format'];

export function intervalDrawing(metric: ComparedMetric, format: Format): Drawing | LeftOut {
  if (isSame(metric)) return { because: 'it is the same in all cells under every seed' };
  const labels = metric.cells.map(({ label }) => label);
  const compared = metric.cells.some(({ difference }) => difference !== undefined && difference.count > 0);
  const [factor, unit] = scaleOf(metric.unit);
  const left = meansPlot(metric, labels, factor, compared ? Math.round(WIDTH * 0.58) : WIDTH, unit);
  return {
    plots: compared
      ? [left, differencesPlot(metric, labels, factor, WIDTH - (left.width ?? 0), unit)]
      : [left],
    description: metric.cells.map((cell) => spoken(cell, metric.unit, format)),
    table: tableOf(metric, format),
  };
}

/** What values are multiplied with to be drawn, and the unit then. */
function scaleOf(unit: string): [factor: number, unit: string] {
  if (unit === 'ratio') return [100, '%'];
  if (unit === 'us') return [0.001, 'ms'];
  return [1, unit === 'count' ? '' : unit];
}

const withUnit = (text: string, unit: string): string => (unit === '' ? text : `${text} (${unit})`);

function meansPlot(
  { cells, better }: ComparedMetric,
  labels: readonly string[],
  factor: number,
  width: number,
  unit: string,
): Plot.PlotOptions {
  const dots = cells.map(({ label, estimate: { mean, halfWidth = 0 } }): Dot => {
    const [m, h] = [mean * factor, halfWidth * factor];
    return { label, mean: m, low: m - h, high: m + h, significant: true };
  });
  const seeds = cells.flatMap(({ label, values }) =>
    values.map((value) => ({ label, value: value * factor })),
  );
  const marginLeft = Math.min(240, 16 + Math.max(...labels.map((label) => textWidth(label))));
  const hint = better === undefined ? '' : `, ${better} is better`;
  return {
    width,
    marginTop: MARGIN_TOP,
    height: MARGIN_TOP + MARGINS.marginBottom + ROW * labels.length,
    marginLeft,
    x: {
      label: withUnit(`mean${hint}`, unit),
      grid: true,
      ticks: 5,
      nice: true,
      insetLeft: 6,
      insetRight: 6,
    },
    y: { label: null, domain: [...labels], type: 'band', padding: 0.35 },
    marks: [
      Plot.tickX(seeds, { x: 'value', y: 'label', stroke: 'currentColor', strokeOpacity: 0.45 }),
      Plot.ruleY(dots, { x1: 'low', x2: 'high', y: 'label', stroke: COLOUR, strokeWidth: 3 }),
      Plot.dot(dots, { x: 'mean', y: 'label', fill: COLOUR, r: 4.5 }),
    ],
  };
}

function differencesPlot(
  { cells }: ComparedMetric,
  labels: readonly string[],
  factor: number,
  width: number,
  unit: string,
): Plot.PlotOptions {
  const dots = cells.flatMap(({ label, difference }): Dot[] => {
    if (difference === undefined || difference.count === 0) return [];
    const [m, h] = [difference.mean * factor, (difference.halfWidth ?? 0) * factor];
    return [{ label, mean: m, low: m - h, high: m + h, significant: difference.significant }];
  });
  const look = { y: 'label', stroke: COLOUR } as const;
  return {
    width,
    marginTop: MARGIN_TOP,
    height: MARGIN_TOP + MARGINS.marginBottom + ROW * labels.length,
    marginLeft: 36,
    x: {
      label: withUnit(`difference from ${labels[0]}`, unit === '%' ? 'percentage points' : unit),
      grid: true,
      ticks: 4,
      nice: true,
      zero: true,
      insetLeft: 6,
      insetRight: 6,
    },
    y: { axis: null, domain: [...labels], type: 'band', padding: 0.35 },
    marks: [
      Plot.ruleX([0], { strokeOpacity: 0.6 }),
      Plot.ruleY(dots, { ...look, x1: 'low', x2: 'high', strokeWidth: 3 }),
      Plot.dot(dots, {
        ...look,
        x: 'mean',
        r: 4.5,
        strokeWidth: 2,
        fill: ({ significant }: Dot) => (significant ? COLOUR : 'var(--gap, #fff)'),
      }),
    ],
  };
}

const around = (
  { mean, halfWidth }: ComparedCell['estimate'],
  unit: string,
  format: Format,
  difference = false,
) =>
  halfWidth === undefined
    ? format(mean, unit, difference)
    : `${format(mean, unit, difference)} ± ${format(halfWidth, unit, difference)}`;

const spoken = ({ label, estimate }: ComparedCell, unit: string, format: Format): string =>
  `${label}: ${around(estimate, unit, format)}`;

const tableOf = ({ cells, unit }: ComparedMetric, format: Format) => ({
  head: ['cell', 'seeds', 'mean ± 95 %', `difference from ${cells[0]?.label} ± 95 %`, 'told apart'],
  rows: cells.map(({ label, estimate, difference }) => [
    label,
    estimate.count,
    around(estimate, unit, format),
    difference === undefined ? '' : around(difference, unit, format, true),
    difference === undefined ? '' : difference.significant ? 'yes' : 'no',
  ]),
});
