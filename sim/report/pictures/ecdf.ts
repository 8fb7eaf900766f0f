/** Empirical distribution functions of what pods wait for. Pods that never get there count: their curve ends below 100 %. */
import * as Plot from '@observablehq/plot';
import { lookOf } from '../palette.ts';
import type { Drawing, PictureKind } from '../picture-kind.ts';
import { numberAt, type RunFiles } from '../results.ts';
import { WIDTH } from '../svg.ts';
import { formatNumber } from '../text.ts';
import { quantile } from './quantile.ts';

/** Curves are drawn through so many quantiles at most, the smallest and the largest value among them. */
export const MOST_STEPS = 200;
/** Above this ratio of the largest value to the median axes are logarithmic. */
const LONG_TAIL = 20;
const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

interface Distribution {
  readonly run: string;
  /** Pods counted, with those that never got there. */
  readonly count: number;
  readonly sorted: readonly number[];
}

interface Ecdf extends Pick<PictureKind, 'id' | 'title' | 'question'> {
  readonly from: string;
  readonly to: string;
  readonly xLabel: string;
  readonly nothing: string;
}

const ecdf = ({ from, to, xLabel, nothing, ...kind }: Ecdf): PictureKind => ({
  ...kind,
  section: 'Pods',
  file: 'pods',
  columns: [from, to],
  mostRuns: 12,
  draw(runs) {
    const found = runs.map((run) => distributionOf(run, from, to));
    return found.every(({ sorted }) => sorted.length === 0) ? { because: nothing } : drawingOf(found, xLabel);
  },
});

function distributionOf(run: RunFiles, from: string, to: string): Distribution {
  const values: number[] = [];
  let count = 0;
  for (const row of run.rows('pods', [from, to])) {
    const [begin, end] = [numberAt(row, from), numberAt(row, to)];
    if (begin === undefined) continue;
    count++;
    if (end !== undefined) values.push(end - begin);
  }
  return { run: run.label, count, sorted: values.sort((a, b) => a - b) };
}

interface Point {
  readonly x: number;
  /** Percent of all pods. */
  readonly y: number;
}

/** Corners of the curve from its smallest value on: half of them evenly spaced, half ever closer to the largest. */
export function curveOf({ sorted, count }: Distribution): Point[] {
  return ranksOf(sorted.length).map((rank) => ({ x: sorted[rank - 1]!, y: (100 * rank) / count }));
}

function ranksOf(n: number): number[] {
  if (n <= MOST_STEPS) return Array.from({ length: n }, (_, i) => i + 1);
  const half = MOST_STEPS / 2;
  const ranks = Array.from({ length: half }, (_, i) => [
    1 + Math.round((i * (n - 1)) / (half - 1)),
    n - Math.round(n ** (1 - (i + 1) / half)) + 1,
  ]);
  return [...new Set(ranks.flat())].sort((a, b) => a - b);
}

/** Values that differ by orders of magnitude get a second panel, in which the slow ones show. */
function drawingOf(found: readonly Distribution[], xLabel: string): Drawing {
  const all = found.flatMap(({ sorted }) => sorted).sort((a, b) => a - b);
  const least = all.find((value) => value > 0) ?? 0;
  const longTail = least > 0 && all.at(-1)! > LONG_TAIL * Math.max(least, quantile(all, 0.5));
  const x = axisOf(xLabel, longTail ? [least, all.at(-1)!] : undefined);
  const curves = found.map((distribution) =>
    curveOf(distribution).map(({ x, y }) => ({ x: longTail ? Math.max(x, least) : x, y })),
  );
  const mostPods = Math.max(...found.map(({ count }) => count));
  const width = longTail ? WIDTH / 2 : WIDTH;
  return {
    plots: [
      {
        width,
        height: 260,
        x,
        y: { label: '% of pods within', domain: [0, 100], grid: true },
        marks: curvesUp(curves),
      },
      ...(longTail
        ? [
            {
              width,
              height: 260,
              x,
              y: { label: '% of pods later', ...logAxis([100 / mostPods, 100]) },
              marks: curvesDown(curves),
            },
          ]
        : []),
    ],
    legend: found.map(({ run }, i) => ({ name: run, shape: 'line', ...lookOf(i) })),
    description: found.map(spoken),
    notes: found.some(({ sorted }) => sorted.length > MOST_STEPS)
      ? [`Curves go through at most ${MOST_STEPS} quantiles, more of them among the slowest.`]
      : [],
    table: tableOf(found),
  };
}

