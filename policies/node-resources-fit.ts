/**
 * NodeResourcesFit: the pod's requests must fit, and a strategy scores how full the node would be.
 * HOT PATH: asked for all nodes at once, in columns.
 * `plugins/noderesources/{fit,least_allocated,most_allocated,requested_to_capacity_ratio}.go`, Kubernetes v1.36.
 */
import { isExtendedResource, type Node, type Pod } from '../sim/api/index.ts';
import {
  Action,
  ArgsReader,
  CPU_ID,
  EPHEMERAL_ID,
  failure,
  type Handle,
  interest,
  MEMORY_ID,
  NOTHING_TO_DO,
  nodeAmounts,
  type Plugin,
  type PodShape,
  percentOf,
  podAmounts,
  type ResourceSpec,
  ResourcesByShape,
  readResources,
  roundHalfAway,
  type ScoredResource,
  type Snapshot,
  Status,
  takesRoom,
} from '../sim/scheduler/contract.ts';

const NAME = 'NodeResourcesFit';

/** Verdict bits: what is short, and whether even the empty node could not hold the pod. */
const TOO_MANY_PODS = 1;
const CPU = 2;
const MEMORY = 4;
const EPHEMERAL = 8;
const NEVER = 16;
const FIRST_SCALAR = 32;
/** A verdict is an int32: this many scalar resources of one pod have a bit. */
const MAX_SCALARS = 25;

type ScoreRows = (
  resources: readonly ScoredResource[],
  rows: Int32Array,
  count: number,
  scores: Float64Array,
) => void;

interface FitArgs {
  readonly ignoredResources: ReadonlySet<string>;
  readonly ignoredGroups: ReadonlySet<string>;
  readonly resources: readonly ResourceSpec[];
  readonly score: ScoreRows;
}

export const nodeResourcesFit = (raw: unknown, { snapshot }: Handle): Plugin => {
  const args = readArgs(raw);
  const resources = new ResourcesByShape(snapshot, args.resources, true);
  return {
    name: NAME,
    nodeLocal: true,
    preventsOvercommit: args.ignoredResources.size === 0 && args.ignoredGroups.size === 0,
    preFilter: ({ shape }) =>
      shape.scalarIds.length > MAX_SCALARS ? failure(`more than ${MAX_SCALARS} scalar resources`) : undefined,
    filterRows: ({ shape }, rows, count, verdicts) => {
      shortages(snapshot, shape, rows, count, verdicts);
      if (shape.scalarIds.length === 0) return;
      const bits = scalarBits(snapshot, shape, args);
      for (let i = 0; i < count; i++) verdicts[i]! |= scalarShortages(snapshot, shape, bits, rows[i]!);
    },
    refusal: ({ shape }, verdict) => refusal(snapshot, shape, verdict),
    preScore: NOTHING_TO_DO,
    scoreRows: ({ shape }, rows, count, scores) => args.score(resources.of(shape), rows, count, scores),
    events: () => [
      interest('Pod', Action.delete | Action.updatePodScaleDown, afterPodChange),
      interest('Node', Action.add | Action.updateNodeAllocatable, afterNodeChange),
    ],
  };
};

/** What cpu, memory, ephemeral storage and pod slots each node lacks. */
function shortages(
  snapshot: Snapshot,
  shape: PodShape,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
): void {
  const { podCount, allowedPods } = snapshot;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    verdicts[i] = podCount[row]! + 1 > allowedPods[row]! ? TOO_MANY_PODS : 0;
  }
  addShortages(snapshot, CPU_ID, shape.cpuMilli, CPU, rows, count, verdicts);
  addShortages(snapshot, MEMORY_ID, shape.memoryBytes, MEMORY, rows, count, verdicts);
  addShortages(snapshot, EPHEMERAL_ID, shape.ephemeralBytes, EPHEMERAL, rows, count, verdicts);
}

