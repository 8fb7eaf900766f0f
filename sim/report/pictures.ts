/** The pictures of a report: a table of questions, each answered from the CSV files of the runs. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { numberAt, type Row, type RunFiles } from './results.ts';

export interface Picture {
  readonly id: string;
  readonly title: string;
  /** What to look for, in a sentence. */
  readonly caption: string;
  readonly svg: string;
}

interface Point {
  readonly run: string;
  readonly x: number;
  readonly y: number;
  readonly part?: string;
}

interface PictureKind {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** No points, or only zeros: the picture is left out. */
  readonly points: (run: RunFiles) => readonly Point[];
  readonly plot: (points: readonly Point[]) => Plot.PlotOptions;
}

const overTime =
  (file: string, y: (row: Row) => number | undefined, part?: string) =>
  (run: RunFiles): Point[] =>
    run.rows(file).flatMap((row) => {
      const [x, value] = [numberAt(row, 'time_s'), y(row)];
      return x === undefined || value === undefined
        ? []
        : [{ run: run.label, x, y: value, ...(part && { part }) }];
    });

/** Of the requests whose client was up. */
const errorRatio = (row: Row): number | undefined => {
  const sent = (numberAt(row, 'requests') ?? 0) - (numberAt(row, 'client_down') ?? 0);
  return sent > 0 ? 100 * (1 - (numberAt(row, 'ok') ?? 0) / sent) : undefined;
};

const lines =
  (yLabel: string, extra: Partial<Plot.PlotOptions> = {}) =>
  (points: readonly Point[]): Plot.PlotOptions => ({
    x: { label: 'simulated time (s)' },
    y: { label: yLabel, grid: true, zero: true },
    color: { legend: false },
    marks: [
      Plot.ruleY([0]),
      Plot.lineY(points, { x: 'x', y: 'y', stroke: 'run', strokeWidth: 1.5, curve: 'step-after' }),
    ],
    ...extra,
  });

/** Runs below each other: equal lines would hide one another. */
const facets =
  (yLabel: string) =>
  (points: readonly Point[]): Plot.PlotOptions => ({
    ...lines(yLabel)(points),
    fy: { label: null, padding: 0.15 },
    marginRight: 90,
    height: 60 + 130 * new Set(points.map((point) => point.run)).size,
    marks: [
      Plot.ruleY([0]),
      Plot.areaY(points, { x: 'x', y: 'y', fy: 'run', fill: 'run', fillOpacity: 0.25, curve: 'step-after' }),
      Plot.lineY(points, { x: 'x', y: 'y', fy: 'run', stroke: 'run', strokeWidth: 1.5, curve: 'step-after' }),
    ],
  });

const STARTUP_STEPS: readonly { readonly part: string; readonly from: string; readonly to: string }[] = [
  { part: '1 schedule', from: 'created_s', to: 'bound_s' },
  { part: '2 admit', from: 'bound_s', to: 'admitted_s' },
  { part: '3 sandbox', from: 'admitted_s', to: 'sandbox_ready_s' },
  { part: '4 images', from: 'sandbox_ready_s', to: 'images_pulled_s' },
  { part: '5 start', from: 'images_pulled_s', to: 'started_s' },
  { part: '6 ready', from: 'started_s', to: 'ready_s' },
];

function startupParts(run: RunFiles): Point[] {
  return STARTUP_STEPS.flatMap(({ part, from, to }) => {
    const spans = run.rows('pods').flatMap((row) => {
      const [begin, end] = [numberAt(row, from), numberAt(row, to)];
      return begin === undefined || end === undefined ? [] : [end - begin];
    });
    if (spans.length === 0) return [];
    return [{ run: run.label, part, x: 0, y: spans.reduce((sum, span) => sum + span, 0) / spans.length }];
  });
}

