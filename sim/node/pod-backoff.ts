/** Waits of a pod's containers: for a crash loop or an image; and when its worker looks again. Kubelet of Kubernetes v1.36.3. */
import { after, type Duration, elapsed, NO_EVENT, type SimTime, START, seconds } from '../engine/index.ts';
import { advance, collect, crashLoopMessage, HOUSEKEEPING_US, mustWait } from './backoff.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletContext } from './context.ts';
import { podEvent } from './events.ts';
import type { PodState } from './pod-state.ts';
import type { Relister } from './relister.ts';

/** `backOffPeriod`: when a worker looks again after a failed sync. */
export const RETRY = seconds(10);

export class PodBackoff {
  readonly #context: KubeletContext;
  readonly #relister: Relister;

  constructor(context: KubeletContext, relister: Relister) {
    this.#context = context;
    this.#relister = relister;
  }

  /** True if the container ended so recently that it must not be started yet; else its next window is opened. */
  holds(state: PodState, container: ContainerState): boolean {
    if (!container.exists || container.state !== 'exited') return false;
    const { backoff, simulation } = this.#context;
    const { now } = simulation;
    const { finishedAt = START } = container;
    const housekept = (now - (now % HOUSEKEEPING_US)) as SimTime;
    const window = collect(backoff, container.crashWindow, housekept);
    if (window === undefined || !mustWait(backoff, window, finishedAt, now)) {
      container.crashWindow = advance(backoff, window, finishedAt, now);
      return false;
    }
    const { metadata } = state.pod;
    const { name } = container.container;
    const end = after(finishedAt, window.backoffUs as Duration);
    this.wait(state, container, 'CrashLoopBackOff', crashLoopMessage(window, name, metadata), end);
    this.#context.events.backingOff(state, container);
    return true;
  }

  /** The reason shows in the status after the next relist; the worker looks again after `end`. */
  wait(state: PodState, container: ContainerState, reason: string, message: string, end: SimTime): void {
    const { waits } = state;
    this.until(state, waits?.end === undefined ? end : (Math.min(waits.end, end) as SimTime));
    if (container.wait(reason, message)) this.#relister.mark(state);
  }

  /** The worker has to look again after `end`. */
  until(state: PodState, end: SimTime): void {
    if (state.waits === undefined) state.waits = { end, requeues: 0, requeueEvent: NO_EVENT };
    else state.waits.end = end;
  }

  /** The sync is over: if anything waits, plans the next look, up to the jitter late and never later than a resync. */
  settle(state: PodState): void {
    const { waits } = state;
    if (waits?.end === undefined) return;
    const { simulation, latencies, requeueJitter, acts } = this.#context;
    const wait = Math.min(elapsed(simulation.now, waits.end), latencies.resyncUs);
    const jitter = requeueJitter * simulation.random.draw('backoff-requeue', state.key, waits.requeues++);
    waits.end = undefined;
    acts.cancel(waits.requeueEvent);
    const delay = Math.ceil(wait * (1 + jitter)) as Duration;
    waits.requeueEvent = acts.after(delay, podEvent('pod-requeued', state));
  }
}
