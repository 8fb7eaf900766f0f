/**
 * What plugins leave for each other and for themselves during one attempt to schedule one pod:
 * `k8s.io/kubernetes/pkg/scheduler/framework/cycle_state.go`, v1.36.
 */
import type { Pod } from '../../api/index.ts';
import { type SimTime, START } from '../../engine/index.ts';
import type { PodShape } from '../cache/pod-shape.ts';
import { PluginMask } from './plugin-mask.ts';

declare const holds: unique symbol;

/** Names a value of type T in a cycle state. */
export interface StateKey<T> {
  readonly name: string;
  readonly [holds]?: T;
}

export const stateKey = <T>(name: string): StateKey<T> => ({ name });

/** Data that a what-if (preemption, nominated pods) changes must be able to copy itself. */
export interface Forkable {
  fork(): unknown;
}

const isForkable = (data: unknown): data is Forkable =>
  typeof data === 'object' && data !== null && typeof (data as Partial<Forkable>).fork === 'function';

const NO_PLUGINS = new PluginMask();

export class CycleState {
  readonly pod: Pod;
  /** What the pod asks for, derived once. */
  readonly shape: PodShape;
  /** Which attempt on the pod this is, from 1: the number to draw with when every attempt is to be a new draw. */
  readonly attempt: number;
  /** When the pod was first ready to be tried. */
  readonly readySince: SimTime;
  /** Plugins with nothing to say about the pod's shape. */
  readonly ignoring: PluginMask;
  /** Plugins whose PreFilter said Skip: their Filter is left out. */
  readonly skipFilter = new PluginMask();
  /** Plugins whose PreScore said Skip. */
  readonly skipScore = new PluginMask();
  /** Most pods leave none. */
  #data: Map<string, unknown> | undefined;

  constructor(
    pod: Pod,
    shape: PodShape,
    attempt = 1,
    readySince: SimTime = START,
    ignoring: PluginMask = NO_PLUGINS,
  ) {
    this.pod = pod;
    this.shape = shape;
    this.attempt = attempt;
    this.readySince = readySince;
    this.ignoring = ignoring;
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#data ??= new Map();
    this.#data.set(key.name, value);
  }

  read<T>(key: StateKey<T>): T | undefined {
    // A key is the only way in, and it carries the type.
    return this.#data?.get(key.name) as T | undefined;
  }

  /** An independent copy for a what-if; data without `fork` is shared, being never changed. */
  fork(): CycleState {
    const copy = new CycleState(this.pod, this.shape, this.attempt, this.readySince, this.ignoring);
    copy.skipFilter.copyFrom(this.skipFilter);
    copy.skipScore.copyFrom(this.skipScore);
    for (const [name, data] of this.#data ?? []) {
      copy.#data ??= new Map();
      copy.#data.set(name, isForkable(data) ? data.fork() : data);
    }
    return copy;
  }
}
