/**
 * What one sync of a pod decides: which containers to kill and to start, whether the sandbox has to be made (again).
 * Source: kuberuntime `computePodActions`, Kubernetes v1.36.3, default feature gates. Back-off comes after it.
 */
import type { Container, Pod, PodSpec } from '../api/index.ts';
import { isSidecar, shouldRestart } from './containers.ts';

export type RuntimeState = 'created' | 'running' | 'exited' | 'unknown';

/** The newest instance of a container, as the runtime knows it. */
export interface RuntimeStatus {
  readonly state: RuntimeState;
  readonly exitCode: number;
  /** It runs another image than the spec names now. */
  readonly imageChanged: boolean;
  /** Last result of its probes; undefined: no result yet. */
  readonly liveness: boolean | undefined;
  readonly startup: boolean | undefined;
}

export interface PodRuntime {
  readonly sandbox: 'none' | 'ready' | 'notReady';
  /** Attempt number of the newest sandbox. */
  readonly attempt: number;
  /** Undefined if the runtime has no instance of this container. */
  find(containerName: string): RuntimeStatus | undefined;
  /** No instance of any container is known. */
  readonly empty: boolean;
}

export type KillReason = '' | 'Unknown' | 'LivenessProbe' | 'StartupProbe';

export interface Kill {
  readonly name: string;
  readonly message: string;
  readonly reason: KillReason;
}

export interface PodActions {
  /** Nothing of it shall run: kill what does, and the sandbox. */
  killPod: boolean;
  createSandbox: boolean;
  attempt: number;
  /** Indices into `spec.initContainers`, in the order of starting. */
  initToStart: readonly number[];
  /** Indices into `spec.containers`. */
  toStart: readonly number[];
  toKill: readonly Kill[];
}

/** Most lists are empty: they are this one. */
const NONE: readonly never[] = [];

/** O(containers) with tiny lists. */
export function podActions(pod: Pod, runtime: PodRuntime): PodActions {
  const renew = runtime.sandbox !== 'ready';
  const actions: PodActions = {
    killPod: renew,
    createSandbox: renew,
    attempt: runtime.sandbox === 'notReady' ? runtime.attempt + 1 : runtime.attempt,
    initToStart: NONE,
    toStart: NONE,
    toKill: NONE,
  };
  if (renew) startFromTheBeginning(pod, runtime, actions);
  else if (initActions(pod, runtime, actions)) mainActions(pod, runtime, actions);
  return actions;
}

/** Restarts of the pod as a whole; container-level policies and rules do not count here. */
export const restartsOnFailure = (spec: PodSpec): boolean => spec.restartPolicy !== 'Never';

function startFromTheBeginning(pod: Pod, runtime: PodRuntime, actions: PodActions): void {
  const { spec } = pod;
  const { initContainers, containers } = spec;
  if (!restartsOnFailure(spec) && actions.attempt !== 0 && !runtime.empty) {
    actions.createSandbox = false;
    return;
  }
  let toStart: readonly number[] = NONE;
  for (let i = 0; i < containers.length; i++) {
    const container = containers[i]!;
    if (endedWell(runtime.find(container.name)) && !shouldRestart(container, spec, 0)) continue;
    toStart = plus(toStart, i);
  }
  if (toStart.length === 0) actions.createSandbox = false;
  else if (initContainers !== undefined && initContainers.length > 0) actions.initToStart = [0];
  else actions.toStart = toStart;
}

/** The list is short, and mostly still empty. */
const plus = <T>(list: readonly T[], item: T): readonly T[] => (list.length === 0 ? [item] : [...list, item]);

function startInit(actions: PodActions, index: number): void {
  actions.initToStart = plus(actions.initToStart, index);
}

const endedWell = (status: RuntimeStatus | undefined): boolean =>
  status !== undefined && status.state === 'exited' && status.exitCode === 0;

const endedBadly = ({ state, exitCode }: RuntimeStatus): boolean =>
  (state === 'exited' && exitCode !== 0) || state === 'unknown';