const PICTURES: readonly PictureKind[] = [
  {
    id: 'errors',
    title: 'Requests not answered',
    caption: 'Share of requests in each interval that ended with an error, by run.',
    points: overTime('services', errorRatio),
    plot: facets('% of requests'),
  },
  {
    id: 'latency',
    title: 'Request latency, 99th percentile',
    caption: 'Of answered requests, in each interval.',
    points: overTime('services', (row) => {
      const us = numberAt(row, 'latency_p99_us');
      return us === undefined ? undefined : us / 1000;
    }),
    plot: lines('ms'),
  },
  {
    id: 'ready',
    title: 'Pods ready',
    caption: 'Pods with condition Ready=True as the API shows them.',
    points: overTime('cluster', (row) => numberAt(row, 'pods_ready')),
    plot: facets('pods'),
  },
  {
    id: 'pending',
    title: 'Pods waiting for a node',
    caption: 'Pods not bound, by run.',
    points: overTime('cluster', (row) => numberAt(row, 'pods_pending')),
    plot: lines('pods'),
  },
  {
    id: 'requested',
    title: 'CPU requested',
    caption: 'CPU requested by bound pods over allocatable CPU.',
    points: overTime('cluster', (row) => {
      const ratio = numberAt(row, 'cpu_requested_ratio');
      return ratio === undefined ? undefined : 100 * ratio;
    }),
    plot: lines('% of allocatable'),
  },
  {
    id: 'startup',
    title: 'Where start-up time goes',
    caption: 'Mean time of each step from creation to ready.',
    points: startupParts,
    plot: (points) => ({
      x: { label: 'seconds', grid: true },
      y: { label: null },
      color: { legend: false },
      marginLeft: 90,
      height: 60 + 40 * new Set(points.map((point) => point.run)).size,
      marks: [
        Plot.barX(points, { x: 'y', y: 'run', fill: 'part', order: 'part', title: 'part' }),
        Plot.ruleX([0]),
      ],
    }),
  },
];

export function drawPictures(runs: readonly RunFiles[]): Picture[] {
  return PICTURES.flatMap(({ id, title, caption, points, plot }) => {
    const all = runs.flatMap(points);
    if (all.every((point) => point.y === 0)) return [];
    return [{ id, title, caption, svg: render(plot(all), legendOf(all)) }];
  });
}

/** Names with the colours that `observable10` gives them, in order of first appearance. */
function legendOf(points: readonly Point[]): readonly string[] {
  return [...new Set(points.map((point) => point.part ?? point.run))];
}

const WIDTH = 820;
const OBSERVABLE10 = [
  '#4269d0',
  '#efb118',
  '#ff725c',
  '#6cc5b0',
  '#3ca951',
  '#ff8ab7',
  '#a463f2',
  '#97bbf5',
  '#9c6b4e',
  '#9498a0',
];

function render(options: Plot.PlotOptions, names: readonly string[]): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const color = {
    ...options.color,
    domain: [...names],
    range: names.map((_, i) => OBSERVABLE10[i % OBSERVABLE10.length] ?? ''),
  };
  const height = options.height ?? 240;
  const figure = Plot.plot({ width: WIDTH, height, ...options, color, document });
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return names.length > 1 ? withLegend(figure.outerHTML, names, height) : figure.outerHTML;
}

/** The legend goes into the picture itself, above the plot, so that a picture stands alone. */
function withLegend(svg: string, names: readonly string[], height: number): string {
  const entries = names.map((name, i) => {
    const x = 40 + i * 120;
    const colour = OBSERVABLE10[i % OBSERVABLE10.length];
    return `<g transform="translate(${x},-12)"><rect width="10" height="10" y="-9" fill="${colour}"/><text x="15" text-anchor="start">${escapeXml(name)}</text></g>`;
  });
  return svg
    .replace(
      /viewBox="0 0 (\d+) \d+" height="\d+"/,
      (_, width) => `viewBox="0 -30 ${width} ${height + 30}" height="${height + 30}"`,
    )
    .replace('</svg>', `<g font-size="11">${entries.join('')}</g></svg>`);
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
