/** The row `kubectl get pods -o wide` shows for a pod. Source: server-side pod printer, Kubernetes v1.36.3. */
import type { Condition, ContainerStatus, Pod, PodStatus } from '../../api/index.ts';
import { isSidecar } from '../containers.ts';
import { age, humanDuration, orNone } from './cells.ts';

export interface PodRow {
  readonly Name: string;
  readonly Ready: string;
  readonly Status: string;
  readonly Restarts: string;
  readonly Age: string;
  readonly IP: string;
  readonly Node: string;
  readonly 'Nominated Node': string;
  readonly 'Readiness Gates': string;
}

/** Set on the row of a pod in a terminal phase. */
export type PodRowCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** `nowMs` is the calendar instant in ms. */
export function printPod(pod: Pod, nowMs: number): PodRow {
  const status: PodStatus = pod.status ?? {};
  const init = scanInitContainers(pod, status);
  const useRegular = init.reason === undefined || conditionIsTrue(status, 'Initialized');
  const regular = useRegular ? scanContainers(status) : undefined;
  const counted = regular === undefined ? init.all : sumRestarts(init.sidecars, regular.restarts);
  const reason = regular?.reason ?? init.reason ?? podReason(status);
  const ready = init.ready + (regular?.ready ?? 0);
  const total = (pod.spec.containers?.length ?? 0) + (pod.spec.initContainers?.filter(isSidecar).length ?? 0);
  return {
    Name: pod.metadata.name,
    Ready: `${ready}/${total}`,
    Status: deletionReason(pod, status) ?? reason,
    Restarts: restartsCell(counted, nowMs),
    Age: age(pod.metadata.creationTimestamp, nowMs),
    IP: orNone(status.podIPs?.[0]?.ip),
    Node: orNone(pod.spec.nodeName),
    'Nominated Node': orNone(status.nominatedNodeName),
    'Readiness Gates': gatesCell(pod, status),
  };
}

export function podRowConditions(pod: Pod): readonly PodRowCondition[] | undefined {
  switch (pod.status?.phase) {
    case 'Succeeded':
      return [
        {
          type: 'Completed',
          status: 'True',
          reason: 'Succeeded',
          message: 'The pod has completed successfully.',
        },
      ];
    case 'Failed':
      return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];
    default:
      return undefined;
  }
}

interface Restarts {
  readonly count: number;
  /** When the latest of them ended; undefined if none is known. */
  readonly lastMs: number | undefined;
}
const NO_RESTARTS: Restarts = { count: 0, lastMs: undefined };

const addRestarts = (sum: Restarts, status: ContainerStatus): Restarts =>
  sumRestarts(sum, { count: status.restartCount, lastMs: finishedMs(status) });

function sumRestarts(a: Restarts, b: Restarts): Restarts {
  const later = a.lastMs === undefined || (b.lastMs !== undefined && b.lastMs > a.lastMs);
  return { count: a.count + b.count, lastMs: later ? b.lastMs : a.lastMs };
}

function finishedMs(status: ContainerStatus): number | undefined {
  const finishedAt = status.lastState?.terminated?.finishedAt;
  return finishedAt === undefined ? undefined : Date.parse(finishedAt);
}

function restartsCell(restarts: Restarts, nowMs: number): string {
  if (restarts.count === 0 || restarts.lastMs === undefined) return `${restarts.count}`;
  return `${restarts.count} (${humanDuration(nowMs - restarts.lastMs)} ago)`;
}

function podReason(status: PodStatus): string {
  for (const condition of status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') return 'SchedulingGated';
  }
  return status.reason !== undefined && status.reason !== '' ? status.reason : (status.phase ?? '');
}

/** The first unfinished init container ends the scan and gives the reason. */
function scanInitContainers(pod: Pod, status: PodStatus) {
  const specs = pod.spec.initContainers ?? [];
  let all = NO_RESTARTS;
  let sidecars = NO_RESTARTS;
  let ready = 0;
  let reason: string | undefined;
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const spec = specs.find((candidate) => candidate.name === container.name);
    const sidecar = spec !== undefined && isSidecar(spec);
    all = addRestarts(all, container);
    if (sidecar) sidecars = addRestarts(sidecars, container);
    if (container.state?.terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    reason = unfinishedInitReason(container) ?? `Init:${i}/${specs.length}`;
    break;
  }
  return { all, sidecars, ready, reason };
}

function unfinishedInitReason({ state }: ContainerStatus): string | undefined {
  if (state?.terminated !== undefined) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state?.waiting?.reason ?? '';
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : undefined;
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

function terminatedReason({ reason, signal, exitCode }: Terminated): string {
  if (reason !== undefined && reason !== '') return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

/** Last to first, so that the first container's reason wins. */
function scanContainers(status: PodStatus) {
  const containers = status.containerStatuses ?? [];
  let restarts = NO_RESTARTS;
  let reason: string | undefined;
  let errorReason: string | undefined;
  let ready = 0;
  let running = false;
  for (let i = containers.length - 1; i >= 0; i--) {
    const container = containers[i]!;
    const { state } = container;
    restarts = addRestarts(restarts, container);
    if (state?.waiting?.reason !== undefined && state.waiting.reason !== '') {
      reason = errorReason = state.waiting.reason;
    } else if (state?.terminated !== undefined) {
      reason = terminatedReason(state.terminated);
      if (reason !== 'Completed') errorReason = reason;
    } else if (container.ready && state?.running !== undefined) {
      running = true;
      ready++;
    }
  }
  if ((reason ?? podReason(status)) === 'Completed' && running) {
    reason = conditionIsTrue(status, 'Ready') ? 'Running' : (errorReason ?? 'NotReady');
  }
  return { restarts, ready, reason };
}

const conditionIsTrue = (status: PodStatus, type: string): boolean =>
  status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

function deletionReason(pod: Pod, status: PodStatus): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating';
}

function gatesCell(pod: Pod, status: PodStatus): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  let met = 0;
  for (const gate of gates) {
    const condition = status.conditions?.find((candidate) => candidate.type === gate.conditionType);
    if (condition?.status === 'True') met++;
  }
  return `${met}/${gates.length}`;
}