/** True if the regular containers may run. From last to first, since finished ones may have been removed. */
function initActions(pod: Pod, runtime: PodRuntime, actions: PodActions): boolean {
  const { initContainers } = pod.spec;
  if (initContainers === undefined || initContainers.length === 0) return true;
  let initialized = pod.spec.containers.some((container) => {
    const state = runtime.find(container.name)?.state;
    return state === 'running' || state === 'created';
  });
  let laterKnown = initialized;
  for (let i = initContainers.length - 1; i >= 0; i--) {
    const container = initContainers[i]!;
    const sidecar = isSidecar(container);
    const status = runtime.find(container.name);
    if (status === undefined) {
      if (laterKnown && sidecar) startInit(actions, i);
      continue;
    }
    if (laterKnown && !sidecar) continue;
    const last = i === initContainers.length - 1;
    switch (oneInitContainer(pod, container, i, status, actions)) {
      case 'pod-failed':
        actions.killPod = true;
        actions.initToStart = NONE;
        return false;
      case 'initialized':
        if (last) initialized = true;
        else if (!laterKnown) startInit(actions, i + 1);
        break;
      case 'pending':
        break;
    }
    laterKnown = true;
  }
  if (!laterKnown) startInit(actions, 0);
  actions.initToStart = actions.initToStart.toSorted((a, b) => a - b);
  return initialized;
}

type InitVerdict = 'initialized' | 'pending' | 'pod-failed';

function oneInitContainer(
  pod: Pod,
  container: Container,
  index: number,
  status: RuntimeStatus,
  actions: PodActions,
): InitVerdict {
  const sidecar = isSidecar(container);
  switch (status.state) {
    case 'created':
      startInit(actions, index);
      return 'pending';
    case 'running':
      return sidecar ? runningSidecar(container, index, status, actions) : 'pending';
    case 'exited':
      if (!sidecar && status.exitCode === 0) return 'initialized';
      break;
    case 'unknown':
      break;
  }
  if (!sidecar && !shouldRestart(container, pod.spec, endedBadly(status) ? status.exitCode || 1 : 0))
    return 'pod-failed';
  if (status.state === 'unknown') {
    actions.toKill = plus(actions.toKill, killUnknown(container.name, 'Init container'));
  }
  startInit(actions, index);
  return 'pending';
}

function runningSidecar(
  container: Container,
  index: number,
  status: RuntimeStatus,
  actions: PodActions,
): InitVerdict {
  if (container.startupProbe !== undefined && status.startup !== true) {
    if (status.startup === false) replace(container, 'failed startup probe', 'StartupProbe');
    return 'pending';
  }
  if (status.imageChanged) replace(container, 'definition changed', '');
  else if (container.livenessProbe !== undefined && status.liveness === false) {
    replace(container, 'failed liveness probe', 'LivenessProbe');
  }
  return 'initialized';

  function replace({ name }: Container, what: string, reason: KillReason): void {
    actions.toKill = plus(actions.toKill, { name, message: `Init container ${name} ${what}`, reason });
    startInit(actions, index);
  }
}

const killUnknown = (name: string, what: string): Kill => ({
  name,
  message: `${what} is in "unknown" state, try killing it before restart`,
  reason: 'Unknown',
});

function mainActions(pod: Pod, runtime: PodRuntime, actions: PodActions): void {
  const { spec } = pod;
  const deleted = pod.metadata.deletionTimestamp !== undefined;
  let kept = 0;
  for (let i = 0; i < spec.containers.length; i++) {
    const container = spec.containers[i]!;
    const status = runtime.find(container.name);
    if (status === undefined) {
      if (!deleted) actions.toStart = plus(actions.toStart, i);
    } else if (status.state === 'running') {
      if (keepsRunning(spec, container, i, status, actions)) kept++;
    } else if (!deleted && (status.state !== 'exited' || shouldRestart(container, spec, status.exitCode))) {
      actions.toStart = plus(actions.toStart, i);
      if (status.state === 'unknown')
        actions.toKill = plus(actions.toKill, killUnknown(container.name, 'Container'));
    }
  }
  if (kept === 0 && actions.toStart.length === 0) {
    actions.killPod = true;
    // Sidecars must not keep the pod alive.
    actions.initToStart = NONE;
  }
}

function keepsRunning(
  spec: PodSpec,
  container: Container,
  index: number,
  status: RuntimeStatus,
  actions: PodActions,
): boolean {
  let what: string;
  let reason: KillReason = '';
  let restart = restartsOnFailure(spec);
  if (status.imageChanged) {
    what = 'definition changed';
    restart = true;
  } else if (status.liveness === false) {
    what = 'failed liveness probe';
    reason = 'LivenessProbe';
  } else if (status.startup === false) {
    what = 'failed startup probe';
    reason = 'StartupProbe';
  } else return true;
  const message = `Container ${container.name} ${what}${restart ? ', will be restarted' : ''}`;
  if (restart) actions.toStart = plus(actions.toStart, index);
  actions.toKill = plus(actions.toKill, { name: container.name, message, reason });
  return false;
}
