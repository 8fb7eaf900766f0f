/**
 * The end of a pod on its node: SIGTERM, SIGKILL, teardown, last status, delete. Source: kubelet `SyncTerminatingPod`,
 * `SyncTerminatedPod` and status manager, Kubernetes v1.36.3.
 */
import { after, type Duration, NO_EVENT } from '../engine/index.ts';
import type { ContainerRunner } from './container-runner.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { podEvent } from './events.ts';
import { NOTHING, type PodState } from './pod-state.ts';
import type { StatusWriter } from './status-writer.ts';

/** 128 + SIGKILL. */
const KILLED = 137;
/** 128 + SIGTERM: what the signal does to a program that has not asked for it. */
const TERMINATED = 143;
/** What containerd tells of a container whose machine went down. */
const LOST = 255;

export class PodTermination {
  readonly #context: KubeletContext;
  readonly #runner: ContainerRunner;
  readonly #statuses: StatusWriter;

  constructor(context: KubeletContext, runner: ContainerRunner, statuses: StatusWriter) {
    this.#context = context;
    this.#runner = runner;
    this.#statuses = statuses;
  }

  /** The pod ended by itself: what is left of it (sidecars, sandbox) goes, the object stays. */
  finish(state: PodState): void {
    this.#runner.once(state, 'finished');
    this.#stop(state);
    this.#release(state);
    this.#statuses.publish(state, true);
  }

  /** Deletion was requested, or the object is gone: SIGTERM now, SIGKILL when the grace period is over. */
  terminate(state: PodState): void {
    if (state.ending === 'ended') {
      this.#conclude(state);
      return;
    }
    const { simulation, physical, events } = this.#context;
    const at = after(simulation.now, this.stopTime(state));
    if (state.ending === 'stopping') {
      // Only a shorter grace period than before matters.
      if (state.stop !== undefined) {
        if (state.stop.at <= at) return;
        physical.cancel(state.stop.event);
      }
    } else events.killing(state);
    state.ending = 'stopping';
    state.stop = { at, event: physical.at(at, podEvent('pod-stopped', state)) };
  }

  /** From the signal to the end of all containers. */
  stopTime(state: PodState): Duration {
    if (!state.anyRunning) return 0 as Duration;
    return Math.min(this.#context.latencies.stopUs, graceUs(state)) as Duration;
  }

  /** Of a container that was told to stop: a server ends well, work that was to end by itself is not done. Assumed. */
  exitCode(state: PodState, { exitEvent }: ContainerState): number {
    if (graceUs(state) < this.#context.latencies.stopUs) return KILLED;
    return exitEvent === NO_EVENT ? 0 : TERMINATED;
  }

  #stop(state: PodState): void {
    this.#runner.endAll(state, (container) => this.exitCode(state, container));
  }

  /** Every container has ended after the signal. */
  stopped(state: PodState): void {
    this.#stop(state);
    this.#runner.once(state, 'finished');
    this.#release(state);
    if (state.node.kubeletUp) this.#conclude(state);
  }

  /** Nothing runs any more: the sandbox goes and the node's resources are free. */
  #release(state: PodState): void {
    state.ending = 'ended';
    state.work = 'idle';
    state.queue = NOTHING;
    if (state.box !== undefined) {
      this.#context.world.removeSandbox(state.box);
      state.box = undefined;
      state.sandbox = 'notReady';
    }
    state.node.allocation.remove(state.demand);
  }

  /** Nothing of a pod that has to go runs any more: last status, teardown, delete. */
  #conclude(state: PodState): void {
    if (state.gone) {
      this.#context.drop(state);
      return;
    }
    if (state.finalDelete !== 'no') return;
    settleUnstarted(state);
    this.#statuses.publish(state, true);
    const { physical, latencies } = this.#context;
    physical.after(latencies.teardownUs, podEvent('pod-torn-down', state));
  }

  tornDown(state: PodState): void {
    if (state.node.kubeletUp && !state.gone) this.#statuses.publishDelete(state);
  }

  /** The object is gone from the API. */
  objectGone(state: PodState): void {
    state.gone = true;
    this.terminate(state);
  }

  /** The machine went down: no process survives, what was planned is void. */
  lost(state: PodState): void {
    state.life++;
    if (state.box !== undefined) state.sandbox = 'notReady';
    state.box = undefined;
    this.#runner.endAll(state, () => LOST, 'Unknown');
    state.work = 'idle';
    state.queue = NOTHING;
    if (state.ending === 'stopping') state.ending = 'no';
  }
}

/** What never ran counts as failed. Source: status manager `TerminatePod`. */
function settleUnstarted(state: PodState): void {
  for (const container of state.containers) {
    container.wait('', '');
    if (container.exists || container.init) continue;
    container.exists = true;
    container.state = 'exited';
    container.exitCode = KILLED;
    container.terminated = {
      exitCode: KILLED,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was terminated',
    };
    container.status = undefined;
  }
}

/** Grace period in force, µs: at least a second. Source: kubelet `calculateEffectiveGracePeriod`. */
function graceUs({ pod }: PodState): number {
  const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return Math.max(1, seconds) * 1e6;
}
