/** How many feasible nodes are enough: `Scheduler.numFeasibleNodesToFind`, Kubernetes v1.36 (schedule_one.go). */

/** Below this many nodes all are looked at. */
const MIN_FEASIBLE_NODES = 100;
/** Percent at which the adaptive rule stops falling. */
const MIN_PERCENTAGE = 5;

/**
 * `percentage` of the nodes, at least 100; 0 means adaptive: 50 % less one percent for every 125 nodes, at least 5 %.
 * Upstream computes in int32.
 */
export function numFeasibleNodesToFind(percentage: number, nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES || percentage >= 100) return nodes;
  const percent = percentage === 0 ? Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125)) : percentage;
  return Math.max(MIN_FEASIBLE_NODES, Math.trunc(Math.imul(nodes, percent) / 100));
}
