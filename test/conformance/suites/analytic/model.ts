/** What a family of closed forms needs to be simulated: parameters in, one replication's readings out. */
import {
  type Component,
  type Distribution,
  type DistributionSpec,
  type Duration,
  distribution,
  Phase,
  type Port,
  type Random,
  type SimEvent,
  type SimTime,
  Simulation,
} from '../../../../sim/engine/index.ts';

export type Params = Readonly<Record<string, unknown>>;

/** A reading of one replication; for a variance its first and second moment. */
export type Observed = number | { readonly first: number; readonly second: number };

/** By the name the closed form gives it; computed when asked. */
export type Readings = Readonly<Record<string, () => Observed>>;

export interface Replication {
  readonly readings: Readings;
  readonly events: number;
}

/** One system to simulate. Each experiment runs for as long as its own metrics need. */
export interface Experiment {
  /** The metrics it gives; all that no other experiment of the family gives if absent. */
  readonly metrics?: readonly string[];
  readonly replicate: (seed: string) => Replication;
}

export interface Family {
  /** Utilisation of the busiest resource, for the rule; 0 where load means nothing. */
  readonly load: number;
  /** True if a load of 1 or more is harmless: the system has room for so many only. */
  readonly bounded?: boolean;
  readonly experiments: readonly Experiment[];
}

/** Makes a family of the parameters; throws Unfit if they are outside what the models cover. */
export type FamilyOf = (params: Params) => Family;

export class Unfit extends Error {}

/** `otherwise`, if given, stands for a parameter that is absent. */
export function number(params: Params, name: string, otherwise?: number): number {
  const value = params[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Unfit(`parameter ${name} is no number`);
  return value;
}

export function word(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== 'string') throw new Unfit(`parameter ${name} is no word`);
  return value;
}

export function numbers(params: Params, name: string): readonly number[] {
  const value = params[name];
  if (!Array.isArray(value) || !value.every((x) => typeof x === 'number'))
    throw new Unfit(`parameter ${name} is no list of numbers`);
  return value;
}

/** Simulated microseconds for the closed form's arbitrary unit: the shortest mean becomes a second. */
export class Clock {
  readonly simulation: Simulation;
  readonly perUnit: number;

  constructor(seed: string, shortestMean: number) {
    this.simulation = new Simulation(seed);
    this.perUnit = 1e6 / shortestMean;
  }

  units(us: number): number {
    return us / this.perUnit;
  }

  time(units: number): SimTime {
    return Math.round(units * this.perUnit) as SimTime;
  }

  /** Draws durations of `spec`, given in units, from the stream (purpose, object). */
  sampler(spec: DistributionSpec, purpose: string, object = ''): Sampler {
    return new Sampler(distribution(spec), this.simulation.random.stream(purpose, object), this.perUnit);
  }

  /** Runs through the warm-up, calls `restart`, and goes on for `length`. Units. */
  run(warmUp: number, length: number, restart: (now: SimTime) => void): void {
    const start = this.time(warmUp);
    this.simulation.run({ until: start });
    restart(start);
    this.simulation.run({ until: this.time(warmUp + length) });
  }
}

export class Sampler {
  readonly #distribution: Distribution;
  readonly #random: Random;
  readonly #perUnit: number;

  constructor(of: Distribution, random: Random, perUnit: number) {
    this.#distribution = of;
    this.#random = random;
    this.#perUnit = perUnit;
  }

  next(): Duration {
    return Math.round(this.#distribution.sample(this.#random) * this.#perUnit) as Duration;
  }
}

export const exponential = (rate: number): DistributionSpec => ({ exponential: { mean: 1 / rate } });

/** Calls `arrive` at the points of a renewal process. */
export class Source implements Component<SimEvent> {
  readonly name: string;
  readonly #port: Port<SimEvent>;
  readonly #gaps: Sampler;
  readonly #arrive: (now: SimTime) => void;
  readonly #clock: Clock;
  readonly #event: SimEvent = { kind: 'arrival', key: '' };

  constructor(clock: Clock, name: string, gaps: DistributionSpec, arrive: (now: SimTime) => void) {
    this.name = name;
    this.#clock = clock;
    this.#gaps = clock.sampler(gaps, 'arrivals', name);
    this.#arrive = arrive;
    this.#port = clock.simulation.port<SimEvent>(this, Phase.traffic);
    this.#port.after(this.#gaps.next(), this.#event);
  }

  handle(): void {
    this.#port.after(this.#gaps.next(), this.#event);
    this.#arrive(this.#clock.simulation.now);
  }
}

/**
 * Time after which a single queue has forgotten how it began, to e⁻⁶: six relaxation times of M/M/1 at this load,
 * longer in proportion for irregular service (squared coefficient of variation `scv`).
 */
export function warmUpOf(load: number, meanService: number, scv = 1): number {
  const gap = 1 - Math.sqrt(Math.min(load, 0.95));
  return (6 * meanService * (1 + scv)) / 2 / (gap * gap) + 20 * meanService;
}

/** Length of a replication: at least ten warm-ups, and about so many events. */
export function lengthOf(warmUp: number, eventsPerUnit: number, events = 200_000): number {
  return Math.max(10 * warmUp, events / eventsPerUnit);
}
