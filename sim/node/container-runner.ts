/** What happens to a container in the runtime: it starts, passes its probes, ends; and what its sandbox answers then. */
import type { ObservationMap } from '../api/index.ts';
import { type Duration, NO_EVENT } from '../engine/index.ts';
import type { ContainerState } from './container-state.ts';
import { shouldRestart } from './containers.ts';
import type { KubeletContext } from './context.ts';
import { type ContainerEvent, containerEvent } from './events.ts';
import { type OnceStep, type PodState, reach, turn } from './pod-state.ts';
import type { Relister } from './relister.ts';

export class ContainerRunner {
  readonly #context: KubeletContext;
  readonly #relister: Relister;

  constructor(context: KubeletContext, relister: Relister) {
    this.#context = context;
    this.#relister = relister;
  }

  /** Asks the runtime to create and start it; `container-started` follows. */
  begin(state: PodState, container: ContainerState): void {
    if (container.index === state.containers.length - 1) this.once(state, 'images-pulled');
    const { physical, latencies } = this.#context;
    const instance = container.exists ? container.restartCount + 1 : 0;
    const event = containerEvent('container-started', state, container, instance);
    physical.after(latencies.containerStartUs, event);
  }

  started(state: PodState, container: ContainerState): void {
    const { clock, simulation, events } = this.#context;
    const restarted = container.exists;
    const { exitCode } = container;
    const reason = container.terminated?.reason ?? '';
    container.start(clock.timestamp(simulation.now), state.uid);
    if (restarted) this.#observeRestart(state, container, exitCode, reason);
    if (container.sidecar) this.#initialized(state);
    else if (!container.init) {
      // A sidecar may be down just now, but what has begun is initialized for good.
      this.once(state, 'initialized');
      if (everyMainExists(state)) this.once(state, 'started');
      if (turn(state, false)) this.observe(state, 'resumed');
    }
    this.#planEnd(state, container);
    this.#planProbe(state, container);
    this.#listen(state);
    events.started(state, container);
    this.#relister.mark(state);
  }

  #observeRestart(state: PodState, container: ContainerState, exitCode: number, reason: string): void {
    const { observations, simulation } = this.#context;
    observations.emit('container-restarted', {
      time: simulation.now,
      pod: state.pod,
      slot: state.slot,
      node: state.node.name,
      container: container.container.name,
      exitCode,
      reason,
      restartCount: container.restartCount,
    });
  }

  #planEnd(state: PodState, container: ContainerState): void {
    if (container.sidecar) return;
    const { process, latencies, physical } = this.#context;
    const end = container.init
      ? { after: latencies.initRunUs, exitCode: 0 }
      : process(state.pod, container.container, container.restartCount);
    if (end === undefined) return;
    const { restartCount } = container;
    const event = containerEvent('container-exited', state, container, restartCount, end.exitCode);
    container.exitEvent = physical.after(end.after, event);
  }

  /** DEVIATION: probes pass while the process runs: after their initial delay and the successes in a row that they ask for. */
  #planProbe(state: PodState, container: ContainerState): void {
    const { readinessProbe, startupProbe } = container.container;
    const probe = container.started ? readinessProbe : startupProbe;
    if (probe === undefined) return;
    const inARow = (probe.successThreshold ?? 1) - 1;
    const seconds = (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * inARow;
    const event = containerEvent('container-probed', state, container, container.restartCount);
    this.#context.physical.after((seconds * 1e6) as Duration, event);
  }

  /** Its startup probe, or else its readiness probe, has passed. */
  probed(state: PodState, container: ContainerState): void {
    if (container.started) container.ready = true;
    else {
      container.started = true;
      container.startup = true;
      container.ready = container.container.readinessProbe === undefined;
      if (!container.ready) this.#planProbe(state, container);
      if (container.sidecar) this.#initialized(state);
    }
    container.status = undefined;
    this.#listen(state);
  }

  /** The process ended by itself, as planned. */
  ranOut(state: PodState, { container, exitCode }: ContainerEvent): void {
    container.exitEvent = NO_EVENT;
    this.exited(state, container, exitCode, undefined);
  }

  /** The process ended, or a fault ended it. */
  exited(state: PodState, container: ContainerState, exitCode: number, reason: string | undefined): void {
    this.end(state, container, exitCode, reason);
    if (container.init) {
      if (!container.sidecar) this.#initialized(state);
    } else if (state.mainEnded) {
      if (willRestart(state)) this.halted(state);
      else this.once(state, 'finished');
    }
    this.#relister.mark(state);
  }

  /** No regular container runs any more, for now. */
  halted(state: PodState): void {
    if (turn(state, true)) this.observe(state, 'halted');
  }

  #initialized(state: PodState): void {
    if (initDone(state)) this.once(state, 'initialized');
  }

  /** The process is over, whatever ended it. */
  end(state: PodState, container: ContainerState, exitCode: number, reason?: string): void {
    const { simulation, clock, physical } = this.#context;
    const { now } = simulation;
    if (container.exitEvent !== NO_EVENT) physical.cancel(container.exitEvent);
    const why = reason ?? (exitCode === 0 ? 'Completed' : 'Error');
    container.end(now, clock.timestamp(now), exitCode, why);
    this.#listen(state);
  }

  endAll(state: PodState, exitCodeOf: (container: ContainerState) => number, reason?: string): void {
    for (const container of state.containers) {
      if (container.running) this.end(state, container, exitCodeOf(container), reason);
    }
  }

  /** The sandbox accepts connections while every regular container that declares ports (every one, if none does) is ready to. */
  #listen(state: PodState): void {
    const { box, containers, initCount } = state;
    if (box === undefined) return;
    let anyPorts = false;
    let all = true;
    let withPorts = true;
    for (let i = initCount; i < containers.length; i++) {
      const container = containers[i]!;
      const up = container.running && container.ready;
      all &&= up;
      const ports = container.container.ports;
      if (ports === undefined || ports.length === 0) continue;
      anyPorts = true;
      withPorts &&= up;
    }
    this.#context.world.setServing(box, anyPorts ? withPorts : all);
  }

  /** Tells observers the first time that the pod gets there. */
  once(state: PodState, step: OnceStep): void {
    if (reach(state, step)) this.observe(state, step);
  }

  observe(state: PodState, step: ObservationMap['pod-lifecycle']['step']): void {
    const { lifecycle, simulation } = this.#context;
    lifecycle.emit({
      time: simulation.now,
      pod: state.pod,
      slot: state.slot,
      node: state.node.name,
      step,
    });
  }
}

function everyMainExists({ containers, initCount }: PodState): boolean {
  for (let i = initCount; i < containers.length; i++) if (!containers[i]!.exists) return false;
  return true;
}

/** Sidecars have started, the others have ended well: as the condition Initialized, `pod-conditions.ts`. */
function initDone({ containers, initCount }: PodState): boolean {
  for (let i = 0; i < initCount; i++) {
    const { sidecar, exists, started, state, exitCode } = containers[i]!;
    if (!exists || !(sidecar ? started : state === 'exited' && exitCode === 0)) return false;
  }
  return true;
}

function willRestart(state: PodState): boolean {
  if (state.deletionRequested) return false;
  for (let i = state.initCount; i < state.containers.length; i++) {
    const { container, exitCode } = state.containers[i]!;
    if (shouldRestart(container, state.pod.spec, exitCode)) return true;
  }
  return false;
}
