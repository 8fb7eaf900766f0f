/** Latency of answered requests by kube-proxy mode. */
import * as Plot from '@observablehq/plot';
import { compareTexts } from '../../engine/index.ts';
import { SERIES_COLOURS } from '../palette.ts';
import type { Table } from '../picture.ts';
import type { PictureKind } from '../picture-kind.ts';
import { numberAt, type RunFiles } from '../results.ts';
import { MARGINS } from '../svg.ts';
import { formatNumber, textWidth } from '../text.ts';
import { quantile } from './quantile.ts';

const LEVELS = [
  { name: 'p50', column: 'latency_p50_us', symbol: 'circle' },
  { name: 'p90', column: 'latency_p90_us', symbol: 'square' },
  { name: 'p99', column: 'latency_p99_us', symbol: 'triangle' },
  { name: 'p99.9', column: 'latency_p999_us', symbol: 'diamond' },
] as const;

interface Level {
  readonly row: string;
  readonly mode: string;
  readonly run: string;
  readonly name: string;
  readonly intervals: number;
  /** Milliseconds. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Over the sample intervals of all Services: the middle one, and between which nine of ten lie. */
function levelsOf(run: RunFiles): Level[] {
  const columns = LEVELS.map(({ column }) => column);
  const modes = new Map<string, number[][]>();
  for (const row of run.rows('services', ['mode', ...columns])) {
    const values = columns.map((column) => numberAt(row, column));
    if (values.includes(undefined)) continue;
    const mode = row['mode'] ?? '';
    let lists = modes.get(mode);
    if (lists === undefined) modes.set(mode, (lists = LEVELS.map(() => [])));
    for (const [i, list] of lists.entries()) list.push(values[i]! / 1000);
  }
  return [...modes].flatMap(([mode, lists]) =>
    LEVELS.map(({ name }, i) => {
      const sorted = lists[i]!.sort((a, b) => a - b);
      const [low, middle, high] = [0.05, 0.5, 0.95].map((p) => quantile(sorted, p)) as [
        number,
        number,
        number,
      ];
      const row = run.label === mode ? mode : `${mode} · ${run.label}`;
      return { row, mode, run: run.label, name, intervals: sorted.length, low, middle, high };
    }),
  );
}

export const PROXY_LATENCY: PictureKind = {
  id: 'proxy-latency',
  title: 'Service latency by proxy mode',
  question: 'What does a kube-proxy mode cost in latency, for most requests and for the slowest?',
  section: 'Services',
  file: 'services',
  columns: ['mode', ...LEVELS.map(({ column }) => column)],
  mostRuns: 12,
  draw(runs) {
    const levels = runs.flatMap(levelsOf).sort((a, b) => compareTexts(a.mode, b.mode));
    if (levels.length === 0) return { because: 'no request was answered' };
    const rows = [...new Set(levels.map(({ row }) => row))];
    return {
      plots: [plotOf(levels, rows)],
      legend: LEVELS.map(({ name, symbol }, i) => ({
        name,
        colour: SERIES_COLOURS[i]!,
        shape: 'dot',
        symbol,
      })),
      description: rows.map((row) => `${row}: ${spoken(levels.filter((level) => level.row === row))}`),
      notes: [
        'A dot is the median over the sample intervals, its line reaches over nine tenths of them; requests that failed have no latency.',
      ],
      table: tableOf(levels),
    };
  },
};

const spoken = (levels: readonly Level[]): string =>
  levels.map(({ name, middle }) => `${name} ${formatNumber(middle)} ms`).join(', ');

/** One line of dots and intervals for each percentile, side by side within a row. */
const plotOf = (levels: readonly Level[], rows: readonly string[]): Plot.PlotOptions => ({
  height: MARGINS.marginTop + MARGINS.marginBottom + 40 * rows.length,
  marginLeft: Math.min(260, 16 + Math.max(...rows.map((row) => textWidth(row)))),
  x: { type: 'log', label: 'latency (ms)', grid: true, nice: true, ticks: 5, tickFormat: formatNumber },
  y: { label: null, domain: rows, type: 'point', padding: 0.7 },
  marks: LEVELS.flatMap(({ name, symbol }, i) => {
    const own = levels.filter((level) => level.name === name);
    const place = { y: 'row', dy: 6 * (i - 1.5) } as const;
    const colour = SERIES_COLOURS[i]!;
    return [
      Plot.ruleY(own, { ...place, x1: 'low', x2: 'high', stroke: colour, strokeWidth: 1.5 }),
      Plot.dot(own, { ...place, x: 'middle', symbol, fill: colour, r: 4.5 }),
    ];
  }),
});

const tableOf = (levels: readonly Level[]): Table => ({
  head: ['mode', 'run', 'percentile', 'intervals', '5 % of intervals (ms)', 'median (ms)', '95 % (ms)'],
  rows: levels.map(({ mode, run, name, intervals, low, middle, high }) => [
    mode,
    run,
    name,
    intervals,
    low,
    middle,
    high,
  ]),
});
