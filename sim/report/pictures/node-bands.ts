/** nodes.csv reduced to a grid of bands of nodes and bins of time, whatever the size of the cluster. */
import { numberAt, type RunFiles } from '../results.ts';

export const MOST_BANDS = 60;
export const BINS = 120;

export const NODE_COLUMNS = [
  'time_s',
  'node',
  'zone',
  'up',
  'cpu_allocatable_milli',
  'cpu_requested_milli',
  'memory_allocatable_bytes',
  'memory_requested_bytes',
] as const;

export interface Band {
  readonly zone: string;
  /** First and last node of the band. */
  readonly nodes: readonly [first: string, last: string];
  readonly count: number;
  /** Per bin: the mean share that is requested on nodes that are up, 0 to 1; NaN without such a node. */
  readonly level: Float64Array;
  /** Per bin: the share of the nodes' time in which they were down; NaN before there were any. */
  readonly down: Float64Array;
}

/** What one node did: seconds known, seconds down, and requested share × seconds, per bin. */
interface NodeTime {
  readonly node: string;
  readonly zone: string;
  readonly known: Float32Array;
  readonly down: Float32Array;
  readonly level: Float32Array;
  since: number;
  up: boolean;
  share: number;
}

/** Of more zones, bands go on from one into the next. */
const MOST_ZONES = 12;

/** Nodes by zone and name, a row each up to {@link MOST_BANDS}, then as many of a zone to a band as it takes. */
export function bandsOf(run: RunFiles): Band[] {
  const nodes = nodeTimes(run, run.manifest.simulatedSeconds);
  const perBand = Math.ceil(nodes.length / MOST_BANDS);
  const zones = new Set(nodes.map(({ zone }) => zone));
  const parts =
    zones.size > MOST_ZONES ? [nodes] : [...zones].map((zone) => nodes.filter((node) => node.zone === zone));
  return parts.flatMap((part) => {
    const bands = Math.ceil(part.length / perBand);
    return Array.from({ length: bands }, (_, i) => bandOf(part.slice(i * perBand, (i + 1) * perBand)));
  });
}

function nodeTimes(run: RunFiles, end: number): NodeTime[] {
  const nodes = new Map<string, NodeTime>();
  for (const row of run.rows('nodes', NODE_COLUMNS)) {
    const name = row['node'] ?? '';
    const time = numberAt(row, 'time_s') ?? 0;
    let node = nodes.get(name);
    if (node === undefined) nodes.set(name, (node = unknownNode(name, row['zone'] ?? '', time)));
    spend(node, time, end);
    node.up = row['up'] === '1';
    node.share = Math.max(shareOf(row, 'cpu', 'milli'), shareOf(row, 'memory', 'bytes'));
  }
  for (const node of nodes.values()) spend(node, end, end);
  return [...nodes.values()].sort((a, b) => byText(a.zone, b.zone) || byText(a.node, b.node));
}

const unknownNode = (node: string, zone: string, since: number): NodeTime => ({
  node,
  zone,
  known: new Float32Array(BINS),
  down: new Float32Array(BINS),
  level: new Float32Array(BINS),
  since,
  up: true,
  share: 0,
});

function shareOf(row: Readonly<Record<string, string>>, resource: string, unit: string): number {
  const allocatable = numberAt(row, `${resource}_allocatable_${unit}`) ?? 0;
  return allocatable === 0 ? 0 : (numberAt(row, `${resource}_requested_${unit}`) ?? 0) / allocatable;
}

/** Adds the time from the node's last row up to now to the bins it falls into. */
function spend(node: NodeTime, until: number, end: number): void {
  const width = end / BINS;
  for (let from = node.since; from < until; ) {
    const bin = Math.min(BINS - 1, Math.floor(from / width + 1e-9));
    const to = bin === BINS - 1 ? until : Math.min(until, (bin + 1) * width);
    const seconds = to - from;
    node.known[bin]! += seconds;
    if (node.up) node.level[bin]! += node.share * seconds;
    else node.down[bin]! += seconds;
    from = to;
  }
  node.since = until;
}

const collator = new Intl.Collator('en', { numeric: true });
const byText = (a: string, b: string): number => collator.compare(a, b);

function bandOf(nodes: readonly NodeTime[]): Band {
  const level = new Float64Array(BINS);
  const down = new Float64Array(BINS);
  for (let bin = 0; bin < BINS; bin++) {
    const [known, lost, used] = (['known', 'down', 'level'] as const).map((key) =>
      nodes.reduce((sum, node) => sum + node[key][bin]!, 0),
    ) as [number, number, number];
    level[bin] = known > lost ? used / (known - lost) : Number.NaN;
    down[bin] = known > 0 ? lost / known : Number.NaN;
  }
  const [first, last] = [nodes[0]!, nodes.at(-1)!];
  const zone = first.zone === last.zone ? first.zone : `${first.zone} to ${last.zone}`;
  return { zone, nodes: [first.node, last.node], count: nodes.length, level, down };
}
