/** When a run has nothing more to show: no object changed for a while, or the workload is done. */
import { type ObservationBus, type Pod, readAnnotation } from '../api/index.ts';
import { type Duration, elapsed, type SimTime, type Simulation, START, seconds } from '../engine/index.ts';

/** Assumed: longer than image pulls, probe periods and the first crash-loop back-offs, shorter than the five-minute ones. */
const QUIET: Duration = seconds(60);

/** Settled: no pod or node has changed for a minute, and no pod is left that ends by itself. */
export class SettleWatch {
  readonly #simulation: Simulation;
  #lastChange: SimTime = START;
  #livePods = 0;
  /** Live pods with a run time. */
  #endingPods = 0;

  constructor(simulation: Simulation, bus: ObservationBus) {
    this.#simulation = simulation;
    const changed = () => {
      this.#lastChange = simulation.now;
    };
    bus.on('node-changed', changed);
    bus.on('pod-changed', ({ pod, previous, deleted }) => {
      changed();
      const change = Number(!deleted && isLive(pod)) - Number(previous !== undefined && isLive(previous));
      this.#livePods += change;
      if (change !== 0 && readAnnotation(pod, 'runTime') !== undefined) this.#endingPods += change;
    });
  }

  get settled(): boolean {
    return this.#endingPods === 0 && elapsed(this.#lastChange, this.#simulation.now) >= QUIET;
  }

  /** Pods that are not in a terminal phase. */
  get livePods(): number {
    return this.#livePods;
  }
}

const isLive = (pod: Pod): boolean => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
