/** Taints that follow from a Node's conditions. Kubernetes v1.36.3, pkg/controller/nodelifecycle/node_lifecycle_controller.go. */
import type { Condition, Node, Taint } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition type, status → key of the NoSchedule taint. */
const CONDITION_TAINTS: readonly (readonly [string, Condition['status'], string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const MANAGED: ReadonlySet<string> = new Set([UNSCHEDULABLE, ...CONDITION_TAINTS.map(([, , key]) => key)]);

/** The node's taints with the NoSchedule ones its conditions ask for; undefined if it has them already. */
export function noScheduleTaints(node: Node, now: string): readonly Taint[] | undefined {
  const wanted = new Set<string>();
  for (const [type, status, key] of CONDITION_TAINTS) {
    if (conditionOf(node.status?.conditions, type)?.status === status) wanted.add(key);
  }
  if (node.spec.unschedulable === true) wanted.add(UNSCHEDULABLE);
  const taints = node.spec.taints ?? [];
  const kept = taints.filter(
    ({ key, effect }) => effect !== 'NoSchedule' || !MANAGED.has(key) || wanted.has(key),
  );
  const added = [...wanted].filter(
    (key) => !taints.some((taint) => taint.key === key && taint.effect === 'NoSchedule'),
  );
  if (added.length === 0 && kept.length === taints.length) return undefined;
  return [...kept, ...added.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded: now }))];
}

/** The node's taints with this NoExecute taint of the two, or with neither; undefined if nothing changes. */
export function noExecuteTaints(
  node: Node,
  wanted: typeof NOT_READY | typeof UNREACHABLE | undefined,
  now: string,
): readonly Taint[] | undefined {
  const taints = node.spec.taints ?? [];
  const isOurs = ({ key, effect }: Taint): boolean =>
    effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);
  const kept = taints.filter((taint) => !isOurs(taint) || taint.key === wanted);
  const has = kept.some((taint) => isOurs(taint));
  if (wanted === undefined || has) return kept.length === taints.length ? undefined : kept;
  return [...kept, { key: wanted, effect: 'NoExecute', timeAdded: now }];
}

export const hasNoExecute = (node: Node, key: string): boolean =>
  node.spec.taints?.some((taint) => taint.key === key && taint.effect === 'NoExecute') === true;

const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** All that the kubelet reports becomes Unknown; undefined if it is already. */
export function unknownConditions(node: Node, now: string): readonly Condition[] | undefined {
  const conditions = node.status?.conditions ?? [];
  if (REPORTED.every((type) => conditionOf(conditions, type)?.status === 'Unknown')) return undefined;
  const changed = conditions.map((condition) =>
    isReported(condition) ? silenced(condition, now) : condition,
  );
  const missing = REPORTED.filter((type) => conditionOf(conditions, type) === undefined);
  return [...changed, ...missing.map((type) => neverReported(type, node, now))];
}

const isReported = ({ type }: Condition): boolean => (REPORTED as readonly string[]).includes(type);

function silenced(condition: Condition, now: string): Condition {
  if (condition.status === 'Unknown') return condition;
  const message = 'Kubelet stopped posting node status.';
  return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: now };
}

const neverReported = (type: string, { metadata }: Node, now: string): Condition => ({
  type,
  status: 'Unknown',
  reason: 'NodeStatusNeverUpdated',
  message: 'Kubelet never posted node status.',
  lastHeartbeatTime: metadata.creationTimestamp,
  lastTransitionTime: now,
});
