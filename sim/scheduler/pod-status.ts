/** Status changes the scheduler makes to pods: `schedule_one.go` updatePod and `preemption/executor.go`, Kubernetes v1.36. */
import { type Pod, type PodStatus, withFields } from '../api/index.ts';
import type { ApiRequest } from '../apiserver/request.ts';

type Condition = NonNullable<PodStatus['conditions']>[number];

/** A condition to be set, its transition time left out. */
export interface ConditionChange {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** The condition to write, or undefined if the pod has it already; the transition time changes with the status only. */
export function changedCondition(
  pod: Pod,
  change: ConditionChange,
  timestamp: string,
): Condition | undefined {
  const known = pod.status?.conditions?.find(({ type }) => type === change.type);
  if (known === undefined) return withFields(change, { lastTransitionTime: timestamp });
  const same = known.status === change.status;
  if (same && known.reason === change.reason && known.message === change.message) return undefined;
  return withFields(change, { lastTransitionTime: same ? known.lastTransitionTime : timestamp });
}

export interface StatusChange {
  readonly condition?: Condition | undefined;
  /** Empty: clear it. */
  readonly nominatedNodeName?: string | undefined;
}

/** A strategic merge patch of the pod's status. */
export function patchStatus(pod: Pod, { condition, nominatedNodeName }: StatusChange): ApiRequest {
  const status = {
    ...(condition === undefined ? {} : { conditions: [condition] }),
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName: nominatedNodeName || null }),
  };
  return {
    verb: 'patch',
    resource: 'pods',
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    subresource: 'status',
    patchType: 'strategic',
    patch: { status },
  };
}
