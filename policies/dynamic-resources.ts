/**
 * DynamicResources: resource claims. `plugins/dynamicresources`, Kubernetes v1.36, for pods without claims only.
 * DEVIATION: dynamic resource allocation is not simulated; a pod with resource claims stays unschedulable and says so.
 */
import { NOTHING_TO_DO, type Plugin, SKIP, unresolvable, unschedulable } from '../sim/scheduler/contract.ts';

export const dynamicResources = (): Plugin => ({
  name: 'DynamicResources',
  nodeLocal: true,
  ignores: ({ claimsResources }) => !claimsResources,
  preEnqueue: NOTHING_TO_DO,
  preFilter: (_state, pod) =>
    pod.spec.resourceClaims === undefined || pod.spec.resourceClaims.length === 0
      ? SKIP
      : unresolvable('dynamic resource allocation is not simulated'),
  filterRows: (_state, _rows, count, verdicts) => {
    verdicts.fill(0, 0, count);
  },
  postFilter: () => ({ status: unschedulable('no new claims to deallocate') }),
  uniformScore: () => 0,
  scoreRows: (_state, _rows, count, scores) => {
    scores.fill(0, 0, count);
  },
  // Upstream's normalises, with no effect on pods without claims; explanations list what it began with.
  normalizeRows: NOTHING_TO_DO,
  reserve: NOTHING_TO_DO,
  preBind: NOTHING_TO_DO,
});
