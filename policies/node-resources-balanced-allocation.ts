/**
 * NodeResourcesBalancedAllocation: nodes score higher the more evenly the pod would leave their resources used.
 * `plugins/noderesources/balanced_allocation.go`, Kubernetes v1.36.
 */
import {
  ArgsReader,
  type Handle,
  type Plugin,
  type ResourceSpec,
  readResources,
  requestOf,
  type ScoredResource,
  SKIP,
  scoredResources,
} from '../sim/scheduler/index.ts';

export const nodeResourcesBalancedAllocation = (raw: unknown, { snapshot }: Handle): Plugin => {
  const specs = readArgs(raw);
  return {
    name: 'NodeResourcesBalancedAllocation',
    nodeLocal: true,
    // A pod that asks for none of the resources would make all such pods gather on one node.
    preScore: ({ shape }) =>
      specs.some(({ name }) => requestOf(shape, snapshot.resourceIds.idOf(name), false) > 0)
        ? undefined
        : SKIP,
    scoreRows: ({ shape }, rows, count, scores) => {
      const resources = scoredResources(snapshot, specs, shape, false);
      for (let i = 0; i < count; i++) scores[i] = score(resources, rows[i]!);
    },
  };
};

/** 75 means the pod leaves the balance as it is; better is more, worse is less. */
function score(resources: readonly ScoredResource[], row: number): number {
  const change = balance(resources, row, 1) - balance(resources, row, 0);
  return 50 + Math.trunc((50 + change) / 2);
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
  return Math.trunc((1 - deviation) * 100);
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
