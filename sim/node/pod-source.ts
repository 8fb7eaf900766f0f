/**
 * Which pods a kubelet has: what its watch shows, admitted or rejected, changed, deleted. Source: kubelet `config`, `HandlePodAdditions`
 * and their kin, Kubernetes v1.36.3.
 */
import { type Container, keyOf, type Pod } from '../api/index.ts';
import type { ApiServer, WatchEvent, WatchHandle, WatchSink } from '../apiserver/index.ts';
import { podDemand, type Rejection } from './admission.ts';
import { containerStates } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { type NodeState, PodState } from './pod-state.ts';
import { rejectedStatus } from './pod-status.ts';
import type { PodWorkers } from './pod-worker.ts';
import type { StatusWriter } from './status-writer.ts';

/** A node's watch of its pods: as objects of a class, thousands of them share their code and hold nothing else. */
class PodsOfNode implements WatchSink<'pods'> {
  readonly #source: PodSource;
  readonly #node: NodeState;

  constructor(source: PodSource, node: NodeState) {
    this.#source = source;
    this.#node = node;
  }

  onList(pods: readonly Pod[], _revision: number, slots: readonly number[]): void {
    this.#source.listed(this.#node, pods, slots);
  }

  onEvent(event: WatchEvent<Pod>): void {
    if (event.type === 'DELETED') this.#source.deleted(event.object, event.slot);
    else this.#source.seen(this.#node, event.key, event.object, event.slot);
  }

  onExpired(): void {
    this.#source.watch(this.#node);
  }
}

export class PodSource {
  readonly #context: KubeletContext;
  readonly #apiserver: ApiServer;
  readonly #workers: PodWorkers;
  readonly #statuses: StatusWriter;
  /** By the slot that the API server gave the pod. */
  readonly #bySlot: (PodState | undefined)[] = [];

  constructor(context: KubeletContext, apiserver: ApiServer, workers: PodWorkers, statuses: StatusWriter) {
    this.#context = context;
    this.#apiserver = apiserver;
    this.#workers = workers;
    this.#statuses = statuses;
  }

  /** Begins to watch the node's pods and its Node object. */
  watch(node: NodeState): void {
    for (const watch of node.watches) watch.stop();
    node.watches = [this.#watchPods(node), this.#watchNode(node)];
  }

  #watchPods(node: NodeState): WatchHandle {
    return this.#apiserver.watch(
      { resource: 'pods', fieldSelector: `spec.nodeName=${node.name}` },
      new PodsOfNode(this, node),
    );
  }

  #watchNode(node: NodeState): WatchHandle {
    return this.#apiserver.watch(
      { resource: 'nodes', fieldSelector: `metadata.name=${node.name}` },
      {
        onList: (nodes) => {
          for (const known of nodes) node.allocation.setNode(known);
        },
        onEvent: ({ type, object }) => {
          if (type !== 'DELETED') node.allocation.setNode(object);
        },
        onExpired: () => this.watch(node),
      },
    );
  }

  /** The kubelet's first look, or one after a lost watch: what is not in the list is gone. */
  listed(node: NodeState, pods: readonly Pod[], slots: readonly number[]): void {
    const uids = new Set(pods.map((pod) => pod.metadata.uid));
    for (const state of node.pods.items()) {
      if (!uids.has(state.uid)) this.#workers.termination.objectGone(state);
    }
    for (const [i, pod] of pods.entries()) this.seen(node, keyOf(pod), pod, slots[i]!);
  }

  /** A version of a pod of the node, new or known. */
  seen(node: NodeState, key: string, pod: Pod, slot: number): void {
    const state = this.#bySlot[slot];
    // Most versions are the node's own writes, come back.
    if (state !== undefined && state.pod === pod && state.synced) return;
    if (state === undefined || state.uid !== pod.metadata.uid) {
      this.#arrived(node, key, pod, slot);
      return;
    }
    const before = state.pod;
    this.#statuses.known(state, pod);
    if (state.synced && !asksForSync(before, state.pod)) return;
    noteSpec(state, state.pod);
    this.#workers.sync(state);
  }

  #arrived(node: NodeState, key: string, pod: Pod, slot: number): void {
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') return;
    const demand = podDemand(pod.spec);
    // One that has to go already is taken, to be ended properly.
    const going = pod.metadata.deletionTimestamp !== undefined;
    const rejection = going ? undefined : node.allocation.check(pod, demand, false);
    if (rejection !== undefined) {
      this.#reject(node, pod, slot, rejection);
      return;
    }
    const { clock, simulation } = this.#context;
    const startTime = pod.status?.startTime ?? clock.timestamp(simulation.now);
    const containers = containerStates(pod.spec);
    const state = new PodState(key, slot, node, pod, demand, startTime, containers);
    this.#bySlot[slot] = state;
    node.pods.add(state);
    node.allocation.add(demand);
    this.#workers.runner.observe(state, 'admitted');
    this.#workers.sync(state);
  }

  /** If the write is refused for a newer version, that version arrives and is judged anew. */
  #reject(node: NodeState, pod: Pod, slot: number, rejection: Rejection): void {
    const { clock, simulation, lifecycle, events } = this.#context;
    const { now } = simulation;
    lifecycle.emit({ time: now, pod, slot, node: node.name, step: 'rejected' });
    events.rejected(pod, rejection);
    const status = rejectedStatus(rejection, node, pod.status, clock.timestamp(now));
    node.client.send({ verb: 'update', resource: 'pods', subresource: 'status', object: { ...pod, status } });
  }

  deleted(pod: Pod, slot: number): void {
    const state = this.#bySlot[slot];
    if (state === undefined || state.uid !== pod.metadata.uid) return;
    state.pod = pod;
    this.#workers.termination.objectGone(state);
  }

  /** The node has nothing left of the pod. */
  forget(state: PodState): void {
    const { slot, node } = state;
    // Once the object is gone, its slot may be another pod's.
    if (this.#bySlot[slot] === state) this.#bySlot[slot] = undefined;
    node.pods.remove(state);
  }
}

/** Changes of the object that mean something to the node. */
function asksForSync({ metadata: before, spec }: Pod, now: Pod): boolean {
  const { metadata } = now;
  return (
    spec !== now.spec ||
    before.deletionTimestamp !== metadata.deletionTimestamp ||
    before.deletionGracePeriodSeconds !== metadata.deletionGracePeriodSeconds
  );
}

/** The containers' specs as they are now: of what may change in a running pod, the image matters. */
function noteSpec(state: PodState, { spec }: Pod): void {
  const { initContainers = [], containers } = spec;
  for (const container of state.containers) {
    const { index, init } = container;
    const wanted: Container | undefined = init ? initContainers[index] : containers[index - state.initCount];
    if (wanted === undefined || wanted === container.container) continue;
    if (wanted.image !== container.container.image && container.running) container.imageChanged = true;
    container.container = wanted;
    container.status = undefined;
  }
}
