/**
 * Phase and conditions of a pod from the statuses of its containers.
 * Source: kubelet `getPhase` and `status/generate.go`, Kubernetes v1.36.3, default feature gates (ContainerRestartRules on).
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

/** What a condition says; its times and generation come from the pod and its former status. */
export interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string | undefined;
  readonly message: string | undefined;
}
const verdict = (status: Verdict['status'], reason?: string, message?: string): Verdict => ({
  status,
  reason,
  message,
});
const TRUE = verdict('True');
const FALSE = verdict('False');
const COMPLETED = verdict('True', 'PodCompleted');
const NOT_READY_COMPLETED = verdict('False', 'PodCompleted');
const NOT_READY_FAILED = verdict('False', 'PodFailed');
const UNKNOWN = verdict('False', 'UnknownContainerStatuses');

/** PodReadyToStartContainers, Initialized, ContainersReady and Ready. */
export interface PodVerdicts {
  readonly readyToStart: Verdict;
  readonly initialized: Verdict;
  readonly containersReady: Verdict;
  readonly ready: Verdict;
}

export function podVerdicts(facts: PodFacts, phase: PodPhase): PodVerdicts {
  const containersReady = containersReadiness(facts, phase);
  return {
    readyToStart: facts.sandboxReady ? TRUE : FALSE,
    initialized: initialization(facts, phase),
    containersReady,
    ready: containersReady === TRUE ? gatesReadiness(facts) : containersReady,
  };
}

/** The condition as posted; `before` itself if nothing changed, and its transition time if only the wording did. */
export function postedCondition(
  type: string,
  { status, reason, message }: Verdict,
  observedGeneration: number | undefined,
  before: Condition | undefined,
  timestamp: string | undefined,
): Condition {
  const since = before?.status === status ? before.lastTransitionTime : timestamp;
  const same =
    before !== undefined &&
    before.status === status &&
    before.reason === reason &&
    before.message === message &&
    before.observedGeneration === observedGeneration;
  return same ? before : { type, observedGeneration, status, lastTransitionTime: since, reason, message };
}

function containersReadiness({ pod, statuses }: PodFacts, phase: PodPhase): Verdict {
  if (statuses === undefined) return UNKNOWN;
  const { initContainers, containers } = pod.spec;
  const named = new Named();
  for (let i = 0; initContainers !== undefined && i < initContainers.length; i++) {
    const container = initContainers[i]!;
    if (isSidecar(container)) lookForReady(container, statuses, named);
  }
  for (let i = 0; containers !== undefined && i < containers.length; i++) {
    lookForReady(containers[i]!, statuses, named);
  }
  if (phase === 'Succeeded' && named.unknown === '') return NOT_READY_COMPLETED;
  if (phase === 'Failed') return NOT_READY_FAILED;
  return named.empty ? TRUE : notReady(named);
}

function lookForReady({ name }: Container, statuses: readonly ContainerStatus[], named: Named): void {
  const status = statusOf(statuses, name);
  if (status === undefined) named.addUnknown(name);
  else if (!status.ready) named.addBad(name);
}

/** Names of containers whose status is not known, or not good. */
class Named {
  unknown = '';
  bad = '';

  get empty(): boolean {
    return this.unknown === '' && this.bad === '';
  }

  addUnknown(name: string): void {
    this.unknown = this.unknown === '' ? name : `${this.unknown} ${name}`;
  }

  addBad(name: string): void {
    this.bad = this.bad === '' ? name : `${this.bad} ${name}`;
  }

  message(word: string): string {
    const unknown = `containers with unknown status: [${this.unknown}]`;
    const bad = `containers with ${word} status: [${this.bad}]`;
    if (this.unknown === '') return bad;
    return this.bad === '' ? unknown : `${unknown}, ${bad}`;
  }
}

/** The verdict on such containers. The last one is remembered: pods of one template wait for the same names. */
function falseFor(reason: string, word: string): (named: Named) => Verdict {
  let unknown = '';
  let bad = '';
  let last = verdict('False', reason, new Named().message(word));
  return (named) => {
    if (named.unknown !== unknown || named.bad !== bad) {
      ({ unknown, bad } = named);
      last = verdict('False', reason, named.message(word));
    }
    return last;
  };
}
const notReady = falseFor('ContainersNotReady', 'unready');
const notInitialized = falseFor('ContainersNotInitialized', 'incomplete');

function gatesReadiness({ pod, gateConditions }: PodFacts): Verdict {
  const gates = pod.spec.readinessGates;
  if (gates === undefined) return TRUE;
  const unmet: string[] = [];
  for (const { conditionType } of gates) {
    const condition = gateConditions?.find((candidate) => candidate.type === conditionType);
    if (condition === undefined) {
      unmet.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (condition.status !== 'True') {
      unmet.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`,
      );
    }
  }
  return unmet.length === 0 ? TRUE : verdict('False', 'ReadinessGatesNotReady', unmet.join(', '));
}

function initialization({ pod, statuses, oldConditions }: PodFacts, phase: PodPhase): Verdict {
  const { initContainers } = pod.spec;
  if (initContainers === undefined || initContainers.length === 0)
    return phase === 'Succeeded' ? COMPLETED : TRUE;
  if (statuses === undefined) return UNKNOWN;
  const named = new Named();
  for (const container of initContainers) {
    const status = statusOf(statuses, container.name);
    if (status === undefined) named.addUnknown(container.name);
    else if (isSidecar(container) ? status.started !== true : !status.ready) named.addBad(container.name);
  }
  if (phase === 'Succeeded' && named.unknown === '') return COMPLETED;
  if (named.empty || wasInitialized(oldConditions) || anyRegularStarted(pod.spec, statuses)) return TRUE;
  return notInitialized(named);
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
