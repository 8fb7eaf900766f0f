/** When a run has nothing more to show: no object changed for a while, or the workload is done. */
import {
  controllerOf,
  type ObservationBus,
  type ObservationMap,
  type Pod,
  readAnnotation,
} from '../api/index.ts';
import { type Duration, elapsed, type SimTime, type Simulation, START, seconds } from '../engine/index.ts';

/** Assumed: longer than image pulls, probe periods and the first crash-loop back-offs, shorter than the five-minute ones. */
const QUIET: Duration = seconds(60);

/** Settled: no pod or node has changed for a minute, and no pod is left that ends by itself. */
export class SettleWatch {
  readonly #simulation: Simulation;
  #lastChange: SimTime = START;
  /** Live pods with a run time. */
  #endingPods = 0;

  constructor(simulation: Simulation, bus: ObservationBus) {
    this.#simulation = simulation;
    bus.on('node-changed', ({ time }) => {
      this.#lastChange = time;
    });
    bus.on('pod-changed', (seen) => {
      this.#lastChange = seen.time;
      const change = liveChange(seen);
      if (change !== 0 && readAnnotation(seen.pod, 'runTime') !== undefined) this.#endingPods += change;
    });
  }

  get settled(): boolean {
    return this.#endingPods === 0 && elapsed(this.#lastChange, this.#simulation.now) >= QUIET;
  }
}

/** Counts the pods of work that are not in a terminal phase: all but those of replica sets, of which there is no end. */
export class LiveWork {
  count = 0;

  constructor(bus: ObservationBus) {
    bus.on('pod-changed', (seen) => {
      const change = liveChange(seen);
      if (change !== 0 && !isReplaced(seen.pod)) this.count += change;
    });
  }
}

/** Its controller makes another whenever one ends. */
const isReplaced = (pod: Pod): boolean => REPLACING.has(controllerOf(pod)?.kind ?? '');
const REPLACING: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController']);

/** By how many the change raises the number of live pods: -1, 0 or 1. */
function liveChange({ pod, previous, deleted }: ObservationMap['pod-changed']): number {
  if (previous === undefined) return Number(!deleted && isLive(pod));
  if (!deleted && pod.status === previous.status) return 0;
  return Number(!deleted && isLive(pod)) - Number(isLive(previous));
}

const isLive = (pod: Pod): boolean => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
