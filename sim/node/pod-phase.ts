/**
 * Phase and conditions of a pod from the statuses of its containers.
 * Source: kubelet `getPhase` and `status/generate.go`, Kubernetes v1.36.3, default feature gates (ContainerRestartRules on).
 */
import type { Condition, Container, ContainerStatus, Pod, PodPhase, PodSpec } from '../api/index.ts';
import { isSidecar, shouldRestart, statusOf } from './containers.ts';

export interface PhaseInput {
  readonly pod: Pod;
  /** Regular and init containers in one list; undefined: not known. */
  readonly statuses: readonly ContainerStatus[] | undefined;
  /** Nothing of it will be started again, whatever its restart policy says. */
  readonly podIsTerminal: boolean;
  /** The regular containers have been started once. */
  readonly podHasInitialized: boolean;
  readonly isStatic: boolean;
}

/** O(containers²) with tiny lists. */
export function podPhase({
  pod,
  statuses,
  podIsTerminal,
  podHasInitialized,
  isStatic,
}: PhaseInput): PodPhase {
  const { spec } = pod;
  const init = countInitContainers(spec, statuses);
  const main = countMainContainers(spec, statuses);
  if (init.failedForGood > 0) return 'Failed';
  if (init.pendingRegular > 0 || (main.pendingSidecars > 0 && !podHasInitialized)) return 'Pending';
  if (main.waiting > 0 || main.unknown > 0) return 'Pending';
  if (main.running > 0) return 'Running';
  if (main.stopped === 0) return 'Pending';
  const ended = main.stopped === main.succeeded ? 'Succeeded' : 'Failed';
  if (podIsTerminal && !isStatic) return ended;
  return main.restartable > 0 ? 'Running' : ended;
}

function countInitContainers(spec: PodSpec, statuses: readonly ContainerStatus[] | undefined) {
  let pendingRegular = 0;
  let failedForGood = 0;
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) continue;
    const status = statusOf(statuses, container.name);
    const ended = lastExit(status);
    if (ended === undefined) pendingRegular++;
    else if (ended !== 0 && !shouldRestart(container, spec, ended)) failedForGood++;
  }
  return { pendingRegular, failedForGood };
}

function countMainContainers(spec: PodSpec, statuses: readonly ContainerStatus[] | undefined) {
  const count = {
    pendingSidecars: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    succeeded: 0,
    restartable: 0,
  };
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) countSidecar(count, statusOf(statuses, container.name));
  }
  for (const container of spec.containers ?? []) {
    const status = statusOf(statuses, container.name);
    const state = status?.state;
    const exit = lastExit(status);
    if (state?.running !== undefined) count.running++;
    else if (exit !== undefined) {
      count.stopped++;
      if (exit === 0 && state?.terminated !== undefined) count.succeeded++;
      if (shouldRestart(container, spec, exit)) count.restartable++;
    } else if (state?.waiting !== undefined) count.waiting++;
    else count.unknown++;
  }
  return count;
}

/** A sidecar that ended does not count: it may or may not come back. */
function countSidecar(
  count: { pendingSidecars: number; unknown: number; running: number; waiting: number },
  status: ContainerStatus | undefined,
): void {
  const state = status?.state;
  if (status === undefined) count.unknown++;
  else if (state?.running !== undefined) {
    if (status.started !== true) count.pendingSidecars++;
    count.running++;
  } else if (lastExit(status) === undefined) {
    count.pendingSidecars++;
    if (state?.waiting !== undefined) count.waiting++;
    else count.unknown++;
  }
}

/** Exit code of a container that has stopped, a waiting one by its last run; undefined while running or never run. */
function lastExit(status: ContainerStatus | undefined): number | undefined {
  const state = status?.state;
  if (state?.running !== undefined) return undefined;
  if (state?.terminated !== undefined) return state.terminated.exitCode;
  return state?.waiting === undefined ? undefined : status?.lastState?.terminated?.exitCode;
}

