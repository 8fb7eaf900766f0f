/** The life of pods as bars: waiting, starting, running. */
import * as Plot from '@observablehq/plot';
import { SERIES_COLOURS } from '../palette.ts';
import type { LegendEntry, PictureKind } from '../picture-kind.ts';
import { numberAt, type RunFiles } from '../results.ts';
import { MARGINS } from '../svg.ts';
import { formatNumber } from '../text.ts';
import { panelNames } from './over-time.ts';

/** Of more pods, those that waited longest are drawn, and others evenly spaced in order of creation. */
export const MOST_PODS = 60;
export const LONGEST_WAITS = 20;
const ROW_HEIGHT = 6;
const COLUMNS = [
  'namespace',
  'name',
  'created_s',
  'bound_s',
  'started_s',
  'finished_s',
  'deleted_s',
  'node',
  'phase',
] as const;

interface Life {
  readonly run: string;
  readonly pod: string;
  readonly node: string;
  readonly phase: string;
  readonly created: number;
  readonly bound: number | undefined;
  readonly started: number | undefined;
  readonly end: number;
}

function livesOf(run: RunFiles): Life[] {
  const lives: Life[] = [];
  for (const row of run.rows('pods', COLUMNS)) {
    const created = numberAt(row, 'created_s');
    if (created === undefined) continue;
    lives.push({
      run: run.label,
      pod: `${row['namespace']}/${row['name']}`,
      node: row['node'] ?? '',
      phase: row['phase'] ?? '',
      created,
      bound: numberAt(row, 'bound_s'),
      started: numberAt(row, 'started_s'),
      end: numberAt(row, 'finished_s') ?? numberAt(row, 'deleted_s') ?? run.manifest.simulatedSeconds,
    });
  }
  return lives.sort((a, b) => a.created - b.created || (a.pod < b.pod ? -1 : 1));
}

const waitOf = ({ created, bound, end }: Life): number => (bound ?? end) - created;

/** In order of creation. */
function sampleOf(lives: readonly Life[]): Life[] {
  if (lives.length <= MOST_PODS) return [...lives];
  const longest = lives.toSorted((a, b) => waitOf(b) - waitOf(a)).slice(0, LONGEST_WAITS);
  const chosen = new Set(longest);
  const others = lives.filter((life) => !chosen.has(life));
  const even = MOST_PODS - LONGEST_WAITS;
  for (let i = 0; i < even; i++) chosen.add(others[Math.floor((i * others.length) / even)]!);
  return lives.filter((life) => chosen.has(life));
}

interface Bar {
  readonly life: Life;
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

const STATES = [
  { name: 'waiting for a node', shape: 'thin', colour: SERIES_COLOURS[1] },
  { name: 'starting', shape: 'outline', colour: SERIES_COLOURS[3] },
  { name: 'running', shape: 'box', colour: SERIES_COLOURS[0] },
] as const satisfies readonly LegendEntry[];

/** The bar of a state, if the pod was in it. */
function barOf(life: Life, row: number, state: number): Bar | undefined {
  const instants = [life.created, life.bound, life.started, life.end];
  const from = instants[state];
  if (from === undefined) return undefined;
  const to = instants.slice(state + 1).find((instant) => instant !== undefined) ?? life.end;
  return to > from ? { life, row, from, to } : undefined;
}

/** Half the height of a bar: states differ in height and filling, not in colour alone. */
const HALF_HEIGHTS = [0.12, 0.3, 0.42] as const;

export const GANTT: PictureKind = {
  id: 'gantt',
  title: 'Lives of pods',
  question: 'Which pods wait, start and run when, and do waits come one by one or in waves?',
  section: 'Pods',
  file: 'pods',
  columns: COLUMNS,
  mostRuns: 4,
  draw(runs) {
    const all = runs.map(livesOf);
    const shown = all.map(sampleOf);
    const labels = runs.map(({ label }) => label);
    const rows = Math.max(...shown.map(({ length }) => length));
    const panel = Math.max(30, rows * ROW_HEIGHT);
    const bars = STATES.map((_, state) =>
      shown.flatMap((lives) => lives.flatMap((life, row) => barOf(life, row, state) ?? [])),
    );
    return {
      plots: [
        {
          height: MARGINS.marginTop + MARGINS.marginBottom + (panel + 22) * labels.length,
          marginLeft: 20,
          x: { label: 'simulated time (s)', grid: true, zero: true },
          y: { axis: null, domain: [0, rows], reverse: true },
          fy: { axis: null, padding: 22 / (panel + 22), domain: labels },
          marks: [...bars.map(barMark), ...panelNames(labels)],
        },
      ],
      legend: STATES,
      description: labels.map((label, i) => describe(label, all[i]!)),
      notes: [
        'In order of creation from above.',
        ...(all.some(({ length }) => length > MOST_PODS)
          ? [
              `Of each run ${MOST_PODS} pods: the ${LONGEST_WAITS} that waited longest for a node, and others evenly spaced.`,
            ]
          : []),
      ],
      table: {
        head: ['pod', 'run', 'node', 'phase', 'created (s)', 'bound (s)', 'started (s)', 'end (s)'],
        rows: shown
          .flat()
          .map(({ pod, run, node, phase, created, bound, started, end }) => [
            pod,
            run,
            node,
            phase,
            created,
            bound ?? '',
            started ?? '',
            end,
          ]),
      },
    };
  },
};

function barMark(bars: readonly Bar[], state: number): Plot.Markish {
  const { name, shape, colour } = STATES[state]!;
  const half = HALF_HEIGHTS[state]!;
  return Plot.rect(bars, {
    x1: 'from',
    x2: 'to',
    y1: ({ row }: Bar) => row + 0.5 - half,
    y2: ({ row }: Bar) => row + 0.5 + half,
    fy: ({ life }: Bar) => life.run,
    inset: 0,
    ...(shape === 'outline' ? { fill: 'none', stroke: colour } : { fill: colour }),
    title: ({ life, from, to }: Bar) =>
      `${life.pod} ${name} ${formatNumber(from)}–${formatNumber(to)} s${state > 0 ? ` on ${life.node}` : ''}`,
  });
}

function describe(label: string, lives: readonly Life[]): string {
  const waited = lives.filter((life) => waitOf(life) > 1).length;
  const unbound = lives.filter(({ bound }) => bound === undefined).length;
  return `${label}: ${formatNumber(lives.length)} pods, ${formatNumber(waited)} waited for more than a second, ${formatNumber(unbound)} never got a node`;
}
