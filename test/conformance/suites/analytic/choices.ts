/** Many servers and few probes: power of d choices, Sparrow's sampling. */
import {
  type Component,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
} from '../../../../sim/engine/index.ts';
import { Durations, Occupancy } from './collectors.ts';
import {
  Clock,
  exponential,
  type FamilyOf,
  lengthOf,
  number,
  type Observed,
  type Sampler,
  Source,
  warmUpOf,
} from './model.ts';

/** n queues; each arrival joins the shortest of d drawn at random (with replacement, first of equals). */
class ChoiceQueues implements Component<SimEvent> {
  readonly name = 'queues';
  readonly sojourns = new Durations();
  /** Queues with at least i jobs, at i. */
  readonly atLeast = [1, 2, 3, 4].map(() => new Occupancy());
  readonly jobs = new Occupancy();
  readonly #clock: Clock;
  readonly #port: Port<SimEvent>;
  readonly #d: number;
  readonly #services: Sampler;
  readonly #choice: () => number;
  /** Arrival instants by queue, oldest first. */
  readonly #queues: SimTime[][];
  readonly #departures: readonly SimEvent[];

  constructor(clock: Clock, queues: number, d: number) {
    this.#clock = clock;
    this.#port = clock.simulation.port<SimEvent>(this, Phase.world);
    this.#d = d;
    this.#services = clock.sampler(exponential(1), 'service');
    this.#choice = clock.simulation.random.stream('choice', '');
    this.#queues = Array.from({ length: queues }, () => []);
    this.#departures = this.#queues.map((_, n) => ({ kind: 'departure', key: '', n }));
  }

  arrive(now: SimTime): void {
    let chosen = this.#draw();
    for (let i = 1; i < this.#d; i++) {
      const other = this.#draw();
      if (this.#queues[other]!.length < this.#queues[chosen]!.length) chosen = other;
    }
    const queue = this.#queues[chosen]!;
    queue.push(now);
    this.#count(now, queue.length, 1);
    if (queue.length === 1) this.#port.after(this.#services.next(), this.#departures[chosen]!);
  }

  handle(event: SimEvent): void {
    const now = this.#clock.simulation.now;
    const queue = this.#queues[event.n!]!;
    this.#count(now, queue.length, -1);
    this.sojourns.add(now - queue.shift()!);
    if (queue.length > 0) this.#port.after(this.#services.next(), event);
  }

  restart(now: SimTime): void {
    this.sojourns.restart();
    for (const level of [this.jobs, ...this.atLeast]) level.restart(now);
  }

  #draw(): number {
    return Math.floor(this.#choice() * this.#queues.length);
  }

  /** A queue grew to, or shrinks from, `length`. */
  #count(now: SimTime, length: number, change: number): void {
    this.jobs.set(now, this.jobs.state + change);
    const level = this.atLeast[length - 1];
    level?.set(now, level.state + change);
  }
}

/**
 * Power of d choices, n → ∞: d, lam. Finite n makes rare long queues more frequent: with 10,000 queues by about 1 % for a
 * share of 0.015 (d = 3, load 0.9), by 5 % with 2,000; d = 1 is exact for any n. The warm-up brings the limit's
 * differential equations within 1e-4 of their fixed point; so many queues need no longer than that to be precise.
 */
export const powerOfD: FamilyOf = (params) => {
  const [d, lam] = [number(params, 'd'), number(params, 'lam')];
  const queues = d === 1 ? 20 : 10_000;
  const replicate = (seed: string) => {
    const clock = new Clock(seed, 1);
    const system = new ChoiceQueues(clock, queues, d);
    new Source(clock, 'source', exponential(lam * queues), (now) => system.arrive(now));
    const warmUp = d === 1 ? warmUpOf(lam, 1) : (d === 2 ? 11 : 8) / (1 - Math.min(lam, 0.95));
    const length = d === 1 ? lengthOf(warmUp, 2 * lam * queues) : warmUp;
    clock.run(warmUp, length, (now) => system.restart(now));
    const now = clock.simulation.now;
    const share = (n: number): number => n / queues;
    const readings: Record<string, () => Observed> = {
      mean_sojourn: () => clock.units(system.sojourns.mean),
      mean_queue_length: () => system.jobs.average(now, share),
    };
    for (const [i, level] of system.atLeast.entries())
      readings[`frac_queues_ge_${i + 1}`] = () => level.average(now, share);
    return { readings, events: clock.simulation.eventCount };
  };
  return { load: lam, experiments: [{ replicate }] };
};