type Known = Pick<Condition, 'status' | 'reason' | 'message'>;
const TRUE: Known = { status: 'True' };
const because = (status: 'True' | 'False', reason: string, message?: string): Known =>
  message === undefined ? { status, reason } : { status, reason, message };

/** The shape every pod condition written by the kubelet has, without its transition time. */
const conditionOf = (pod: Pod, type: string, known: Known): Condition => ({
  type,
  ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  ...known,
});

export interface ConditionInput {
  readonly pod: Pod;
  readonly statuses: readonly ContainerStatus[] | undefined;
  readonly phase: PodPhase;
  /** Conditions of the status before: an Initialized=True of the past is kept. */
  readonly oldConditions: readonly Condition[] | undefined;
  /** Where the conditions named by readiness gates are looked up. */
  readonly gateConditions: readonly Condition[] | undefined;
  /** A sandbox that can be used as it is exists. */
  readonly sandboxReady: boolean;
}

export interface PodConditions {
  readonly readyToStart: Condition;
  readonly initialized: Condition;
  readonly containersReady: Condition;
  readonly ready: Condition;
}

export function podConditions(input: ConditionInput): PodConditions {
  const { pod } = input;
  const containersReady = containersReadiness(input);
  const ready = containersReady.status === 'True' ? gatesReadiness(input) : containersReady;
  return {
    readyToStart: conditionOf(pod, 'PodReadyToStartContainers', {
      status: input.sandboxReady ? 'True' : 'False',
    }),
    initialized: conditionOf(pod, 'Initialized', initialization(input)),
    containersReady: conditionOf(pod, 'ContainersReady', containersReady),
    ready: conditionOf(pod, 'Ready', ready),
  };
}

function containersReadiness({ pod, statuses, phase }: ConditionInput): Known {
  if (statuses === undefined) return because('False', 'UnknownContainerStatuses');
  const unknown: string[] = [];
  const unready: string[] = [];
  const look = (container: Container): void => {
    const status = statusOf(statuses, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (!status.ready) unready.push(container.name);
  };
  pod.spec.initContainers?.filter(isSidecar).forEach(look);
  pod.spec.containers?.forEach(look);
  if (phase === 'Succeeded' && unknown.length === 0) return because('False', 'PodCompleted');
  if (phase === 'Failed') return because('False', 'PodFailed');
  const message = containersMessage(unknown, 'unready', unready);
  return message === '' ? TRUE : because('False', 'ContainersNotReady', message);
}

function gatesReadiness({ pod, gateConditions }: ConditionInput): Known {
  const unmet: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = gateConditions?.find((candidate) => candidate.type === conditionType);
    if (condition === undefined) {
      unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (condition.status !== 'True') {
      unmet.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`,
      );
    }
  }
  return unmet.length === 0 ? TRUE : because('False', 'ReadinessGatesNotReady', unmet.join(', '));
}

function initialization({ pod, statuses, phase, oldConditions }: ConditionInput): Known {
  const containers = pod.spec.initContainers ?? [];
  if (statuses === undefined && containers.length > 0) return because('False', 'UnknownContainerStatuses');
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of containers) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) unknown.push(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return because('True', 'PodCompleted');
  if (wasInitialized(oldConditions) || anyRegularStarted(pod.spec, statuses)) return TRUE;
  const message = containersMessage(unknown, 'incomplete', incomplete);
  return message === '' ? TRUE : because('False', 'ContainersNotInitialized', message);
}

const wasInitialized = (conditions: readonly Condition[] | undefined): boolean =>
  conditions?.some((condition) => condition.type === 'Initialized' && condition.status === 'True') ?? false;

export function anyRegularStarted(spec: PodSpec, statuses: readonly ContainerStatus[] | undefined): boolean {
  for (const container of spec.containers ?? []) {
    const state = statusOf(statuses, container.name)?.state;
    if (state?.running !== undefined || state?.terminated !== undefined) return true;
  }
  return false;
}

function containersMessage(unknown: readonly string[], word: string, named: readonly string[]): string {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (named.length > 0) parts.push(`containers with ${word} status: [${named.join(' ')}]`);
  return parts.join(', ');
}
