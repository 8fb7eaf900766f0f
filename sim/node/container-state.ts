/** One container of one pod as the runtime and the kubelet know it: its newest instance and what they remember of the one before. */
import type {
  ContainerState as ApiContainerState,
  Container,
  ContainerStatus,
  PodSpec,
} from '../api/index.ts';
import { type EventId, NO_EVENT, type SimTime } from '../engine/index.ts';
import type { BackoffWindow } from './backoff.ts';
import { isSidecar } from './containers.ts';
import type { RuntimeState, RuntimeStatus } from './pod-actions.ts';

export type Terminated = NonNullable<ApiContainerState['terminated']>;

/** Plain fields, what most events read first: one per container of every running pod. */
export class ContainerState implements RuntimeStatus {
  container: Container;
  /** False: the runtime has no instance of it; the fields of the instance mean nothing. */
  exists = false;
  state: RuntimeState = 'created';
  exitCode = 0;
  restartCount = 0;
  /** Startup is over: probes passed or none asked for. */
  started = false;
  ready = false;
  readonly init: boolean;
  readonly sidecar: boolean;
  /** The API's view of it; undefined when outdated. */
  status: ContainerStatus | undefined = undefined;
  /** Why it is not started now; empty: it is about to be. */
  waitingReason = '';
  waitingMessage = '';
  startedText = '';
  /** What the runtime calls the instance. */
  id = '';
  terminated: Terminated | undefined = undefined;
  previousTerminated: Terminated | undefined = undefined;
  exitEvent: EventId = NO_EVENT;
  /** Undefined, as long as there is none, keeps it from costing a number object in every state: instants are no small integers. */
  finishedAt: SimTime | undefined = undefined;
  /** Among init containers and regular ones, in that order. */
  readonly index: number;
  imageChanged = false;
  startup: boolean | undefined = undefined;
  /** To be killed before the starts of the sync under way. */
  condemned = false;
  crashWindow: BackoffWindow | undefined = undefined;
  pullWindow: BackoffWindow | undefined = undefined;

  constructor(container: Container, index: number, init: boolean) {
    this.container = container;
    this.index = index;
    this.init = init;
    this.sidecar = init && isSidecar(container);
  }

  /** A regular init container is ready when it has ended well. */
  get #readyAtOnce(): boolean {
    return this.started && (!this.init || this.sidecar) && this.container.readinessProbe === undefined;
  }

  /** Liveness probes pass. */
  get liveness(): undefined {
    return undefined;
  }

  get running(): boolean {
    return this.exists && this.state === 'running';
  }

  /** That instance, counted in restarts, still runs. */
  runs(instance: number): boolean {
    return this.running && this.restartCount === instance;
  }

  /** A new instance runs; `timestamp` is the present as API time. */
  start(timestamp: string, podUid: string): void {
    if (this.exists) {
      this.restartCount++;
      this.previousTerminated = this.terminated;
      this.terminated = undefined;
    }
    this.exists = true;
    this.id = `containerd://${podUid}${instanceSuffix(this.index, this.restartCount)}`;
    this.state = 'running';
    this.exitCode = 0;
    this.imageChanged = false;
    this.startup = undefined;
    this.started = this.container.startupProbe === undefined;
    this.ready = this.#readyAtOnce;
    this.startedText = timestamp;
    this.waitingReason = '';
    this.waitingMessage = '';
    this.status = undefined;
  }

  /** The instance ended; `timestamp` is `now` as API time. */
  end(now: SimTime, timestamp: string, exitCode: number, reason: string): void {
    this.state = 'exited';
    this.exitCode = exitCode;
    this.started = false;
    this.ready = this.init && !this.sidecar && exitCode === 0;
    this.finishedAt = now;
    this.terminated = {
      exitCode,
      reason,
      message: undefined,
      startedAt: this.startedText,
      finishedAt: timestamp,
      containerID: this.id,
    };
    this.exitEvent = NO_EVENT;
    this.status = undefined;
  }

  /** It is not started (again) for now; empty texts: nothing holds it. True if that is news. */
  wait(reason: string, message: string): boolean {
    if (this.waitingReason === reason && this.waitingMessage === message) return false;
    this.waitingReason = reason;
    this.waitingMessage = message;
    this.status = undefined;
    return true;
  }
}

/** Of a new pod: init containers, then regular ones. */
export function containerStates({ initContainers, containers }: PodSpec): readonly ContainerState[] {
  const initCount = initContainers?.length ?? 0;
  const sole = containers.length === 1 ? containers[0] : undefined;
  if (initCount === 0 && sole !== undefined) return [new ContainerState(sole, 0, false)];
  const all = [...(initContainers ?? []), ...containers];
  return all.map((container, i) => new ContainerState(container, i, i < initCount));
}

/** Of a first instance: most are, and a text made once is kept once. */
const FIRST_SUFFIXES = Array.from({ length: 8 }, (_, index) => `-${index}-0`);

function instanceSuffix(index: number, restartCount: number): string {
  const first = restartCount === 0 ? FIRST_SUFFIXES[index] : undefined;
  return first ?? `-${index}-${restartCount}`;
}

const NOTHING: ApiContainerState = {};
const waiting = (reason: string): ApiContainerState => ({ waiting: { reason } });
const CREATING = waiting('ContainerCreating');
const INITIALIZING = waiting('PodInitializing');

/** Source: kubelet `convertToAPIContainerStatuses`, Kubernetes v1.36.3. Built once per change of the container. */
export function containerStatus(state: ContainerState, podHasInit: boolean): ContainerStatus {
  return (state.status ??= newStatus(state, podHasInit));
}

function newStatus(state: ContainerState, podHasInit: boolean): ContainerStatus {
  const { container, exists, ready, started, restartCount } = state;
  const image = container.image ?? '';
  const current = currentState(state, podHasInit);
  const last = lastState(state);
  return {
    name: container.name,
    state: current,
    lastState: last,
    ready,
    restartCount,
    image,
    imageID: exists ? image : '',
    containerID: state.id === '' ? undefined : state.id,
    started,
  };
}

function currentState(state: ContainerState, podHasInit: boolean): ApiContainerState {
  if (state.running) return { running: { startedAt: state.startedText } };
  if (state.waitingReason !== '') {
    const { waitingReason: reason, waitingMessage: message } = state;
    return { waiting: message === '' ? { reason } : { reason, message } };
  }
  if (state.exists) return { terminated: state.terminated };
  return podHasInit ? INITIALIZING : CREATING;
}

function lastState(state: ContainerState): ApiContainerState {
  const last = state.exists && state.waitingReason !== '' ? state.terminated : state.previousTerminated;
  return last === undefined ? NOTHING : { terminated: last };
}