/** Sets `bit` where less than `amount` is left, and NEVER where even the empty node has less. */
function addShortages(
  snapshot: Snapshot,
  id: number,
  amount: number,
  bit: number,
  rows: Int32Array,
  count: number,
  verdicts: Int32Array,
): void {
  if (amount <= 0) return;
  const allocatable = snapshot.allocatable[id]!;
  const requested = snapshot.requested[id]!;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const capacity = allocatable[row]!;
    if (amount > capacity - requested[row]!) verdicts[i]! |= amount > capacity ? bit | NEVER : bit;
  }
}

/** The verdict bit of each scalar resource of the shape; 0 if the profile ignores it. */
function scalarBits(snapshot: Snapshot, shape: PodShape, args: FitArgs): readonly number[] {
  return shape.scalarIds.map((id, i) => {
    snapshot.ensureResource(id);
    const name = snapshot.resourceIds.nameOf(id);
    const ignored =
      isExtendedResource(name) &&
      (args.ignoredResources.has(name) || args.ignoredGroups.has(name.slice(0, name.indexOf('/'))));
    return ignored ? 0 : FIRST_SCALAR << i;
  });
}

function scalarShortages(snapshot: Snapshot, shape: PodShape, bits: readonly number[], row: number): number {
  let verdict = 0;
  for (let i = 0; i < bits.length; i++) {
    const units = shape.scalarUnits[i]!;
    const offered = snapshot.allocatable[shape.scalarIds[i]!]![row]!;
    if (bits[i] === 0 || units <= offered - snapshot.requested[shape.scalarIds[i]!]![row]!) continue;
    verdict |= units > offered ? bits[i]! | NEVER : bits[i]!;
  }
  return verdict;
}

function refusal({ resourceIds }: Snapshot, shape: PodShape, verdict: number): Status {
  const reasons: string[] = [];
  if ((verdict & TOO_MANY_PODS) !== 0) reasons.push('Too many pods');
  if ((verdict & CPU) !== 0) reasons.push('Insufficient cpu');
  if ((verdict & MEMORY) !== 0) reasons.push('Insufficient memory');
  if ((verdict & EPHEMERAL) !== 0) reasons.push('Insufficient ephemeral-storage');
  for (let i = 0; i < shape.scalarIds.length; i++)
    if ((verdict & (FIRST_SCALAR << i)) !== 0)
      reasons.push(`Insufficient ${resourceIds.nameOf(shape.scalarIds[i]!)}`);
  return new Status((verdict & NEVER) !== 0 ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons);
}

/** The average of `scoreOf(used, capacity)` by weight; resources that a node has none of do not count. */
const averaged =
  (scoreOf: (used: number, capacity: number) => number): ScoreRows =>
  (resources, rows, count, scores) => {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      let sum = 0;
      let weights = 0;
      for (let at = 0; at < resources.length; at++) {
        const { allocatable, requested, podRequest, weight } = resources[at]!;
        const capacity = allocatable[row]!;
        if (capacity === 0) continue;
        sum += weight * scoreOf(requested[row]! + podRequest, capacity);
        weights += weight;
      }
      scores[i] = weights === 0 ? 0 : Math.trunc(sum / weights);
    }
  };

/** Percent left free. */
const leastAllocated = averaged((used, capacity) =>
  used <= capacity ? percentOf(capacity - used, capacity) : 0,
);

/** Percent taken. */
const mostAllocated = averaged((used, capacity) => percentOf(Math.min(used, capacity), capacity));

interface ShapePoint {
  readonly utilization: number;
  /** 0 to 100. */
  readonly score: number;
}

/** The shape's value at the percentage taken; a resource that scores 0 does not count. */
const requestedToCapacityRatio = (shape: readonly ShapePoint[]): ScoreRows => {
  const scoreOf = (resources: readonly ScoredResource[], row: number): number => {
    let sum = 0;
    let weights = 0;
    for (const { allocatable, requested, podRequest, weight } of resources) {
      const capacity = allocatable[row]!;
      if (capacity === 0) continue;
      const used = requested[row]! + podRequest;
      const score = interpolate(shape, used > capacity ? 100 : percentOf(used, capacity));
      if (score <= 0) continue;
      sum += weight * score;
      weights += weight;
    }
    return weights === 0 ? 0 : roundHalfAway(sum / weights);
  };
  return (resources, rows, count, scores) => {
    for (let i = 0; i < count; i++) scores[i] = scoreOf(resources, rows[i]!);
  };
};

