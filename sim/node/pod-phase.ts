/**
 * Phase of a pod from the statuses of its containers. Source: kubelet `getPhase`, Kubernetes v1.36.3, default feature gates
 * (ContainerRestartRules on).
 */
import type { Condition, Container, ContainerStatus, Pod, PodPhase, PodSpec } from '../api/index.ts';
import { isSidecar, shouldRestart, statusOf } from './containers.ts';

/** What is known of a pod when its status is made. */
export interface PodFacts {
  readonly pod: Pod;
  /** Regular and init containers in one list; undefined: not known. */
  readonly statuses: readonly ContainerStatus[] | undefined;
  /** Nothing of it will be started again, whatever its restart policy says. */
  readonly podIsTerminal: boolean;
  /** The regular containers have been started once. */
  readonly podHasInitialized: boolean;
  readonly isStatic: boolean;
  /** Conditions of the status before: an Initialized=True of the past is kept. */
  readonly oldConditions: readonly Condition[] | undefined;
  /** Where the conditions named by readiness gates are looked up. */
  readonly gateConditions: readonly Condition[] | undefined;
  /** A sandbox that can be used as it is exists. */
  readonly sandboxReady: boolean;
}

/** O(containers²) with tiny lists. */
export function podPhase(facts: PodFacts): PodPhase {
  const { initContainers, containers } = facts.pod.spec;
  if (initContainers === undefined || initContainers.length === 0)
    return phaseOf(facts, containers, NO_SIDECARS);
  const init = countInitContainers(facts.pod.spec, facts.statuses);
  if (init.failedForGood > 0) return 'Failed';
  if (init.pendingRegular > 0 || (init.pendingSidecars > 0 && !facts.podHasInitialized)) return 'Pending';
  return phaseOf(facts, containers, init);
}

interface SidecarCount {
  readonly unknown: number;
  readonly running: number;
  readonly waiting: number;
}
const NO_SIDECARS: SidecarCount = { unknown: 0, running: 0, waiting: 0 };

/** The phase of a pod whose initialization is no obstacle. */
function phaseOf(
  facts: PodFacts,
  containers: readonly Container[] | undefined,
  sidecars: SidecarCount,
): PodPhase {
  const { spec } = facts.pod;
  let { unknown, running, waiting } = sidecars;
  let stopped = 0;
  let succeeded = 0;
  let restartable = 0;
  for (let i = 0; containers !== undefined && i < containers.length; i++) {
    const container = containers[i]!;
    const status = statusOf(facts.statuses, container.name);
    const state = status?.state;
    const exit = lastExit(status);
    if (state?.running !== undefined) running++;
    else if (exit !== undefined) {
      stopped++;
      if (exit === 0 && state?.terminated !== undefined) succeeded++;
      if (shouldRestart(container, spec, exit)) restartable++;
    } else if (state?.waiting !== undefined) waiting++;
    else unknown++;
  }
  if (waiting > 0 || unknown > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  const ended = stopped === succeeded ? 'Succeeded' : 'Failed';
  if (facts.podIsTerminal && !facts.isStatic) return ended;
  return restartable > 0 ? 'Running' : ended;
}

function countInitContainers(spec: PodSpec, statuses: readonly ContainerStatus[] | undefined) {
  const count = {
    pendingRegular: 0,
    failedForGood: 0,
    pendingSidecars: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
  };
  for (const container of spec.initContainers ?? []) {
    const status = statusOf(statuses, container.name);
    if (isSidecar(container)) {
      countSidecar(count, status);
      continue;
    }
    const ended = lastExit(status);
    if (ended === undefined) count.pendingRegular++;
    else if (ended !== 0 && !shouldRestart(container, spec, ended)) count.failedForGood++;
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

export function anyRegularStarted(spec: PodSpec, statuses: readonly ContainerStatus[] | undefined): boolean {
  for (const container of spec.containers ?? []) {
    const state = statusOf(statuses, container.name)?.state;
    if (state?.running !== undefined || state?.terminated !== undefined) return true;
  }
  return false;
}