const axisOf = (label: string, range: readonly [number, number] | undefined): Plot.ScaleOptions => ({
  label: `${label} (s)`,
  grid: true,
  ...(range === undefined ? { nice: true, zero: true, ticks: 6 } : logAxis(range)),
});

/** Whole decades, at most six of them named. */
function logAxis([least, most]: readonly [number, number]): Plot.ScaleOptions {
  const [from, to] = [Math.floor(Math.log10(least) + 1e-9), Math.ceil(Math.log10(most) - 1e-9)];
  const every = Math.ceil((to - from) / 6);
  const ticks = Array.from(
    { length: Math.floor((to - from) / every) + 1 },
    (_, i) => 10 ** (from + i * every),
  );
  return {
    type: 'log',
    domain: [10 ** from, 10 ** to],
    ticks,
    tickFormat: formatNumber,
    grid: true,
    clamp: true,
  };
}

const lineOf = (points: readonly Point[], index: number): Plot.Markish => {
  const { colour, dash } = lookOf(index);
  return Plot.lineY(points, {
    x: 'x',
    y: 'y',
    stroke: colour,
    strokeDasharray: dash,
    strokeWidth: index === 0 ? 3 : 1.8,
    curve: 'step-after',
  });
};

const curvesUp = (curves: readonly Point[][]): Plot.Markish[] => [
  Plot.ruleY([0]),
  ...curves.map((curve, i) => lineOf(curve.length === 0 ? [] : [{ x: curve[0]!.x, y: 0 }, ...curve], i)),
];

/** From all pods down to those that are still waiting after the longest wait that ended. */
const curvesDown = (curves: readonly Point[][]): Plot.Markish[] =>
  curves.map((curve, i) =>
    lineOf(
      curve.length === 0
        ? []
        : [
            { x: curve[0]!.x, y: 100 },
            ...curve.map(({ x, y }) => ({ x, y: Math.max(Number.MIN_VALUE, 100 - y) })),
          ],
      i,
    ),
  );

function spoken({ run, count, sorted }: Distribution): string {
  if (sorted.length === 0) return `${run}: none of ${formatNumber(count)} pods`;
  const [middle, high, most] = [0.5, 0.99, 1].map((p) => formatNumber(quantile(sorted, p)));
  const never = count - sorted.length;
  const rest = never === 0 ? '' : `, ${formatNumber(never)} of ${formatNumber(count)} pods never`;
  return `${run}: half within ${middle} s, 99 % within ${high} s, at most ${most} s${rest}`;
}

const tableOf = (found: readonly Distribution[]) => ({
  head: ['run', 'pods', 'never', ...LEVELS.map((p) => `p${p * 100} (s)`), 'largest (s)'],
  rows: found.map(({ run, count, sorted }) => [
    run,
    count,
    count - sorted.length,
    ...LEVELS.map((p) => quantile(sorted, p)),
    sorted.at(-1) ?? '',
  ]),
});

export const ECDFS: readonly PictureKind[] = [
  ecdf({
    id: 'ecdf-waiting',
    title: 'Time until a node is found',
    question: 'How long do pods wait for a node, and how many wait far longer than most?',
    from: 'created_s',
    to: 'bound_s',
    xLabel: 'creation to binding',
    nothing: 'no pod was bound',
  }),
  ecdf({
    id: 'ecdf-start-up',
    title: 'Time until started',
    question: 'How long does it take until all containers of a pod run?',
    from: 'created_s',
    to: 'started_s',
    xLabel: 'creation to all containers started',
    nothing: 'no pod was started',
  }),
  ecdf({
    id: 'ecdf-completion',
    title: 'Time until finished',
    question: 'How long does it take from the creation of a pod to its end?',
    from: 'created_s',
    to: 'finished_s',
    xLabel: 'creation to a terminal phase',
    nothing: 'no pod came to an end',
  }),
];
