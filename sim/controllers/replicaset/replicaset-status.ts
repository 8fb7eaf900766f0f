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
  const before = previous?.conditions ?? NONE;
  const conditions = failureConditions(before, input);
  if (previous !== undefined && conditions === before && isCurrent(previous, input)) return undefined;
  return {
    replicas: counts.active,
    fullyLabeledReplicas: counts.fullyLabeled,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    terminatingReplicas: input.reportTerminating ? counts.terminating : undefined,
    observedGeneration: generation,
    conditions: conditions.length > 0 ? conditions : undefined,
  };
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

const isCurrent = (
  previous: ReplicaSetStatus,
  { counts, generation, reportTerminating }: StatusInput,
): boolean =>
  same(previous.replicas, counts.active) &&
  same(previous.fullyLabeledReplicas, counts.fullyLabeled) &&
  same(previous.readyReplicas, counts.ready) &&
  same(previous.availableReplicas, counts.available) &&
  previous.terminatingReplicas === (reportTerminating ? counts.terminating : undefined) &&
  previous.observedGeneration === generation;

const same = (a: number | undefined, b: number): boolean => (a ?? 0) === b;
