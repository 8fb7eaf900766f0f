/**
 * The kubelet's pod workers: each sync posts the status, decides what to start and kill, and goes through the starts
 * one after the other. Source: kubelet `SyncPod` and kuberuntime `SyncPod`, Kubernetes v1.36.3.
 */
import { after, type Duration } from '../engine/index.ts';
import { ContainerRunner } from './container-runner.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { podEvent } from './events.ts';
import { ImagePuller } from './image-puller.ts';
import { type PodActions, podActions } from './pod-actions.ts';
import { PodBackoff, RETRY } from './pod-backoff.ts';
import { NOTHING, type NodeState, type PodState } from './pod-state.ts';
import { PodTermination } from './pod-termination.ts';
import { Relister } from './relister.ts';
import type { StatusWriter } from './status-writer.ts';

export class PodWorkers {
  readonly relister: Relister;
  readonly runner: ContainerRunner;
  readonly termination: PodTermination;
  readonly #puller: ImagePuller;
  readonly #backoff: PodBackoff;
  readonly #context: KubeletContext;
  readonly #statuses: StatusWriter;

  constructor(context: KubeletContext, statuses: StatusWriter) {
    this.#context = context;
    this.#statuses = statuses;
    this.relister = new Relister(context);
    this.runner = new ContainerRunner(context, this.relister);
    this.termination = new PodTermination(context, this.runner, statuses);
    this.#backoff = new PodBackoff(context, this.relister);
    this.#puller = new ImagePuller(context, this.#backoff);
  }

  /** Looks at the pod: posts its status and begins what is to be done. */
  sync(state: PodState): void {
    if (!state.node.kubeletUp) return;
    state.synced = true;
    if (state.deletionRequested || state.gone || state.ending === 'stopping')
      this.termination.terminate(state);
    else if (state.ending === 'ended') return;
    else if (state.work !== 'idle') state.work = 'again';
    else this.#syncRunning(state);
  }

  #syncRunning(state: PodState): void {
    const actions = podActions(state.pod, state);
    if (actions.killPod && !actions.createSandbox) {
      // Nothing is left to run: one status tells the end and the teardown.
      this.termination.finish(state);
      return;
    }
    this.#statuses.publish(state, false);
    this.#perform(state, actions);
  }

  #perform(state: PodState, actions: PodActions): void {
    const { initToStart, toStart, toKill } = actions;
    const main = offset(toStart, state.initCount);
    state.queue = initToStart.length === 0 ? main : [...initToStart, ...main];
    state.position = 0;
    if (toKill.length > 0) this.#killFirst(state, actions);
    else if (actions.createSandbox) this.#createSandbox(state, actions.attempt);
    else if (state.queue.length > 0) {
      state.work = 'busy';
      this.#startNext(state);
    }
  }

  #killFirst(state: PodState, { toKill }: PodActions): void {
    state.work = 'busy';
    for (const { name } of toKill) {
      const container = state.find(name);
      if (container !== undefined) container.condemned = true;
    }
    const condemned = state.containers.filter((container) => container.condemned);
    const { physical } = this.#context;
    physical.after(this.termination.stopTime(state, condemned), podEvent('containers-killed', state));
  }

  /** The containers that had to go are dead; those to start have their turn. */
  containersKilled(state: PodState): void {
    for (const container of state.containers) {
      if (container.condemned && container.running) {
        this.runner.end(state, container, this.termination.exitCode(state, container));
      }
      container.condemned = false;
    }
    if (state.ending === 'no' && state.mainEnded) this.runner.halted(state);
    if (!this.#abandoned(state)) this.#startNext(state);
  }

  #createSandbox(state: PodState, attempt: number): void {
    const { latencies, physical } = this.#context;
    state.work = 'busy';
    state.attempt = attempt;
    const { volumes } = state.pod.spec;
    const volumeWait = volumes === undefined || volumes.length === 0 ? 0 : latencies.volumeWaitUs;
    const delay = (latencies.sandboxStartUs + volumeWait) as Duration;
    physical.after(delay, podEvent('sandbox-started', state));
  }

  sandboxStarted(state: PodState): void {
    if (state.ending !== 'no') return;
    const { world, simulation } = this.#context;
    const hostNetwork = state.pod.spec.hostNetwork ?? false;
    const box = world.createSandbox(state.node.machine, state.key, state.uid, hostNetwork);
    if (box === undefined) {
      // The node's addresses are used up.
      this.#backoff.until(state, after(simulation.now, RETRY));
      if (!this.#abandoned(state)) this.#endSync(state);
      return;
    }
    state.box = box;
    state.podIPs = [{ ip: box.ip }];
    state.sandbox = 'ready';
    this.runner.observe(state, 'sandbox-ready');
    if (state.initCount === 0) this.runner.once(state, 'initialized');
    if (!this.#abandoned(state)) this.#startNext(state);
  }

  /** The kubelet went away or the pod is to end: the rest of the sync is not done. */
  #abandoned(state: PodState): boolean {
    if (state.node.kubeletUp && state.ending === 'no' && state.work !== 'idle') return false;
    state.work = 'idle';
    return true;
  }

  /** Begins the next start of the queue, passing over containers that have to wait; ends the sync after the last. */
  #startNext(state: PodState): void {
    for (; state.position < state.queue.length; state.position++) {
      const container = state.containers[state.queue[state.position]!]!;
      if (this.#backoff.holds(state, container)) continue;
      const image = this.#puller.ensure(state, container);
      if (image === 'waiting') continue;
      if (image === 'present') this.runner.begin(state, container);
      return;
    }
    this.#endSync(state);
  }

  #endSync(state: PodState): void {
    const again = state.work === 'again';
    state.work = 'idle';
    state.queue = NOTHING;
    this.#backoff.settle(state);
    if (again) this.sync(state);
  }

  /** The pull under way on the node is over: the pod that waits for it, if it is still there, goes on. */
  pullEnded(node: NodeState): void {
    const ended = this.#puller.ended(node);
    if (ended === undefined) return;
    const { state, container } = ended.request;
    if (this.#abandoned(state)) return;
    if (!ended.failed) {
      this.#puller.succeeded(state, container);
      this.runner.begin(state, container);
      return;
    }
    this.#puller.failed(state, container);
    state.position++;
    this.#startNext(state);
  }

  containerStarted(state: PodState, container: ContainerState): void {
    if (state.ending !== 'no') return;
    this.runner.started(state, container);
    if (this.#abandoned(state)) return;
    state.position++;
    this.#startNext(state);
  }

  /** The prober tells the worker at once, not at the next relist. */
  containerProbed(state: PodState, container: ContainerState): void {
    this.runner.probed(state, container);
    this.sync(state);
  }

  relist(node: NodeState): void {
    for (const state of this.relister.take(node)) this.sync(state);
  }

  /** The kubelet's memory of what it was about to do is lost. */
  kubeletGone(state: PodState): void {
    this.termination.kubeletGone(state);
    if (state.work === 'again') state.work = 'busy';
    state.dirty = false;
    state.synced = false;
    state.status = undefined;
    if (state.waits !== undefined) state.waits.end = undefined;
    state.sent = undefined;
    state.writePending = false;
    state.finalDelete = 'no';
  }
}

const offset = (indices: readonly number[], by: number): readonly number[] =>
  by === 0 ? indices : indices.map((i) => i + by);
