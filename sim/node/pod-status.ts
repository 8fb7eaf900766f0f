/** HOT PATH: the PodStatus a kubelet posts. Source: kubelet `generateAPIPodStatus` and status manager, Kubernetes v1.36.3. */
import type { Condition, ContainerStatus, PodPhase, PodStatus } from '../api/index.ts';
import type { Rejection } from './admission.ts';
import { containerStatus } from './container-state.ts';
import type { NodeState } from './node-state.ts';
import { anyRegularStarted, podConditions, podPhase } from './pod-phase.ts';
import type { PodState } from './pod-state.ts';

/** `timestamp` is the present as API time. `podIsTerminal`: nothing of it will be started again. */
export function podStatus(state: PodState, timestamp: string, podIsTerminal: boolean): PodStatus {
  const { pod, node } = state;
  const statuses = containerStatuses(state);
  const old = state.status?.conditions ?? pod.status?.conditions;
  const podHasInitialized = state.initCount === 0 || anyRegularStarted(pod.spec, statuses);
  const phase = stickyPhase(
    state,
    podPhase({ pod, statuses, podIsTerminal, podHasInitialized, isStatic: false }),
  );
  const fresh = podConditions({
    pod,
    statuses,
    phase,
    oldConditions: old,
    gateConditions: pod.status?.conditions,
    sandboxReady: state.sandbox === 'ready',
  });
  const { initCount } = state;
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: mergeConditions(
      [fresh.readyToStart, fresh.initialized, fresh.ready, fresh.containersReady],
      old,
      pod.status?.conditions,
      timestamp,
    ),
    hostIP: node.machine.hostIP,
    hostIPs: node.hostIPs,
    podIP: state.podIPs?.[0]?.ip,
    podIPs: state.podIPs,
    startTime: state.startTime,
    initContainerStatuses: initCount === 0 ? undefined : statuses.slice(0, initCount),
    containerStatuses: initCount === 0 ? statuses : statuses.slice(initCount),
    qosClass: state.qosClass,
    nominatedNodeName: pod.status?.nominatedNodeName,
    reason: pod.status?.reason,
    message: pod.status?.message,
  };
}

/** A phase that is final stays. */
function stickyPhase(state: PodState, phase: PodPhase): PodPhase {
  const before = state.status?.phase ?? state.pod.status?.phase;
  return before === 'Failed' || before === 'Succeeded' ? before : phase;
}

function containerStatuses(state: PodState): readonly ContainerStatus[] {
  const statuses: ContainerStatus[] = [];
  for (const container of state.containers) {
    statuses.push(
      container.status ??
        containerStatus(
          container,
          state.initCount > 0,
          containerID(state, container.index, container.restartCount),
        ),
    );
  }
  return statuses;
}

export const containerID = (state: PodState, index: number, instance: number): string =>
  `containerd://${state.uid}-${index}-${instance}`;

/** The kubelet's own conditions, unchanged ones as they were, then everybody else's. */
function mergeConditions(
  own: readonly Condition[],
  old: readonly Condition[] | undefined,
  others: readonly Condition[] | undefined,
  timestamp: string,
): readonly Condition[] {
  const merged: Condition[] = [];
  for (const fresh of own) merged.push(continued(fresh, find(old, fresh.type), timestamp));
  if (others !== undefined)
    for (const other of others) if (find(own, other.type) === undefined) merged.push(other);
  return merged;
}

function continued(fresh: Condition, before: Condition | undefined, timestamp: string): Condition {
  if (before === undefined || before.status !== fresh.status)
    return { ...fresh, lastTransitionTime: timestamp };
  const same =
    before.reason === fresh.reason &&
    before.message === fresh.message &&
    before.observedGeneration === fresh.observedGeneration;
  return same ? before : { ...fresh, lastTransitionTime: before.lastTransitionTime };
}

function find(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  if (conditions !== undefined)
    for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** What a pod that the kubelet did not take is told. */
export const rejectedStatus = (
  rejection: Rejection,
  node: NodeState,
  before: PodStatus | undefined,
  timestamp: string,
): PodStatus => ({
  ...before,
  phase: 'Failed',
  reason: rejection.reason,
  message: `Pod was rejected: ${rejection.message}`,
  startTime: before?.startTime ?? timestamp,
  hostIP: node.machine.hostIP,
  hostIPs: node.hostIPs,
});

/** True if posting `next` after `last` would change nothing. Conditions and container statuses are shared while unchanged. */
export function sameStatus(last: PodStatus | undefined, next: PodStatus): boolean {
  return (
    last !== undefined &&
    last.phase === next.phase &&
    last.podIP === next.podIP &&
    last.observedGeneration === next.observedGeneration &&
    sameList(last.conditions, next.conditions) &&
    sameList(last.containerStatuses, next.containerStatuses) &&
    sameList(last.initContainerStatuses, next.initContainerStatuses)
  );
}

function sameList<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
