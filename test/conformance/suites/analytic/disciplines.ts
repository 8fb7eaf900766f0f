/** One server that serves by other rules than first come first served: sharing, by size, by age, by priority. */
import {
  type Component,
  type DistributionSpec,
  type EventId,
  NO_EVENT,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../../../../sim/engine/index.ts';
import { Durations, Fifo } from './collectors.ts';
import {
  Clock,
  type Experiment,
  exponential,
  type FamilyOf,
  lengthOf,
  number,
  numbers,
  type Observed,
  type Replication,
  Source,
  Unfit,
  warmUpOf,
} from './model.ts';

interface Job {
  readonly arrived: SimTime;
  /** Service wanted in all, µs. */
  readonly size: number;
  readonly rank: number;
  /** Service still wanted, or what the discipline makes of it. */
  left: number;
}

/** Decides who is served; the server keeps time. Work is in µs of the whole server. */
interface Discipline {
  add(job: Job): void;
  /** Work until something must be decided: a completion, or another reason. Infinity if nobody is there. */
  workToNext(): number;
  /** The server has done `work`, no more than workToNext(). */
  advance(work: number): void;
  /** After all work up to the decision: the job that is complete, if it was a completion. */
  decide(): Job | undefined;
}

/** Drives a discipline: at each arrival the next decision is taken back and planned anew. */
class Server implements Component<SimEvent> {
  readonly name = 'server';
  readonly sojourns = new Durations();
  readonly #simulation: Simulation;
  readonly #port: Port<SimEvent>;
  readonly #discipline: Discipline;
  readonly #onDone: ((job: Job, now: SimTime) => void) | undefined;
  readonly #event: SimEvent = { kind: 'decision', key: '' };
  #pending: EventId = NO_EVENT;
  #planned = Number.POSITIVE_INFINITY;
  #since: SimTime;

  constructor(simulation: Simulation, discipline: Discipline, onDone?: (job: Job, now: SimTime) => void) {
    this.#simulation = simulation;
    this.#since = simulation.now;
    this.#port = simulation.port<SimEvent>(this, Phase.world);
    this.#discipline = discipline;
    this.#onDone = onDone;
  }

  arrive(job: Job): void {
    const now = this.#simulation.now;
    if (this.#pending !== NO_EVENT) this.#port.cancel(this.#pending);
    this.#discipline.advance(Math.min(now - this.#since, this.#planned));
    this.#discipline.add(job);
    this.#plan(now);
  }

  handle(): void {
    const now = this.#simulation.now;
    this.#discipline.advance(this.#planned);
    const done = this.#discipline.decide();
    if (done !== undefined) {
      this.sojourns.add(now - done.arrived);
      this.#onDone?.(done, now);
    }
    this.#plan(now);
  }

  #plan(now: SimTime): void {
    this.#since = now;
    this.#planned = this.#discipline.workToNext();
    if (this.#planned === Number.POSITIVE_INFINITY) this.#pending = NO_EVENT;
    else this.#pending = this.#port.at(Math.round(now + this.#planned) as SimTime, this.#event);
  }
}

/** A small binary min-heap by a key given at insertion. */
class Heap {
  readonly #jobs: Job[] = [];
  readonly #keys: number[] = [];

  get size(): number {
    return this.#jobs.length;
  }

  get first(): Job | undefined {
    return this.#jobs[0];
  }

  get firstKey(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  push(job: Job, key: number): void {
    let i = this.#jobs.length;
    for (let parent = (i - 1) >> 1; i > 0 && this.#keys[parent]! > key; parent = (i - 1) >> 1) {
      this.#put(i, this.#jobs[parent]!, this.#keys[parent]!);
      i = parent;
    }
    this.#put(i, job, key);
  }

  pop(): Job | undefined {
    const first = this.#jobs[0];
    const job = this.#jobs.pop();
    const key = this.#keys.pop();
    if (this.#jobs.length === 0 || job === undefined || key === undefined) return first;
    let i = 0;
    for (let child = 1; child < this.#jobs.length; child = 2 * i + 1) {
      if (child + 1 < this.#jobs.length && this.#keys[child + 1]! < this.#keys[child]!) child++;
      if (this.#keys[child]! >= key) break;
      this.#put(i, this.#jobs[child]!, this.#keys[child]!);
      i = child;
    }
    this.#put(i, job, key);
    return first;
  }

  /** All jobs with their keys, in no order. */
  *entries(): Generator<readonly [Job, number]> {
    for (const [i, job] of this.#jobs.entries()) yield [job, this.#keys[i]!];
  }

  #put(i: number, job: Job, key: number): void {
    this.#jobs[i] = job;
    this.#keys[i] = key;
  }
}

/** All jobs share the server equally: virtual time is the service each has had since the start. */
class ProcessorSharing implements Discipline {
  readonly #jobs = new Heap();
  #virtual = 0;

  add(job: Job): void {
    this.#jobs.push(job, this.#virtual + job.size);
  }

  workToNext(): number {
    return this.#jobs.size === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#jobs.firstKey - this.#virtual) * this.#jobs.size;
  }

  advance(work: number): void {
    if (this.#jobs.size > 0) this.#virtual += work / this.#jobs.size;
  }

  decide(): Job | undefined {
    return this.#jobs.pop();
  }
}

/** Serves one job at a time: `key` says which of the waiting, `preempts` whether a new one may push it aside. */
class OneAtATime implements Discipline {
  readonly #waiting = new Heap();
  readonly #key: (job: Job) => number;
  readonly #preempts: (job: Job, served: Job) => boolean;
  #served: Job | undefined;

  constructor(key: (job: Job) => number, preempts: (job: Job, served: Job) => boolean = () => false) {
    this.#key = key;
    this.#preempts = preempts;
  }

  add(job: Job): void {
    if (this.#served === undefined) this.#served = job;
    else if (this.#preempts(job, this.#served)) {
      this.#wait(this.#served);
      this.#served = job;
    } else this.#wait(job);
  }

  workToNext(): number {
    return this.#served?.left ?? Number.POSITIVE_INFINITY;
  }

  advance(work: number): void {
    if (this.#served !== undefined) this.#served.left = Math.max(0, this.#served.left - work);
  }

  decide(): Job | undefined {
    const done = this.#served;
    this.#served = this.#waiting.pop();
    return done;
  }

  #wait(job: Job): void {
    this.#waiting.push(job, this.#key(job));
  }
}

/** Least attained service first (foreground-background): the youngest share the server until they are as old as the next. */
class LeastAttained implements Discipline {
  /** Groups of equal age, oldest first; the last one is served. Keys of a group's heap are sizes. */
  readonly #groups: { age: number; readonly jobs: Heap }[] = [];

  add(job: Job): void {
    const jobs = new Heap();
    jobs.push(job, job.size);
    const youngest = this.#groups.at(-1);
    if (youngest?.age === 0) youngest.jobs.push(job, job.size);
    else this.#groups.push({ age: 0, jobs });
  }

  workToNext(): number {
    const served = this.#groups.at(-1);
    return served === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#nextAge() - served.age) * served.jobs.size;
  }

  advance(work: number): void {
    const served = this.#groups.at(-1);
    if (served !== undefined) served.age += work / served.jobs.size;
  }

  decide(): Job | undefined {
    const served = this.#groups.at(-1)!;
    const older = this.#groups.at(-2);
    if (older === undefined || served.jobs.firstKey <= older.age) {
      const done = served.jobs.pop();
      if (served.jobs.size === 0) this.#groups.pop();
      return done;
    }
    for (const [job, size] of served.jobs.entries()) older.jobs.push(job, size);
    this.#groups.pop();
    return undefined;
  }

  /** Age at which the served group completes a job or meets the group before. */
  #nextAge(): number {
    return Math.min(this.#groups.at(-1)!.jobs.firstKey, this.#groups.at(-2)?.age ?? Number.POSITIVE_INFINITY);
  }
}

export interface Load {
  readonly rate: number;
  readonly service: DistributionSpec;
  readonly meanService: number;
  readonly scv: number;
}

/** Mean time in system under a discipline, as `metric`. */
function meanSojourn(
  { rate, service, meanService, scv }: Load,
  discipline: Discipline,
  metric: string,
  seed: string,
): Replication {
  const clock = new Clock(seed, Math.min(meanService, 1 / rate));
  const sizes = clock.sampler(service, 'service');
  const server = new Server(clock.simulation, discipline);
  new Source(clock, 'source', exponential(rate), (now) => {
    const size = sizes.next();
    server.arrive({ arrived: now, size, left: size, rank: 0 });
  });
  const warmUp = warmUpOf(rate * meanService, meanService, scv);
  clock.run(warmUp, lengthOf(warmUp, 2 * rate), () => server.sojourns.restart());
  return {
    readings: { [metric]: () => clock.units(server.sojourns.mean) },
    events: clock.simulation.eventCount,
  };
}

const sojournUnder = (load: Load, metric: string, make: () => Discipline): Experiment => ({
  metrics: [metric],
  replicate: (seed) => meanSojourn(load, make(), metric, `${seed}/${metric}`),
});

/** Mean time in system under processor sharing, as PS_W. */
export const processorSharing = (load: Load): Experiment =>
  sojournUnder(load, 'PS_W', () => new ProcessorSharing());

const bySize: Readonly<Record<string, () => Discipline>> = {
  SRPT_mean_T: () =>
    new OneAtATime(
      (job) => job.left,
      (job, served) => job.left < served.left,
    ),
  SJF_nonpreemptive_mean_T: () => new OneAtATime((job) => job.size),
  LAS_mean_T: () => new LeastAttained(),
  PS_mean_T: () => new ProcessorSharing(),
  FCFS_mean_T: () => new OneAtATime((job) => job.arrived),
};

/** M/M/1 under five disciplines: lam, mu. */
export const sizeBased: FamilyOf = (params) => {
  const [rate, mu] = [number(params, 'lam'), number(params, 'mu')];
  const load: Load = { rate, service: exponential(mu), meanService: 1 / mu, scv: 1 };
  return {
    load: rate / mu,
    experiments: Object.entries(bySize).map(([name, make]) => sojournUnder(load, name, make)),
  };
};

/** A service with these two moments: the closed forms need no more of it. */
function withMoments(mean: number, second: number): DistributionSpec {
  const scv = second / mean ** 2 - 1;
  if (scv < -1e-9) throw new Unfit(`no service has mean ${mean} and second moment ${second}`);
  if (scv < 1e-9) return { deterministic: { value: mean } };
  if (Math.abs(scv - 1) < 1e-9) return exponential(1 / mean);
  return { gamma: { shape: 1 / scv, scale: mean * scv } };
}

/** M/G/1 with priority classes, class 0 first; first come first served within a class. */
const priority =
  (preemptive: boolean): FamilyOf =>
  (params) => {
    const [rates, means, seconds] = [numbers(params, 'lam'), numbers(params, 'ES'), numbers(params, 'ES2')];
    const load = rates.reduce((sum, rate, k) => sum + rate * means[k]!, 0);
    const scv = Math.max(...seconds.map((second, k) => second / means[k]! ** 2 - 1));
    const replicate = (seed: string) => {
      const clock = new Clock(seed, Math.min(...means));
      const sojourns = rates.map(() => new Durations());
      const sizes = rates.map(() => new Durations());
      const discipline = new PriorityQueues(rates.length, preemptive);
      const server = new Server(clock.simulation, discipline, (job, now) => {
        sojourns[job.rank]!.add(now - job.arrived);
        sizes[job.rank]!.add(job.size);
      });
      for (const [rank, rate] of rates.entries()) {
        const sampler = clock.sampler(withMoments(means[rank]!, seconds[rank]!), 'service', String(rank));
        new Source(clock, `class-${rank}`, exponential(rate), (now) => {
          const size = sampler.next();
          server.arrive({ arrived: now, size, left: size, rank });
        });
      }
      const warmUp = warmUpOf(load, Math.max(...means), scv);
      const total = rates.reduce((sum, rate) => sum + rate, 0);
      clock.run(warmUp, lengthOf(warmUp, 2 * total), () => {
        for (const durations of [...sojourns, ...sizes]) durations.restart();
      });
      const readings: Record<string, () => Observed> = {};
      for (const rank of rates.keys()) {
        readings[`W_class${rank}`] = () => clock.units(sojourns[rank]!.mean);
        readings[`Wq_class${rank}`] = () => clock.units(sojourns[rank]!.mean - sizes[rank]!.mean);
      }
      return { readings, events: clock.simulation.eventCount };
    };
    return { load, experiments: [{ replicate }] };
  };

export const nonPreemptive = priority(false);
export const preemptiveResume = priority(true);

/** A queue per class; who is pushed aside goes back to the head of its own. */
class PriorityQueues implements Discipline {
  readonly #queues: readonly Fifo<Job>[];
  readonly #aside: Job[] = [];
  readonly #preemptive: boolean;
  #served: Job | undefined;

  constructor(classes: number, preemptive: boolean) {
    this.#queues = Array.from({ length: classes }, () => new Fifo<Job>());
    this.#preemptive = preemptive;
  }

  add(job: Job): void {
    if (this.#served === undefined) this.#served = job;
    else if (this.#preemptive && job.rank < this.#served.rank) {
      // Classes only get better while jobs are pushed aside: the last one aside is the best.
      this.#aside.push(this.#served);
      this.#served = job;
    } else this.#queues[job.rank]!.push(job);
  }

  workToNext(): number {
    return this.#served?.left ?? Number.POSITIVE_INFINITY;
  }

  advance(work: number): void {
    if (this.#served !== undefined) this.#served.left = Math.max(0, this.#served.left - work);
  }

  decide(): Job | undefined {
    const done = this.#served;
    const aside = this.#aside.at(-1);
    const queue = this.#queues.findIndex((waiting) => waiting.size > 0);
    const fromQueue = queue >= 0 && (aside === undefined || queue < aside.rank);
    this.#served = fromQueue ? this.#queues[queue]!.shift() : this.#aside.pop();
    return done;
  }
}