/** m·d workers that are busy and idle in turn, each busy a share rho of the time: an M/M/1 queue each. */
class Workers implements Component<SimEvent> {
  readonly name = 'workers';
  /** 1 while a job of m tasks that probed these workers would not wait, by way of probing. */
  readonly random = new Occupancy();
  readonly perTask = new Occupancy();
  readonly batch = new Occupancy();
  readonly #clock: Clock;
  readonly #port: Port<SimEvent>;
  readonly #m: number;
  readonly #d: number;
  readonly #busy: Sampler;
  readonly #idle: Sampler;
  readonly #isIdle: boolean[];
  readonly #flips: readonly SimEvent[];
  /** Idle workers in all; idle first probes; idle probes of each task; tasks with an idle probe. */
  #idleWorkers: number;
  #idleFirsts: number;
  readonly #idleOfTask: number[];
  #tasksServed: number;

  constructor(clock: Clock, m: number, d: number, rho: number) {
    this.#clock = clock;
    this.#port = clock.simulation.port<SimEvent>(this, Phase.world);
    [this.#m, this.#d] = [m, d];
    this.#busy = clock.sampler(exponential(1 / rho), 'busy');
    this.#idle = clock.sampler(exponential(1 / (1 - rho)), 'idle');
    this.#isIdle = new Array<boolean>(m * d).fill(true);
    this.#flips = this.#isIdle.map((_, n) => ({ kind: 'flip', key: '', n }));
    this.#idleWorkers = m * d;
    this.#idleFirsts = m;
    this.#tasksServed = m;
    this.#idleOfTask = new Array<number>(m).fill(d);
    for (const flip of this.#flips) this.#port.after(this.#idle.next(), flip);
    this.#note();
  }

  handle(event: SimEvent): void {
    const worker = event.n!;
    const task = Math.floor(worker / this.#d);
    const change = this.#isIdle[worker] ? -1 : 1;
    this.#isIdle[worker] = change > 0;
    this.#idleWorkers += change;
    if (worker % this.#d === 0) this.#idleFirsts += change;
    const idle = (this.#idleOfTask[task]! += change);
    if (idle === 0) this.#tasksServed--;
    else if (idle === 1 && change > 0) this.#tasksServed++;
    this.#note();
    this.#port.after((change > 0 ? this.#idle : this.#busy).next(), event);
  }

  restart(now: SimTime): void {
    for (const level of [this.random, this.perTask, this.batch]) level.restart(now);
  }

  #note(): void {
    const now = this.#clock.simulation.now;
    this.random.set(now, this.#idleFirsts === this.#m ? 1 : 0);
    this.perTask.set(now, this.#tasksServed === this.#m ? 1 : 0);
    this.batch.set(now, this.#idleWorkers >= this.#m ? 1 : 0);
  }
}

/** Chance that no task of a job waits: m tasks, d probes each, workers with load rho. */
export const sparrow: FamilyOf = (params) => {
  const [m, d, rho] = [number(params, 'm'), number(params, 'd'), number(params, 'rho')];
  const replicate = (seed: string) => {
    const clock = new Clock(seed, Math.min(rho, 1 - rho));
    const workers = new Workers(clock, m, d, rho);
    const warmUp = 20;
    clock.run(warmUp, lengthOf(warmUp, 2 * m * d), (now) => workers.restart(now));
    const now = clock.simulation.now;
    const share = (level: Occupancy) => (): number => level.average(now, (n) => n);
    const readings: Record<string, () => Observed> = {
      zero_wait_random: share(workers.random),
      zero_wait_per_task: share(workers.perTask),
      zero_wait_batch: share(workers.batch),
    };
    return { readings, events: clock.simulation.eventCount };
  };
  return { load: rho, experiments: [{ replicate }] };
};
