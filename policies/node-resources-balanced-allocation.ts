/**
 * NodeResourcesBalancedAllocation: nodes score higher the more evenly the pod would leave their resources used.
 * `plugins/noderesources/balanced_allocation.go`, Kubernetes v1.36.
 */
import {
  ArgsReader,
  type Handle,
  type Plugin,
  type PodShape,
  type ResourceSpec,
  ResourcesByShape,
  readResources,
  requestOf,
  type ScoredResource,
  SKIP,
} from '../sim/scheduler/contract.ts';

export const nodeResourcesBalancedAllocation = (raw: unknown, { snapshot }: Handle): Plugin => {
  const specs = readArgs(raw);
  const resources = new ResourcesByShape(snapshot, specs, false);
  const asksForAny = (shape: PodShape): boolean => {
    for (const { name } of specs)
      if (requestOf(shape, snapshot.resourceIds.idOf(name), false) > 0) return true;
    return false;
  };
  return {
    name: 'NodeResourcesBalancedAllocation',
    nodeLocal: true,
    // A pod that asks for none of the resources would make all such pods gather on one node.
    preScore: ({ shape }) => (asksForAny(shape) ? undefined : SKIP),
    scoreRows: ({ shape }, rows, count, scores) => {
      const scored = resources.of(shape);
      const [first, second] = scored;
      if (scored.length === 2 && first !== undefined && second !== undefined)
        for (let i = 0; i < count; i++) scores[i] = scoreOfTwo(first, second, rows[i]!);
      else for (let i = 0; i < count; i++) scores[i] = score(scored, rows[i]!);
    },
  };
};

/** `change` of the balance, -100 to 100, as a score: 75 means the pod leaves it as it is; better is more, worse is less. */
const scoreOf = (change: number): number => 50 + Math.trunc((50 + change) / 2);

/** As `score`, for two resources; nearly all pods are scored so. */
function scoreOfTwo(a: ScoredResource, b: ScoredResource, row: number): number {
  const aCapacity = a.allocatable[row]!;
  const bCapacity = b.allocatable[row]!;
  if (aCapacity === 0 || bCapacity === 0) return scoreOf(0);
  const aUsed = a.requested[row]!;
  const bUsed = b.requested[row]!;
  const before = Math.min(1, aUsed / aCapacity) - Math.min(1, bUsed / bCapacity);
  const after =
    Math.min(1, (aUsed + a.podRequest) / aCapacity) - Math.min(1, (bUsed + b.podRequest) / bCapacity);
  return scoreOf(balanceOf(Math.abs(after / 2)) - balanceOf(Math.abs(before / 2)));
}

const balanceOf = (deviation: number): number => Math.trunc((1 - deviation) * 100);

function score(resources: readonly ScoredResource[], row: number): number {
  return scoreOf(balance(resources, row, 1) - balance(resources, row, 0));
}

/** 0 to 100: 100 less the standard deviation of the used fractions, with the pod (1) or without it (0). */
function balance(resources: readonly ScoredResource[], row: number, withPod: 0 | 1): number {
  let first = 0;
  let second = 0;
  let total = 0;
  let known = 0;
  for (const resource of resources) {
    const fraction = used(resource, row, withPod);
    if (fraction < 0) continue;
    total += fraction;
    if (known === 0) first = fraction;
    else if (known === 1) second = fraction;
    known++;
  }
  if (known < 2) return 100;
  const deviation =
    known === 2 ? Math.abs((first - second) / 2) : spread(resources, row, withPod, total / known, known);
  return balanceOf(deviation);
}

/** The fraction used, at most 1; negative if the node has none of the resource. */
function used({ allocatable, requested, podRequest }: ScoredResource, row: number, withPod: 0 | 1): number {
  const capacity = allocatable[row]!;
  if (capacity === 0) return -1;
  return Math.min(1, (requested[row]! + withPod * podRequest) / capacity);
}

function spread(
  resources: readonly ScoredResource[],
  row: number,
  withPod: 0 | 1,
  mean: number,
  known: number,
): number {
  let sum = 0;
  for (const resource of resources) {
    const fraction = used(resource, row, withPod);
    if (fraction >= 0) sum += (fraction - mean) * (fraction - mean);
  }
  return Math.sqrt(sum / known);
}

function readArgs(raw: unknown): readonly ResourceSpec[] {
  const args = new ArgsReader(raw, '');
  const specs = readResources(args, 1);
  args.finish();
  return specs;
}
