/**
 * The end of a pod on its node: preStop hooks, SIGTERM, SIGKILL, teardown, last status, delete. Source: kubelet
 * `SyncTerminatingPod`, `SyncTerminatedPod`, `killContainer` (kuberuntime_container.go) and status manager, Kubernetes v1.36.3.
 * DEVIATION: of preStop hooks only `sleep` takes time, and a pod's containers end together, when the last of them does.
 */
import type { Container } from '../api/index.ts';
import { after, type Duration, NO_EVENT } from '../engine/index.ts';
import type { ContainerRunner } from './container-runner.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { podEvent } from './events.ts';
import { restartsOnFailure } from './pod-actions.ts';
import { NOTHING, type PodState } from './pod-state.ts';
import type { StatusWriter } from './status-writer.ts';

/** 128 + SIGKILL. */
const KILLED = 137;
/** 128 + SIGTERM: what the signal does to a program that has not asked for it. */
const TERMINATED = 143;
/** What containerd tells of a container whose machine went down. */
const LOST = 255;
/** What a container has from SIGTERM to SIGKILL at least, however long its hook was: `minimumGracePeriodInSeconds`. */
const LEAST_GRACE_US = 2e6;

export class PodTermination {
  readonly #context: KubeletContext;
  readonly #runner: ContainerRunner;
  readonly #statuses: StatusWriter;

  constructor(context: KubeletContext, runner: ContainerRunner, statuses: StatusWriter) {
    this.#context = context;
    this.#runner = runner;
    this.#statuses = statuses;
  }

  /**
   * The pod ended by itself: what is left of it (sidecars, sandbox) goes, the object stays. DEVIATION: the sidecars of a pod that
   * ended by itself end with it, without their preStop hooks.
   */
  finish(state: PodState): void {
    this.#runner.once(state, 'finished');
    this.#stop(state);
    this.#release(state);
    this.#statuses.publish(state, true);
  }

  /** Deletion was requested, or the object is gone: hooks and SIGTERM now, SIGKILL when the grace period is over. */
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

  /** Until all of these containers have ended: first their hooks, then the signal. */
  stopTime(state: PodState, containers: readonly ContainerState[] = state.containers): Duration {
    const { stopUs } = this.#context.latencies;
    let longest = 0;
    for (const { running, container } of containers) {
      if (!running) continue;
      const hook = hookUs(state, container);
      longest = Math.max(longest, hook + Math.min(stopUs, remainingUs(state, hook)));
    }
    return longest as Duration;
  }

  /** Of a container that was told to stop: a server ends well, work that was to end by itself is not done. Assumed. */
  exitCode(state: PodState, { container, exitEvent }: ContainerState): number {
    if (remainingUs(state, hookUs(state, container)) < this.#context.latencies.stopUs) return KILLED;
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

  /** A hook under way ends with the kubelet, and nobody sends the signal: the next kubelet begins anew. */
  kubeletGone(state: PodState): void {
    const { stop } = state;
    const { simulation, physical, latencies } = this.#context;
    if (state.ending !== 'stopping' || stop === undefined || stop.at - simulation.now <= latencies.stopUs)
      return;
    physical.cancel(stop.event);
    state.stop = undefined;
    state.ending = 'no';
  }

  /** The machine went down: no process survives, what was planned is void. */
  lost(state: PodState): void {
    state.life++;
    if (state.box !== undefined) state.sandbox = 'notReady';
    state.box = undefined;
    if (state.containers.some(({ running }) => running)) this.#die(state);
    state.work = 'idle';
    state.queue = NOTHING;
    if (state.ending === 'stopping') state.ending = 'no';
  }

  /** Observers are told at once: a kubelet that comes back, if one does, only finds out what has been so since now. */
  #die(state: PodState): void {
    this.#runner.endAll(state, () => LOST, 'Unknown');
    if (!state.mainEnded) return;
    const again = restartsOnFailure(state.pod.spec) && !state.deletionRequested && !state.gone;
    if (again) this.#runner.halted(state);
    else this.#runner.once(state, 'finished');
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

/** How long the container's preStop hook sleeps, µs: it is left when the grace period is over. Source: `executePreStopHook`. */
function hookUs(state: PodState, { lifecycle }: Container): number {
  const sleep = lifecycle?.preStop?.sleep;
  return sleep === undefined ? 0 : Math.min(sleep.seconds * 1e6, graceUs(state));
}

/** From SIGTERM to SIGKILL, µs, after a hook of that length. */
const remainingUs = (state: PodState, hook: number): number =>
  Math.max(LEAST_GRACE_US, graceUs(state) - hook);
