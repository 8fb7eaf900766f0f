/** Pictures over simulated time: one panel per run on a common scale, the parts of each in lines or stacked. */
import * as Plot from '@observablehq/plot';
import { lookOf } from '../palette.ts';
import type { Drawing, LegendEntry, PictureKind } from '../picture-kind.ts';
import { numberAt, type Row, type RunFiles } from '../results.ts';
import { MARGINS } from '../svg.ts';
import { formatNumber } from '../text.ts';

interface Part {
  readonly name: string;
  /** Its value at a sample, from the rows of that instant; undefined if there is none. */
  readonly of: (rows: readonly Row[]) => number | undefined;
}

interface OverTime extends Pick<PictureKind, 'id' | 'title' | 'question' | 'section' | 'file' | 'columns'> {
  readonly yLabel: string;
  readonly parts: readonly Part[];
  /** Parts of a whole lie upon each other. */
  readonly stacked?: boolean;
  /** For values that differ by orders of magnitude. */
  readonly logarithmic?: boolean;
}

/** Longer series are drawn as the largest value of every k samples, so that no peak is lost. */
export const MOST_POINTS = 240;
const MOST_RUNS = 8;
const PANEL_HEIGHT = 120;

interface Point {
  readonly run: string;
  readonly part: string;
  readonly time: number;
  readonly value: number;
}

export function overTime({
  parts,
  yLabel,
  stacked = false,
  logarithmic = false,
  ...kind
}: OverTime): PictureKind {
  return {
    ...kind,
    columns: ['time_s', ...kind.columns],
    mostRuns: MOST_RUNS,
    draw(runs) {
      const series = runs.map((run) => samplesOf(run, kind.file, ['time_s', ...kind.columns]));
      const every = Math.max(1, Math.ceil(Math.max(...series.map(({ length }) => length)) / MOST_POINTS));
      const points = runs.flatMap((run, i) => pointsOf(run.label, series[i]!, parts, every));
      const seen = parts.filter(({ name }) => points.some(({ part, value }) => part === name && value !== 0));
      if (seen.length === 0) return { because: 'it is zero all the time' };
      return drawingOf(
        points.filter(({ part }) => seen.some(({ name }) => name === part)),
        seen.map(({ name }) => name),
        { yLabel, stacked, logarithmic, every, runs: runs.map(({ label }) => label) },
      );
    },
  };
}

type Sample = readonly [time: number, rows: readonly Row[]];

/** Rows of the same instant together. */
function samplesOf(run: RunFiles, file: PictureKind['file'], columns: readonly string[]): Sample[] {
  const samples: [number, Row[]][] = [];
  for (const row of run.rows(file, columns)) {
    const time = numberAt(row, 'time_s');
    if (time === undefined) continue;
    if (samples.at(-1)?.[0] === time) samples.at(-1)![1].push(row);
    else samples.push([time, [row]]);
  }
  return samples;
}

function pointsOf(run: string, samples: readonly Sample[], parts: readonly Part[], every: number): Point[] {
  const points: Point[] = [];
  for (let i = 0; i < samples.length; i += every) {
    const group = samples.slice(i, i + every);
    for (const { name, of } of parts) {
      const values = group.flatMap(([, rows]) => of(rows) ?? []);
      if (values.length > 0)
        points.push({ run, part: name, time: group.at(-1)![0], value: Math.max(...values) });
    }
  }
  return points;
}

interface Shape {
  readonly yLabel: string;
  readonly stacked: boolean;
  readonly logarithmic: boolean;
  readonly every: number;
  readonly runs: readonly string[];
}

function drawingOf(
  points: readonly Point[],
  parts: readonly string[],
  { yLabel, stacked, logarithmic, every, runs }: Shape,
): Drawing {
  const looks = new Map(parts.map((part, i) => [part, lookOf(i)]));
  const colourOf = ({ part }: Point) => looks.get(part)!.colour;
  const place = { x: 'time', y: 'value', fy: 'run' } as const;
  const marks = stacked
    ? [Plot.areaY(points, { ...place, z: 'part', fill: colourOf, order: [...parts], curve: 'step-before' })]
    : parts.map((part) => {
        const own = points.filter((point) => point.part === part);
        const { colour, dash } = looks.get(part)!;
        return Plot.lineY(own, {
          ...place,
          stroke: colour,
          strokeWidth: part === parts[0] ? 3 : 1.6,
          strokeDasharray: dash,
        });
      });
  return {
    plots: [
      {
        height: MARGINS.marginTop + MARGINS.marginBottom + (PANEL_HEIGHT + 20) * runs.length,
        marginLeft: 62,
        x: { label: 'simulated time (s)', nice: true, zero: true },
        y: { label: yLabel, labelAnchor: 'center', labelArrow: 'none', ...yScale(logarithmic) },
        fy: { axis: null, padding: 20 / (PANEL_HEIGHT + 20), domain: [...runs] },
        marks: [...(logarithmic ? [] : [Plot.ruleY([0])]), ...marks, ...panelNames(runs)],
      },
    ],
    legend: parts.length > 1 ? parts.map((name) => legendEntry(name, looks.get(name)!, stacked)) : undefined,
    description: runs.map((run) => `${run}: ${peaks(points, run, parts, yLabel)}`),
    notes: every === 1 ? [] : [`Every point is the largest of ${every} samples.`],
    table: tableOf(points, parts, yLabel),
  };
}

const yScale = (logarithmic: boolean): Plot.ScaleOptions =>
  logarithmic
    ? { type: 'log', grid: true, nice: true, ticks: 3, tickFormat: formatNumber }
    : { grid: true, nice: true, ticks: 4, zero: true };

const legendEntry = (name: string, look: ReturnType<typeof lookOf>, stacked: boolean): LegendEntry => ({
  name,
  colour: look.colour,
  dash: look.dash,
  shape: stacked ? 'box' : 'line',
});

/** The name of each panel, above it on the left. */
export const panelNames = (runs: readonly string[]): Plot.Markish[] =>
  runs.length < 2
    ? []
    : [
        Plot.text(runs, {
          text: (run: string) => run,
          fy: (run: string) => run,
          frameAnchor: 'top-left',
          dx: 2,
          dy: -15,
          fontWeight: 600,
        }),
      ];

function peaks(points: readonly Point[], run: string, parts: readonly string[], unit: string): string {
  const shown = parts.flatMap((part) => {
    const own = points.filter((point) => point.run === run && point.part === part);
    const peak = own.reduce((high, point) => (point.value > high.value ? point : high), {
      time: 0,
      value: 0,
    });
    if (peak.value === 0) return [];
    const name = parts.length > 1 ? `${part} ` : '';
    return [`${name}up to ${formatNumber(peak.value)} ${unit} (at ${formatNumber(peak.time)} s)`];
  });
  return shown.length > 0 ? shown.join(', ') : 'nothing';
}

function tableOf(points: readonly Point[], parts: readonly string[], unit: string) {
  const rows = new Map<string, (string | number)[]>();
  for (const { run, time, part, value } of points) {
    const key = `${run}\n${time}`;
    let row = rows.get(key);
    if (row === undefined) rows.set(key, (row = [run, time, ...parts.map(() => '')]));
    row[2 + parts.indexOf(part)] = value;
  }
  return { head: ['run', 'time (s)', ...parts.map((part) => `${part} (${unit})`)], rows: [...rows.values()] };
}
