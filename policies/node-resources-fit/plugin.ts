/**
 * NodeResourcesFit: the pod's requests must fit, and a strategy scores how full the node would be.
 * HOT PATH: asked for all nodes at once, in columns.
 * `plugins/noderesources/{fit,least_allocated,most_allocated,requested_to_capacity_ratio}.go`, Kubernetes v1.36.
 */
import {
  Action,
  failure,
  type Handle,
  interest,
  NOTHING_TO_DO,
  type Plugin,
  ResourcesByShape,
} from '../../sim/scheduler/contract.ts';
import { readArgs } from './args.ts';
import { MAX_SCALARS, refusalOf, scalarBits, scalarShortages, shortages } from './filtering.ts';
import { afterNodeChange, afterPodChange } from './hints.ts';

export const nodeResourcesFit = (raw: unknown, { snapshot }: Handle): Plugin => {
  const args = readArgs(raw);
  const resources = new ResourcesByShape(snapshot, args.resources, true);
  return {
    name: 'NodeResourcesFit',
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
    refusal: ({ shape }, verdict) => refusalOf(snapshot, shape, verdict),
    preScore: NOTHING_TO_DO,
    scoreRows: ({ shape }, rows, count, scores) => args.score(resources.of(shape), rows, count, scores),
    events: () => [
      interest('Pod', Action.delete | Action.updatePodScaleDown, afterPodChange),
      interest('Node', Action.add | Action.updateNodeAllocatable, afterNodeChange),
    ],
  };
};
