/** The status of a ReplicaSet or ReplicationController from its pods. Kubernetes v1.36.3, pkg/controller/replicaset/replica_set_utils.go. */
import type { Condition, ReplicaSetStatus } from '../../api/index.ts';
import { conditionOf } from '../pod-state.ts';

/** What a sync found: pods it owns and claims. */
export interface PodCounts {
  readonly active: number;
  /** Active, with all labels of the pod template. */
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
  readonly terminating: number;
}

/** Why pods could not be created or deleted. */
export interface ManageFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface StatusInput {
  readonly previous: ReplicaSetStatus | undefined;
  readonly generation: number;
  readonly counts: PodCounts;
  readonly failure: ManageFailure | undefined;
  /** API timestamp of this sync. */
  readonly now: string;
  /** ReplicationControllers do not report terminating pods. */
  readonly reportTerminating: boolean;
}

/** The new status, or undefined if the old one still holds. */
export function replicaSetStatus(input: StatusInput): ReplicaSetStatus | undefined {
  const { previous, counts, generation } = input;
  const conditions = failureConditions(previous?.conditions ?? NONE, input);
  const status: ReplicaSetStatus = {
    replicas: counts.active,
    fullyLabeledReplicas: counts.fullyLabeled,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    ...(input.reportTerminating ? { terminatingReplicas: counts.terminating } : {}),
    observedGeneration: generation,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
  return previous !== undefined && sameStatus(previous, status) ? undefined : status;
}

const NONE: readonly Condition[] = [];

function failureConditions(
  conditions: readonly Condition[],
  { failure, now }: StatusInput,
): readonly Condition[] {
  const known = conditionOf(conditions, 'ReplicaFailure');
  if (failure === undefined) return known === undefined ? conditions : conditions.filter((c) => c !== known);
  if (known !== undefined) return conditions;
  const { reason, message } = failure;
  return [
    ...conditions,
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: now, reason, message },
  ];
}

function sameStatus(a: ReplicaSetStatus, b: ReplicaSetStatus): boolean {
  return (
    same(a.replicas, b.replicas) &&
    same(a.fullyLabeledReplicas, b.fullyLabeledReplicas) &&
    same(a.readyReplicas, b.readyReplicas) &&
    same(a.availableReplicas, b.availableReplicas) &&
    a.terminatingReplicas === b.terminatingReplicas &&
    a.observedGeneration === b.observedGeneration &&
    (a.conditions ?? NONE).length === (b.conditions ?? NONE).length &&
    (a.conditions ?? NONE).every((c, i) => c === b.conditions![i])
  );
}

const same = (a: number | undefined, b: number | undefined): boolean => (a ?? 0) === (b ?? 0);
