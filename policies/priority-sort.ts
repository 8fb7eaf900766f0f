/** PrioritySort: higher priority first, then who waited longer. `plugins/queuesort`, Kubernetes v1.36. */
import type { Plugin } from '../sim/scheduler/contract.ts';

export const prioritySort = (): Plugin => ({
  name: 'PrioritySort',
  less: (a, b) => {
    const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
    return byPriority < 0 || (byPriority === 0 && a.timestamp < b.timestamp);
  },
});
