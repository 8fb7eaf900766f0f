/** How full every node is over time, its GPUs apart, and when it was down. */
import * as Plot from '@observablehq/plot';
import { SERIES_COLOURS } from '../palette.ts';
import type { Table } from '../picture.ts';
import type { LegendEntry, PictureKind } from '../picture-kind.ts';
import { MARGINS } from '../svg.ts';
import { formatNumber, textWidth } from '../text.ts';
import { type Band, BINS, bandsOf, CPU, GPU, MEMORY, type NodeResource, nodeColumns } from './node-bands.ts';
import { panelNames } from './over-time.ts';

/** Steps of the scale of what is requested. */
const STEPS = 8;
const DOWN = 'down';
const DOWN_COLOUR = SERIES_COLOURS[1];
/** Of a band's node time, above which a cell is drawn as down. */
const MOSTLY = 0.5;
const TABLE_TIMES = 12;
/** Up to so many rows carry the names of their nodes; more, the names of their zones. */
const MOST_NAMES = 24;

interface Grid {
  readonly run: string;
  readonly end: number;
  readonly bands: readonly Band[];
}

/** A step of the scale, from 1; 0 is left blank. */
type Look = number | typeof DOWN;

/** Neighbouring cells of one look in a row. */
interface Box {
  readonly run: string;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly look: Look;
}

function lookOf({ level, down }: Band, bin: number): Look {
  if (down[bin]! > MOSTLY) return DOWN;
  const value = level[bin]!;
  return Number.isNaN(value) ? 0 : Math.min(STEPS, Math.ceil(value * STEPS - 1e-9));
}

function boxesOf({ run, end, bands }: Grid): Box[] {
  const boxes: Box[] = [];
  const second = (bin: number) => (bin * end) / BINS;
  for (const [row, band] of bands.entries())
    for (let from = 0, to = 0; from < BINS; from = to) {
      const look = lookOf(band, from);
      while (to < BINS && lookOf(band, to) === look) to++;
      if (look !== 0) boxes.push({ run, row, from: second(from), to: second(to), look });
    }
  return boxes;
}

/** All boxes of one look as one path: a hundredth of the size of as many rectangles. */
const asPaths =
  (boxes: readonly Box[]): Plot.RenderFunction =>
  (index, _scales, { x1, x2, y1, y2 }, _dimensions, { document }) => {
    const paths = new Map<Look, string>();
    for (const i of index) {
      const [left, right, top, bottom] = [x1, x2, y1, y2].map(
        (values) => Math.round(10 * Number(values![i])) / 10,
      );
      const { look } = boxes[i]!;
      paths.set(look, `${paths.get(look) ?? ''}M${left},${top}H${right}V${bottom}H${left}z`);
    }
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    // Without it, seams show between cells.
    group.setAttribute('shape-rendering', 'crispEdges');
    for (const [look, d] of paths) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', d);
      if (look === DOWN) path.setAttribute('fill', DOWN_COLOUR);
      else {
        path.setAttribute('class', 'heat');
        path.setAttribute('fill-opacity', String(look / STEPS));
      }
      group.append(path);
    }
    return group;
  };

interface RowName {
  readonly run: string;
  readonly row: number;
  readonly name: string;
}

/** Names of nodes if they fit, else of zones, in the middle of their rows. */
function rowNames({ run, bands }: Grid): RowName[] {
  if (bands.length <= MOST_NAMES && bands.every(({ count }) => count === 1))
    return bands.map(({ nodes }, row) => ({ run, row: row + 0.5, name: nodes[0] }));
  const zones = bands.map(({ zone }) => zone);
  return [...new Set(zones)]
    .map((name) => ({ name, first: zones.indexOf(name), last: zones.lastIndexOf(name) }))
    .filter(({ name, first, last }) => name !== '' && last - first >= 2)
    .map(({ name, first, last }) => ({ run, row: (first + last + 1) / 2, name }));
}

const LEGEND: readonly LegendEntry[] = [
  ...[1, STEPS / 2, STEPS].map(
    (step): LegendEntry => ({
      name: step === 1 ? `up to ${formatNumber(100 / STEPS)} % requested` : `${(100 * step) / STEPS} %`,
      colour: 'currentColor',
      shape: 'heat',
      opacity: step / STEPS,
    }),
  ),
  { name: 'down', colour: DOWN_COLOUR, shape: 'box' },
];

interface HeatMap extends Pick<PictureKind, 'id' | 'title' | 'question'> {
  readonly resources: readonly NodeResource[];
  /** Of the resources. */
  readonly name: string;
  /** What the level says. */
  readonly level: string;
}

