/** A node and its pods as the kubelet knows them. Plain fields, changed by the kubelet component alone. */
import type { Node, Pod, PodStatus } from '../api/index.ts';
import type { WatchHandle } from '../apiserver/index.ts';
import type { ApiClient } from '../client/index.ts';
import { type EventId, type Linked, LinkedList, type SimTime, START } from '../engine/index.ts';
import type { Machine, Sandbox } from '../world/index.ts';
import type { NodeAllocation, PodDemand } from './admission.ts';
import type { ContainerState } from './container-state.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ImageStore } from './images.ts';
import type { PodRuntime } from './pod-actions.ts';

/** The life of a state that its node has no more. */
export const DROPPED = -1;

/** No container to start. */
export const NOTHING: readonly number[] = [];

/** What the events of its pods read comes first. */
export class NodeState {
  readonly name: string;
  readonly client: ApiClient;
  kubeletUp = false;
  /** Counts the kubelet's starts, so that events of an earlier life are recognised. */
  life = 0;
  /** Whose runtime state has changed since the last relist, each once. */
  dirty: PodState[] | undefined = undefined;
  relistPlanned = false;
  /** Instants of relists are those whole periods after this one. */
  relistBase: SimTime = START;
  /** In periods; -1: none since the kubelet started. */
  lastRelist = -1;
  readonly machine: Machine;
  readonly hostIPs: readonly { readonly ip: string }[];
  readonly allocation: NodeAllocation;
  readonly images: ImageStore<PullRequest>;
  readonly pods = new LinkedList<PodState>();
  readonly heartbeat: Heartbeat;
  /** As registered; what it posts after a restart is built from it. */
  registered: Node;
  /** Faults that keep the kubelet stopped; above 0 it does not start with its machine. */
  holds = 0;
  watches: WatchHandle[] = [];
  statusDue = false;
  pulls = 0;

  constructor(
    registered: Node,
    machine: Machine,
    client: ApiClient,
    allocation: NodeAllocation,
    images: ImageStore<PullRequest>,
    heartbeat: Heartbeat,
  ) {
    this.name = machine.name;
    this.registered = registered;
    this.machine = machine;
    this.client = client;
    this.allocation = allocation;
    this.images = images;
    this.heartbeat = heartbeat;
    this.hostIPs = [{ ip: machine.hostIP }];
  }
}

/** A container that waits for its image, unless its pod is to end by then; a machine that goes down aborts all of its node. */
export interface PullRequest {
  readonly image: string;
  readonly state: PodState;
  readonly container: ContainerState;
}

/** Observed once in a pod's life each. */
export type OnceStep = 'images-pulled' | 'initialized' | 'started' | 'ready' | 'finished';

/** `stopping`: its containers got SIGTERM. `ended`: none runs and none will. */
export type Ending = 'no' | 'stopping' | 'ended';

/** `again`: a sync is under way, and another has to follow it. */
export type Work = 'idle' | 'busy' | 'again';

/** That its containers are to have ended by `at`. */
export interface PlannedStop {
  readonly at: SimTime;
  readonly event: EventId;
}

/** Of a pod that had to wait: how its worker comes to look again. */
export interface Waits {
  /** The earliest end of a back-off met in the sync under way. */
  end: SimTime | undefined;
  requeues: number;
  requeueEvent: EventId;
}

/** What most events read comes first, what few pods need is a record of its own: there is one per running pod, and memory is slow. */
export class PodState implements PodRuntime, Linked<PodState> {
  /** Counted up when everything planned for it is void, so that events of an earlier life are recognised; {@link DROPPED} in the end. */
  life = 0;
  readonly node: NodeState;
  /** The newest object known, from the watch or from the answer to an own write. */
  pod: Pod;
  /** The kubelet has looked at it since it started. */
  synced = false;
  /** Its relist is to come. */
  dirty = false;
  ending: Ending = 'no';
  work: Work = 'idle';
  readonly containers: readonly ContainerState[];
  box: Sandbox | undefined = undefined;
  /** Steps observed, see `reach` and `turn`. */
  reached = 0;
  /** A small integer that its object has to itself. */
  readonly slot: number;
  readonly key: string;

  /** The last status given to the writer; the API may not have it yet. */
  status: PodStatus | undefined = undefined;
  /** What the write under way builds on. */
  sent: Pod | undefined = undefined;
  writePending = false;
  finalDelete: 'no' | 'pending' | 'sent' = 'no';

  sandbox: 'none' | 'ready' | 'notReady' = 'none';
  podIPs: readonly { readonly ip: string }[] | undefined = undefined;
  readonly startTime: string;
  readonly initCount: number;
  /** The containers that the sync under way starts, and the next of them. */
  queue: readonly number[] = NOTHING;
  position = 0;
  readonly uid: string;
  /** Counted in the node's allocation until it has ended. */
  readonly demand: PodDemand;
  attempt = 0;
  /** The object is gone from the API; only the node still has the pod. */
  gone = false;
  stop: PlannedStop | undefined = undefined;
  waits: Waits | undefined = undefined;
  /** Among the pods of its node. */
  previous: PodState | undefined = undefined;
  next: PodState | undefined = undefined;

  constructor(
    key: string,
    slot: number,
    node: NodeState,
    pod: Pod,
    demand: PodDemand,
    startTime: string,
    containers: readonly ContainerState[],
  ) {
    this.node = node;
    this.pod = pod;
    this.containers = containers;
    this.slot = slot;
    this.key = key;
    this.startTime = startTime;
    this.initCount = pod.spec.initContainers?.length ?? 0;
    this.uid = pod.metadata.uid;
    this.demand = demand;
  }

  find(name: string): ContainerState | undefined {
    for (const state of this.containers)
      if (state.container.name === name) return state.exists ? state : undefined;
    return undefined;
  }

  get empty(): boolean {
    for (const state of this.containers) if (state.exists) return false;
    return true;
  }

  get deletionRequested(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }

  /** Every regular container has been started and none will run again. */
  get mainEnded(): boolean {
    const { containers, initCount } = this;
    for (let i = initCount; i < containers.length; i++) {
      const state = containers[i]!;
      if (!state.exists || state.state !== 'exited') return false;
    }
    return true;
  }
}

const STEP_BITS: Readonly<Record<OnceStep, number>> = {
  'images-pulled': 1,
  initialized: 2,
  started: 4,
  ready: 8,
  finished: 16,
};

const HALTED = 32;

/** Whether its regular containers, all of which have been started once, are down for now; true if that is news. */
export function turn(state: PodState, halted: boolean): boolean {
  if (((state.reached & HALTED) !== 0) === halted) return false;
  state.reached ^= HALTED;
  return true;
}

/** True the first time. */
export function reach(state: PodState, step: OnceStep): boolean {
  const bit = STEP_BITS[step];
  if ((state.reached & bit) !== 0) return false;
  state.reached |= bit;
  return true;
}
