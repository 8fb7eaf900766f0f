/** Generated arrivals: a renewal process (any distribution), a Poisson process, or a batch at one instant. */
import { RUN_TIME_ANNOTATION } from '../api/index.ts';
import {
  after,
  type Distribution,
  type Duration,
  distribution,
  microseconds,
  NEVER,
  type Random,
  type RandomStreams,
  type SimTime,
} from '../engine/index.ts';
import type { Arrival, ArrivalSource } from './arrivals.ts';
import { type PodShape, podOf, podSpec } from './pod-template.ts';

export type ArrivalProcess =
  /** Times between arrivals, µs. */
  { readonly every: Distribution } | { readonly poissonPerSecond: number } | { readonly at: SimTime };

export interface GeneratorOptions {
  readonly name: string;
  readonly namespace: string;
  readonly process: ArrivalProcess;
  /** At most so many pods. */
  readonly count?: number | undefined;
  readonly from: SimTime;
  readonly until?: SimTime | undefined;
  /** µs; absent: pods run for ever. */
  readonly runTime?: Distribution | undefined;
  readonly shape: PodShape;
}

/** Pods `<name>-0`, `<name>-1`, … Arrivals and run times come from streams keyed by the generator's name. */
export class GeneratedArrivals implements ArrivalSource {
  readonly name: string;
  readonly #options: GeneratorOptions;
  readonly #spec;
  readonly #arrivals: Random;
  readonly #runTimes: Random;
  readonly #gaps: Distribution | undefined;
  #time: SimTime;
  #index = 0;

  constructor(random: RandomStreams, options: GeneratorOptions) {
    this.name = options.name;
    this.#options = options;
    this.#spec = podSpec(options.shape);
    this.#arrivals = random.stream('arrivals', options.name);
    this.#runTimes = random.stream('run-times', options.name);
    this.#gaps = gapsOf(options.process);
    this.#time = 'at' in options.process ? options.process.at : options.from;
  }

  next(): Arrival | undefined {
    const { count, until, namespace, shape, runTime } = this.#options;
    if (count !== undefined && this.#index >= count) return undefined;
    if (this.#gaps !== undefined) this.#time = after(this.#time, this.#gap(this.#gaps));
    if (this.#time > (until ?? NEVER)) return undefined;
    const name = `${this.name}-${this.#index++}`;
    const annotations =
      runTime === undefined
        ? shape.annotations
        : { ...shape.annotations, [RUN_TIME_ANNOTATION]: `${microseconds(runTime.sample(this.#runTimes))}us` };
    return { at: this.#time, pod: podOf(namespace, name, this.#spec, shape.labels, annotations) };
  }

  #gap(gaps: Distribution): Duration {
    return microseconds(gaps.sample(this.#arrivals));
  }
}

function gapsOf(process: ArrivalProcess): Distribution | undefined {
  if ('every' in process) return process.every;
  if ('poissonPerSecond' in process) return distribution({ exponential: { mean: 1e6 / process.poissonPerSecond } });
  return undefined;
}