const heatMap = ({ resources, name, level, ...kind }: HeatMap): PictureKind => ({
  ...kind,
  section: 'Nodes',
  file: 'nodes',
  columns: nodeColumns(resources),
  mostRuns: 4,
  draw(runs) {
    const grids = runs
      .map((run) => ({
        run: run.label,
        end: run.manifest.simulatedSeconds,
        bands: bandsOf(run, resources),
      }))
      .filter(({ bands }) => bands.length > 0);
    if (grids.length === 0) return { because: `no node has ${name}` };
    const without = runs.map(({ label }) => label).filter((label) => grids.every(({ run }) => run !== label));
    return {
      plots: [plotOf(grids)],
      legend: LEGEND,
      description: grids.map(describe),
      notes: [
        level,
        ...notesOf(grids),
        ...(without.length > 0 ? [`No node has ${name} in: ${without.join(', ')}.`] : []),
      ],
      table: tableOf(grids),
    };
  },
});

/** A panel a run, one above the other. */
function plotOf(grids: readonly Grid[]): Plot.PlotOptions {
  const rows = Math.max(...grids.map(({ bands }) => bands.length));
  const boxes = grids.flatMap(boxesOf);
  const names = grids.flatMap(rowNames);
  const panel = Math.max(40, rows * (rows <= MOST_NAMES ? 14 : 3.5));
  return {
    height: MARGINS.marginTop + MARGINS.marginBottom + (panel + 22) * grids.length,
    marginLeft: 16 + Math.max(30, ...names.map(({ name }) => textWidth(name, 11))),
    x: { label: 'simulated time (s)', domain: [0, Math.max(...grids.map(({ end }) => end))] },
    y: { axis: null, domain: [0, rows], reverse: true },
    fy: { axis: null, padding: 22 / (panel + 22), domain: grids.map(({ run }) => run) },
    marks: [
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.25 }),
      Plot.rect(boxes, {
        x1: 'from',
        x2: 'to',
        y1: 'row',
        y2: (box: Box) => box.row + 1,
        fy: 'run',
        inset: 0,
        render: asPaths(boxes),
      }),
      Plot.text(names, {
        y: 'row',
        fy: 'run',
        text: 'name',
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -6,
        fontSize: 11,
      }),
      ...panelNames(grids.map(({ run }) => run)),
    ],
  };
}

export const HEAT_MAPS: readonly PictureKind[] = [
  heatMap({
    id: 'nodes',
    title: 'How full the nodes are',
    question: 'Is load spread or packed, and which nodes were down when?',
    resources: [CPU, MEMORY],
    name: 'CPU or memory',
    level: 'Requested over allocatable, of CPU or memory whichever is more, as the last sample before says.',
  }),
  heatMap({
    id: 'node-gpus',
    title: 'How full the GPUs of the nodes are',
    question:
      'Are GPUs handed out node by node or in pieces everywhere, so that whole ones are hard to find?',
    resources: [GPU],
    name: 'GPUs',
    level:
      'Requested over allocatable GPUs, shares counted as such, as the last sample before says. Nodes without GPUs are left out.',
  }),
];

const mean = (values: Float64Array): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

function describe({ run, bands }: Grid): string {
  const levels = bands.map(({ level }) => mean(level)).filter((level) => !Number.isNaN(level));
  const lost = bands.filter(({ down }) => down.some((share) => share > MOSTLY)).length;
  const range = [Math.min(...levels), Math.max(...levels)].map((level) => formatNumber(100 * level));
  return `${run}: rows between ${range.join(' and ')} % on average, ${lost} of ${bands.length} down for a time`;
}

function notesOf(grids: readonly Grid[]): string[] {
  const most = Math.max(...grids.flatMap(({ bands }) => bands.map(({ count }) => count)));
  return [
    ...(most > 1
      ? [
          `A row is the mean of up to ${most} nodes, in order of zone and name; it is shown as down while more than half of them are.`,
        ]
      : []),
  ];
}

/** Every row of the picture at twelve instants. */
function tableOf(grids: readonly Grid[]): Table {
  const bins = Array.from({ length: TABLE_TIMES }, (_, i) => ((i + 1) * BINS) / TABLE_TIMES - 1);
  const end = Math.max(...grids.map((grid) => grid.end));
  return {
    head: ['run', 'nodes', 'zone', ...bins.map((bin) => `${formatNumber(((bin + 1) * end) / BINS)} s (%)`)],
    rows: grids.flatMap(({ run, bands }) =>
      bands.map((band) => [
        run,
        band.count === 1 ? band.nodes[0] : `${band.nodes.join(' to ')} (${band.count})`,
        band.zone,
        ...bins.map((bin) =>
          lookOf(band, bin) === DOWN ? 'down' : Number((100 * band.level[bin]!).toPrecision(3)),
        ),
      ]),
    ),
  };
}
