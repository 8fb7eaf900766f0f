/** The generic pod lifecycle event generator: changes in a node's runtime are seen at its next relist. Kubernetes v1.36.3. */
import type { SimTime } from '../engine/index.ts';
import type { KubeletContext } from './context.ts';
import { nodeEvent } from './events.ts';
import type { NodeState, PodState } from './pod-state.ts';

export class Relister {
  readonly #context: KubeletContext;

  constructor(context: KubeletContext) {
    this.#context = context;
  }

  /** The grid of a kubelet that has just started begins somewhere in its first period. */
  kubeletStarted(node: NodeState): void {
    const { simulation, latencies } = this.#context;
    const phase = simulation.random.draw('relist-phase', node.name, node.life);
    node.relistBase = (simulation.now + Math.floor(phase * latencies.relistUs)) as SimTime;
    node.lastRelist = -1;
  }

  /** The runtime's state of the pod changed. */
  mark(state: PodState): void {
    const { node } = state;
    if (state.dirty || !node.kubeletUp) return;
    state.dirty = true;
    // Mostly it is the only one: a literal list has no room to spare.
    if (node.dirty === undefined) node.dirty = [state];
    else node.dirty.push(state);
    if (node.relistPlanned) return;
    node.relistPlanned = true;
    this.#context.acts.at(this.#next(node), nodeEvent('relist', node));
  }

  /** Whose state has changed since the last relist, each once. */
  take(node: NodeState): readonly PodState[] {
    node.relistPlanned = false;
    node.lastRelist = this.#periods(node);
    const changed = node.dirty ?? [];
    node.dirty = undefined;
    for (const state of changed) state.dirty = false;
    return changed;
  }

  #next(node: NodeState): SimTime {
    const { now } = this.#context.simulation;
    const period = this.#context.latencies.relistUs;
    if (period === 0) return now;
    const next = Math.ceil(this.#periods(node));
    const after = next === node.lastRelist ? next + 1 : next;
    return (node.relistBase + after * period) as SimTime;
  }

  /** Since the grid's first instant; whole at a relist. */
  #periods({ relistBase }: NodeState): number {
    const { simulation, latencies } = this.#context;
    return (simulation.now - relistBase) / latencies.relistUs;
  }
}