function interpolate(shape: readonly ShapePoint[], utilization: number): number {
  for (let i = 0; i < shape.length; i++) {
    const to = shape[i]!;
    if (utilization > to.utilization) continue;
    const from = shape[i - 1];
    if (from === undefined) return to.score;
    const rise = (to.score - from.score) * (utilization - from.utilization);
    return from.score + Math.trunc(rise / (to.utilization - from.utilization));
  }
  return shape.at(-1)!.score;
}

function readArgs(raw: unknown): FitArgs {
  const args = new ArgsReader(raw, '');
  const strategy = args.object('scoringStrategy');
  const type = strategy?.oneOf('type', 'LeastAllocated', [
    'LeastAllocated',
    'MostAllocated',
    'RequestedToCapacityRatio',
  ]);
  const resources = readResources(strategy, 100);
  const ratio = strategy?.object('requestedToCapacityRatio');
  const shape = type === 'RequestedToCapacityRatio' ? readShape(strategy!, ratio) : [];
  strategy?.unknownFields();
  const result = {
    ignoredResources: new Set(args.texts('ignoredResources')),
    ignoredGroups: new Set(args.texts('ignoredResourceGroups')),
    resources,
    score:
      type === 'RequestedToCapacityRatio'
        ? requestedToCapacityRatio(shape)
        : type === 'MostAllocated'
          ? mostAllocated
          : leastAllocated,
  };
  args.finish();
  return result;
}

function readShape(strategy: ArgsReader, ratio: ArgsReader | undefined): readonly ShapePoint[] {
  const points = (ratio?.objects('shape') ?? []).map((point) => {
    // Configured scores go from 0 to 10.
    const read = {
      utilization: point.integer('utilization', 0, 0, 100),
      score: point.integer('score', 0, 0, 10) * 10,
    };
    point.unknownFields();
    return read;
  });
  ratio?.unknownFields();
  if (points.length === 0)
    strategy.report('requestedToCapacityRatio.shape', 'Required value: at least one point must be specified');
  for (let i = 1; i < points.length; i++)
    if (points[i]!.utilization <= points[i - 1]!.utilization)
      ratio?.report(`shape[${i}].utilization`, 'utilization values must be sorted in increasing order');
  return points;
}

/** Room is made by a pod that goes, or one that asks for less of what this pod wants. */
function afterPodChange(pod: Pod, before: Pod | undefined, after: Pod | undefined): boolean {
  if (after === undefined) return before !== undefined && takesRoom(before);
  if (after.metadata.uid === pod.metadata.uid) return true;
  if ((after.spec.nodeName ?? '') === '' || before === undefined) return false;
  const wanted = podAmounts(pod);
  const was = podAmounts(before);
  const is = podAmounts(after);
  for (const name of wanted.keys()) if ((was.get(name) ?? 0) > (is.get(name) ?? 0)) return true;
  return false;
}

/** The node could hold the pod if it were empty, and offers more than before of something the pod wants. */
function afterNodeChange(pod: Pod, before: Node | undefined, after: Node | undefined): boolean {
  if (after === undefined) return false;
  const wanted = podAmounts(pod);
  const now = nodeAmounts(after);
  if ((now.get('pods') ?? 0) < 1) return false;
  for (const [name, amount] of wanted) if (amount > (now.get(name) ?? 0)) return false;
  if (before === undefined) return true;
  const was = nodeAmounts(before);
  if (now.get('pods')! > (was.get('pods') ?? 0)) return true;
  for (const name of wanted.keys()) if ((now.get(name) ?? 0) > (was.get(name) ?? 0)) return true;
  return false;
}
