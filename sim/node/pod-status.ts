/** The PodStatus a kubelet posts. Source: kubelet `generateAPIPodStatus` and status manager, Kubernetes v1.36.3. */
import type { Condition, ContainerStatus, PodPhase, PodStatus } from '../api/index.ts';
import type { Rejection } from './admission.ts';
import { containerStatus } from './container-state.ts';
import {
  CONTAINERS_READY,
  INITIALIZED,
  OWN,
  type OwnCondition,
  podVerdicts,
  postedCondition,
  READY,
  READY_TO_START,
} from './pod-conditions.ts';
import { anyRegularStarted, type PodFacts, podPhase } from './pod-phase.ts';
import type { NodeState, PodState } from './pod-state.ts';

/**
 * `timestamp` is the present as API time. `podIsTerminal`: nothing of it will be started again. What takes a call is worked out
 * before the literals: stores into an object that is new need no write barrier as long as nothing is called between.
 */
export function podStatus(state: PodState, timestamp: string, podIsTerminal: boolean): PodStatus {
  const { pod, node, initCount, podIPs } = state;
  const before = pod.status;
  const statuses = containerStatuses(state);
  const podHasInitialized = initCount === 0 || anyRegularStarted(pod.spec, statuses);
  const facts: PodFacts = {
    pod,
    statuses,
    podIsTerminal,
    podHasInitialized,
    isStatic: false,
    oldConditions: state.status?.conditions ?? before?.conditions,
    gateConditions: before?.conditions,
    sandboxReady: state.sandbox === 'ready',
  };
  const phase = stickyPhase(state, podPhase(facts));
  const posted = conditions(facts, phase, timestamp);
  const initContainerStatuses = initCount === 0 ? undefined : statuses.slice(0, initCount);
  const regularStatuses = initCount === 0 ? statuses : statuses.slice(initCount);
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: posted,
    message: before?.message,
    reason: before?.reason,
    nominatedNodeName: before?.nominatedNodeName,
    hostIP: node.machine.hostIP,
    hostIPs: node.hostIPs,
    podIP: podIPs?.[0]?.ip,
    podIPs,
    startTime: state.startTime,
    initContainerStatuses,
    containerStatuses: regularStatuses,
    qosClass: before?.qosClass ?? state.demand.qosClass,
  };
}

/**
 * The kubelet's own conditions, unchanged ones as they were, then everybody else's. In a list of the exact size: statuses are kept
 * by the thousand, and an array that grew has room to spare.
 */
function conditions(facts: PodFacts, phase: PodPhase, timestamp: string): readonly Condition[] {
  const { oldConditions: old, gateConditions: posted = NONE } = facts;
  const { readyToStart, initialized, ready, containersReady } = podVerdicts(facts, phase);
  const { generation } = facts.pod.metadata;
  const first = postedCondition(
    READY_TO_START,
    readyToStart,
    generation,
    before(old, READY_TO_START),
    timestamp,
  );
  const second = postedCondition(INITIALIZED, initialized, generation, before(old, INITIALIZED), timestamp);
  const third = postedCondition(READY, ready, generation, before(old, READY), timestamp);
  const fourth = postedCondition(
    CONTAINERS_READY,
    containersReady,
    generation,
    before(old, CONTAINERS_READY),
    timestamp,
  );
  const at = nextOther(posted, 0);
  if (at === posted.length) return [first, second, third, fourth];
  // Mostly there is one other: PodScheduled.
  if (nextOther(posted, at + 1) === posted.length) return [first, second, third, fourth, posted[at]!];
  return [first, second, third, fourth].concat(posted.filter(isOther));
}

const NONE: readonly Condition[] = [];

const isOther = ({ type }: Condition): boolean =>
  type !== OWN[READY_TO_START] &&
  type !== OWN[INITIALIZED] &&
  type !== OWN[READY] &&
  type !== OWN[CONTAINERS_READY];

/** The place of the next condition that is not the kubelet's; the length if there is none. */
function nextOther(conditions: readonly Condition[], from: number): number {
  let at = from;
  while (at < conditions.length && !isOther(conditions[at]!)) at++;
  return at;
}

/** The kubelet's status with everybody else's conditions as they are now; `status` itself if it has them. */
export function withOthers(status: PodStatus, posted: readonly Condition[] = NONE): PodStatus {
  const { conditions = NONE } = status;
  if (endsWithOthers(conditions, posted)) return status;
  return { ...status, conditions: conditions.slice(0, OWN.length).concat(posted.filter(isOther)) };
}

/** The kubelet's conditions are followed by everybody else's among `posted`, as they are there. */
function endsWithOthers(conditions: readonly Condition[], posted: readonly Condition[]): boolean {
  let next = OWN.length;
  for (const condition of posted) if (isOther(condition) && conditions[next++] !== condition) return false;
  return conditions.length === next;
}

/** Those of a status the kubelet made that it answers for. */
export const ownConditions = (conditions: readonly Condition[] | undefined): readonly Condition[] =>
  conditions?.slice(0, OWN.length) ?? [];

/** The former condition of an own type: where the kubelet posted it, or wherever else it stands. */
function before(conditions: readonly Condition[] | undefined, index: OwnCondition): Condition | undefined {
  if (conditions === undefined) return undefined;
  const type = OWN[index];
  const there = conditions[index];
  if (there !== undefined && there.type === type) return there;
  for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** A phase that is final stays. */
function stickyPhase(state: PodState, phase: PodPhase): PodPhase {
  const before = state.status?.phase ?? state.pod.status?.phase;
  return before === 'Failed' || before === 'Succeeded' ? before : phase;
}

function containerStatuses({ containers, initCount }: PodState): readonly ContainerStatus[] {
  const sole = containers.length === 1 ? containers[0] : undefined;
  if (sole !== undefined) return [containerStatus(sole, initCount > 0)];
  return containers.map((container) => containerStatus(container, initCount > 0));
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
