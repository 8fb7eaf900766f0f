/** When the kubelet of a node runs: from its machine's boot to its crash, unless a fault holds it; and its heartbeats meanwhile. */
import type { KubeletContext } from './context.ts';
import { nodeEvent } from './events.ts';
import type { NodeRegistrar } from './node-registrar.ts';
import type { PodSource } from './pod-source.ts';
import type { NodeState } from './pod-state.ts';
import type { PodWorkers } from './pod-worker.ts';

export class KubeletLives {
  readonly #context: KubeletContext;
  readonly #workers: PodWorkers;
  readonly #registrar: NodeRegistrar;
  readonly #source: PodSource;
  readonly #listeners: ((node: string) => void)[] = [];

  constructor(context: KubeletContext, workers: PodWorkers, registrar: NodeRegistrar, source: PodSource) {
    this.#context = context;
    this.#workers = workers;
    this.#registrar = registrar;
    this.#source = source;
  }

  /** `listener` is told when a node begins or ceases to renew its lease; single renewals are not told. */
  onHeartbeatChange(listener: (node: string) => void): void {
    this.#listeners.push(listener);
  }

  machineUp(node: NodeState): void {
    if (node.holds === 0) this.#planStart(node);
  }

  /** Nothing that ran on the machine is left. */
  machineDown(node: NodeState): void {
    this.#stop(node);
    node.images.abort();
    node.pulls++;
    for (const state of node.pods.items()) this.#workers.termination.lost(state);
  }

  /** A fault: the process ends and stays down; containers go on. */
  hold(node: NodeState): void {
    node.holds++;
    this.#stop(node);
  }

  /** A fault is over; the last of them lets the kubelet start. */
  release(node: NodeState): void {
    node.holds = Math.max(0, node.holds - 1);
    if (node.holds === 0 && node.machine.up) this.#planStart(node);
  }

  started(node: NodeState): void {
    node.kubeletUp = true;
    node.heartbeat.start(this.#context.simulation.now);
    this.#tell(node);
    this.#workers.relister.kubeletStarted(node);
    this.#registrar.kubeletStarted(node);
    this.#source.watch(node);
  }

  #planStart(node: NodeState): void {
    if (node.kubeletUp) return;
    const { acts, latencies } = this.#context;
    acts.after(latencies.kubeletStartUs, nodeEvent('kubelet-started', node, ++node.life));
  }

  #stop(node: NodeState): void {
    node.life++;
    if (!node.kubeletUp) return;
    node.kubeletUp = false;
    node.heartbeat.stop(this.#context.simulation.now);
    this.#tell(node);
    for (const watch of node.watches) watch.stop();
    node.watches = [];
    node.dirty = undefined;
    node.relistPlanned = false;
    node.statusDue = false;
    for (const state of node.pods.items()) this.#workers.kubeletGone(state);
  }

  #tell(node: NodeState): void {
    for (const listener of this.#listeners) listener(node.name);
  }
}
