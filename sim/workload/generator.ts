/** Generated arrivals: an arrival process, run times and sizes, each drawn from a stream of its own. */
import { RUN_TIME_ANNOTATION, withFields } from '../api/index.ts';
import {
  type Distribution,
  instant,
  microseconds,
  NEVER,
  type Random,
  type RandomStreams,
  type SimTime,
} from '../engine/index.ts';
import { type ArrivalProcess, type ArrivalTimes, arrivalTimes } from './arrival-process.ts';
import type { Arrival, ArrivalSource } from './arrivals.ts';
import { type PodShape, podOf, podSpec } from './pod-template.ts';
import { type SizeClass, Sizes } from './sizes.ts';

export interface GeneratorOptions {
  readonly name: string;
  readonly namespace: string;
  readonly process: ArrivalProcess;
  /** At most so many pods; absent: 1 if they come at one instant, else no limit. */
  readonly count?: number | undefined;
  readonly from: SimTime;
  readonly until?: SimTime | undefined;
  /** µs; absent: pods run for ever. */
  readonly runTime?: Distribution | undefined;
  readonly shape: PodShape;
  /** Absent: all pods are of the shape. */
  readonly sizes?: readonly SizeClass[] | undefined;
}

/** Pods `<name>-0`, `<name>-1`, … Arrivals, run times and sizes come from streams keyed by the generator's name. */
export class GeneratedArrivals implements ArrivalSource {
  readonly name: string;
  readonly #options: GeneratorOptions;
  readonly #count: number;
  readonly #spec;
  readonly #sizes: Sizes | undefined;
  readonly #runTimes: Random;
  readonly #times: ArrivalTimes;
  #timeUs: number;
  #index = 0;

  constructor(random: RandomStreams, options: GeneratorOptions) {
    const { name, shape, sizes, process, from } = options;
    this.name = name;
    this.#options = options;
    this.#count = options.count ?? ('at' in process ? 1 : Number.POSITIVE_INFINITY);
    this.#spec = podSpec(shape);
    this.#sizes = sizes && new Sizes(shape, sizes, random.stream('sizes', name));
    this.#runTimes = random.stream('run-times', name);
    this.#times = arrivalTimes(process, name, random, from);
    this.#timeUs = from;
  }

  next(): Arrival | undefined {
    const { until, namespace, shape } = this.#options;
    if (this.#index >= this.#count) return undefined;
    this.#timeUs = this.#times(this.#timeUs);
    if (this.#timeUs > (until ?? NEVER)) return undefined;
    const size = this.#sizes?.next();
    const runTime = size?.runTime ?? this.#options.runTime;
    const annotations =
      runTime === undefined
        ? shape.annotations
        : withFields(shape.annotations, {
            [RUN_TIME_ANNOTATION]: `${microseconds(runTime.sample(this.#runTimes))}us`,
          });
    const pod = podOf(
      namespace,
      `${this.name}-${this.#index++}`,
      size?.spec ?? this.#spec,
      shape.labels,
      annotations,
    );
    return { at: instant(Math.round(this.#timeUs)), pod };
  }
}
