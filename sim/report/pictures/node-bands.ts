/** nodes.csv reduced to a grid of bands of nodes and bins of time, whatever the size of the cluster. */
import { numberAt, type Row, type RunFiles } from '../results.ts';

export const MOST_BANDS = 60;
export const BINS = 120;

/** Columns of a resource in nodes.csv. */
export interface NodeResource {
  readonly allocatable: string;
  readonly requested: string;
}

export const CPU: NodeResource = { allocatable: 'cpu_allocatable_milli', requested: 'cpu_requested_milli' };
export const MEMORY: NodeResource = {
  allocatable: 'memory_allocatable_bytes',
  requested: 'memory_requested_bytes',
};
export const GPU: NodeResource = { allocatable: 'gpu_allocatable_milli', requested: 'gpu_requested_milli' };

export const nodeColumns = (resources: readonly NodeResource[]): readonly string[] => [
  'time_s',
  'node',
  'zone',
  'up',
  ...resources.flatMap(({ allocatable, requested }) => [allocatable, requested]),
];

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
  /** It has had some of the resources. */
  equipped: boolean;
}

/** Of more zones, bands go on from one into the next. */
const MOST_ZONES = 12;

/** Of the nodes that have any of the resources, of which the one asked for most counts: by zone and name, a row each up to {@link MOST_BANDS}, then as many of a zone to a band as it takes. */
export function bandsOf(run: RunFiles, resources: readonly NodeResource[]): Band[] {
  const nodes = nodeTimes(run, resources);
  const perBand = Math.ceil(nodes.length / MOST_BANDS);
  const zones = new Set(nodes.map(({ zone }) => zone));
  const parts =
    zones.size > MOST_ZONES ? [nodes] : [...zones].map((zone) => nodes.filter((node) => node.zone === zone));
  return parts.flatMap((part) => {
    const bands = Math.ceil(part.length / perBand);
    return Array.from({ length: bands }, (_, i) => bandOf(part.slice(i * perBand, (i + 1) * perBand)));
  });
}

function nodeTimes(run: RunFiles, resources: readonly NodeResource[]): NodeTime[] {
  const end = run.manifest.simulatedSeconds;
  const nodes = new Map<string, NodeTime>();
  for (const row of run.rows('nodes', nodeColumns(resources))) {
    const name = row['node'] ?? '';
    const time = numberAt(row, 'time_s') ?? 0;
    let node = nodes.get(name);
    if (node === undefined) nodes.set(name, (node = unknownNode(name, row['zone'] ?? '', time)));
    spend(node, time, end);
    node.up = row['up'] === '1';
    const shares = resources.flatMap((resource) => shareOf(row, resource) ?? []);
    node.share = Math.max(0, ...shares);
    node.equipped ||= shares.length > 0;
  }
  for (const node of nodes.values()) spend(node, end, end);
  const equipped = [...nodes.values()].filter((node) => node.equipped);
  return equipped.sort((a, b) => byText(a.zone, b.zone) || byText(a.node, b.node));
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
  equipped: false,
});

/** Undefined for a node without the resource. */
function shareOf(row: Row, { allocatable, requested }: NodeResource): number | undefined {
  const whole = numberAt(row, allocatable) ?? 0;
  return whole === 0 ? undefined : (numberAt(row, requested) ?? 0) / whole;
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
