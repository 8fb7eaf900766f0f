/** The oracle of preemption on a forked row: each what-if is a cluster of its own, loaded anew. Slow on purpose. */
import { compileSelector, type Pod, type PodDisruptionBudget } from '../../../sim/api/index.ts';
import { evaluate } from '../../../sim/scheduler/index.ts';
import { type GoldenObjects, loadCluster } from './golden-cluster.ts';

export interface NaiveVictims {
  /** By falling importance. */
  readonly victims: readonly string[];
  readonly pdbViolations: number;
}

const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;
const startOf = ({ status }: Pod): string => status?.startTime ?? '9999';
const before = (a: Pod, b: Pod): number =>
  priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0);

/** Undefined if evicting pods from the node does not help. */
export function naiveVictims(objects: GoldenObjects, pod: Pod, node: string): NaiveVictims | undefined {
  const all = objects.pods ?? [];
  const lower = all.filter((other) => other.spec.nodeName === node && priorityOf(other) < priorityOf(pod));
  const gone = new Set(lower);
  const fits = (): boolean => {
    const pods = all.filter((other) => !gone.has(other));
    const { feasible } = evaluate(loadCluster({ ...objects, pods }).framework, pod);
    return feasible.includes(node);
  };
  if (lower.length === 0 || !fits()) return undefined;
  const sorted = lower.toSorted(before);
  const broken = breaking(sorted, objects.podDisruptionBudgets ?? []);
  const victims: Pod[] = [];
  let pdbViolations = 0;
  for (const violating of [true, false])
    for (const victim of sorted.filter((one) => broken.has(one) === violating)) {
      gone.delete(victim);
      if (fits()) continue;
      gone.add(victim);
      victims.push(victim);
      if (violating) pdbViolations++;
    }
  return { victims: victims.toSorted(before).map(({ metadata }) => metadata.name), pdbViolations };
}

/** Pods that no budget has anything left for, those before them counted. */
function breaking(pods: readonly Pod[], budgets: readonly PodDisruptionBudget[]): ReadonlySet<Pod> {
  const broken = new Set<Pod>();
  for (const { spec, status, metadata } of budgets) {
    const covered = pods.filter(
      (pod) =>
        pod.metadata.namespace === metadata.namespace &&
        pod.metadata.labels !== undefined &&
        compileSelector(spec.selector).matches(pod.metadata.labels) &&
        status?.disruptedPods?.[pod.metadata.name] === undefined,
    );
    for (const pod of covered.slice(status?.disruptionsAllowed ?? 0)) broken.add(pod);
  }
  return broken;
}
