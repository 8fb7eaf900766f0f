/** One node as its kubelet knows it. Plain fields, changed by the kubelet component alone. */
import type { Node } from '../api/index.ts';
import type { WatchHandle } from '../apiserver/index.ts';
import type { ApiClient } from '../client/index.ts';
import { type SimTime, START } from '../engine/index.ts';
import type { Machine } from '../world/index.ts';
import type { NodeAllocation } from './admission.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ImageStore } from './images.ts';
import type { PodState } from './pod-state.ts';

export class NodeState {
  readonly name: string;
  readonly machine: Machine;
  readonly client: ApiClient;
  readonly allocation: NodeAllocation;
  readonly images: ImageStore;
  readonly heartbeat: Heartbeat;
  readonly hostIPs: readonly { readonly ip: string }[];
  /** As registered; what it posts after a restart is built from it. */
  registered: Node;
  readonly pods = new Map<string, PodState>();

  kubeletUp = false;
  /** Counts the kubelet's starts, so that events of an earlier life are recognised. */
  life = 0;
  /** Faults that keep the kubelet stopped; above 0 it does not start with its machine. */
  holds = 0;
  watches: WatchHandle[] = [];
  /** Instants of relists are those whole periods after this one. */
  relistBase: SimTime = START;
  relistPlanned = false;
  /** -1: none since the kubelet started. */
  lastRelist = -1;
  dirty: PodState[] = [];
  statusDue = false;
  pulls = 0;

  constructor(
    registered: Node,
    machine: Machine,
    client: ApiClient,
    allocation: NodeAllocation,
    images: ImageStore,
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
