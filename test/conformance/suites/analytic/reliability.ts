/** Machines that fail and are repaired, parts in parallel, and barriers. */
import {
  type Component,
  type DistributionSpec,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
} from '../../../../sim/engine/index.ts';
import { Durations, Occupancy } from './collectors.ts';
import { Clock, exponential, type FamilyOf, lengthOf, number, type Observed, type Sampler } from './model.ts';
import { Station } from './station.ts';

/** Machine repair M/M/r//N: N, fail_rate, repair_rate, crews. Up machines are "served" by as many servers, then repaired. */
export const machineRepair: FamilyOf = (params) => {
  const [machines, crews] = [number(params, 'N'), number(params, 'crews')];
  const [failRate, repairRate] = [number(params, 'fail_rate'), number(params, 'repair_rate')];
  const replicate = (seed: string) => {
    const clock = new Clock(seed, Math.min(1 / failRate, 1 / repairRate));
    const { simulation } = clock;
    const lives = clock.sampler(exponential(failRate), 'life');
    const repairs = clock.sampler(exponential(repairRate), 'repair');
    const shop = new Station(simulation, 'shop', {
      servers: crews,
      service: () => repairs.next(),
      done: (machine) => up.arrive(machine),
    });
    const up: Station = new Station(simulation, 'up', {
      servers: machines,
      service: () => lives.next(),
      done: (machine) => shop.arrive(machine),
    });
    for (let i = 0; i < machines; i++) up.arrive({ arrived: simulation.now, entered: simulation.now });
    const warmUp = 10 / failRate + (10 * machines) / repairRate / crews;
    const length = lengthOf(warmUp, 2 * machines * Math.min(failRate, repairRate));
    clock.run(warmUp, length, (now) => {
      up.restart(now);
      shop.restart(now);
    });
    const now = simulation.now;
    const down = (f: (n: number) => number) => (): number => shop.inSystem.average(now, f);
    const readings: Record<string, () => Observed> = {
      P_all_up: down((n) => (n === 0 ? 1 : 0)),
      P_all_down: down((n) => (n === machines ? 1 : 0)),
      mean_down: down((n) => n),
      mean_up: down((n) => machines - n),
      availability_per_machine: down((n) => 1 - n / machines),
      failure_rate: () => shop.arrivals / length,
      mean_downtime: () => clock.units(shop.sojourns.mean),
      mean_repair_queue: down((n) => Math.max(0, n - crews)),
      repair_wait: () => clock.units(shop.waits.mean),
    };
    return { readings, events: simulation.eventCount };
  };
  return { load: 0, bounded: true, experiments: [{ replicate }] };
};

interface Flip extends SimEvent {
  readonly kind: 'flip';
  readonly n: number;
}

/** Independent parts that are up and down in turn; all begin up. */
class Parts implements Component<Flip> {
  readonly name = 'parts';
  readonly up = new Occupancy();
  failures = 0;
  readonly #clock: Clock;
  readonly #port: Port<Flip>;
  readonly #lives: readonly Sampler[];
  readonly #repairs: readonly Sampler[];
  readonly #isUp: boolean[];
  readonly #flips: readonly Flip[];

  constructor(clock: Clock, count: number, life: DistributionSpec, repair: DistributionSpec) {
    this.#clock = clock;
    this.#port = clock.simulation.port<Flip>(this, Phase.fault);
    this.#lives = Array.from({ length: count }, (_, i) => clock.sampler(life, 'life', String(i)));
    this.#repairs = Array.from({ length: count }, (_, i) => clock.sampler(repair, 'repair', String(i)));
    this.#isUp = new Array<boolean>(count).fill(true);
    this.#flips = this.#isUp.map((_, n) => ({ kind: 'flip', key: '', n }));
    this.up.set(clock.simulation.now, count);
    for (const [i, flip] of this.#flips.entries()) this.#port.after(this.#lives[i]!.next(), flip);
  }

  handle({ n }: Flip): void {
    const wasUp = this.#isUp[n]!;
    this.#isUp[n] = !wasUp;
    if (wasUp) this.failures++;
    this.up.set(this.#clock.simulation.now, this.up.state + (wasUp ? -1 : 1));
    this.#port.after((wasUp ? this.#repairs : this.#lives)[n]!.next(), this.#flips[n]!);
  }

  restart(now: SimTime): void {
    this.up.restart(now);
    this.failures = 0;
  }
}

function runParts(
  seed: string,
  count: number,
  life: DistributionSpec,
  repair: DistributionSpec,
  cycle: number,
  shortest: number,
) {
  const clock = new Clock(seed, shortest);
  const parts = new Parts(clock, count, life, repair);
  const warmUp = 20 * cycle;
  const length = lengthOf(warmUp, (2 * count) / cycle);
  clock.run(warmUp, length, (now) => parts.restart(now));
  return { clock, parts, length, now: clock.simulation.now };
}

const HOURS_PER_YEAR = 8760;

/** Alternating renewal: MTTF, MTTR in hours. The closed form holds for any distributions: Weibull lives, uniform repairs. */
export const availability: FamilyOf = (params) => {
  const [mttf, mttr] = [number(params, 'MTTF'), number(params, 'MTTR')];
  // Weibull of shape 2 has mean scale · √π / 2.
  const life: DistributionSpec = { weibull: { shape: 2, scale: (2 * mttf) / Math.sqrt(Math.PI) } };
  const repair: DistributionSpec = { uniform: { min: 0, max: 2 * mttr } };
  const replicate = (seed: string) => {
    const { clock, parts, length, now } = runParts(seed, 1, life, repair, mttf + mttr, Math.min(mttf, mttr));
    const readings: Record<string, () => Observed> = {
      availability: () => parts.up.average(now, (n) => n),
      unavailability: () => parts.up.average(now, (n) => 1 - n),
      failures_per_year: () => (parts.failures / length) * HOURS_PER_YEAR,
    };
    return { readings, events: clock.simulation.eventCount };
  };
  return { load: 0, bounded: true, experiments: [{ replicate }] };
};

/** k of n independent parts, each up a share A of the time: exponential lives and repairs, a cycle lasts one unit. */
export const kOfN: FamilyOf = (params) => {
  const [k, n, share] = [number(params, 'k'), number(params, 'n'), number(params, 'A')];
  const replicate = (seed: string) => {
    const { clock, parts, now } = runParts(
      seed,
      n,
      exponential(1 / share),
      exponential(1 / (1 - share)),
      1,
      Math.min(share, 1 - share),
    );
    return {
      readings: { availability: () => parts.up.average(now, (up) => (up >= k ? 1 : 0)) },
      events: clock.simulation.eventCount,
    };
  };
  return { load: 0, bounded: true, experiments: [{ replicate }] };
};

/** Starts n tasks at once, notes how long the last one took, starts the next round. */
class Barrier implements Component<SimEvent> {
  readonly name = 'barrier';
  readonly rounds = new Durations();
  readonly #clock: Clock;
  readonly #port: Port<SimEvent>;
  readonly #tasks: Sampler;
  readonly #count: number;
  readonly #event: SimEvent = { kind: 'done', key: '' };
  #left = 0;
  #since = 0;

  constructor(clock: Clock, count: number, task: DistributionSpec) {
    this.#clock = clock;
    this.#port = clock.simulation.port<SimEvent>(this, Phase.world);
    this.#tasks = clock.sampler(task, 'task');
    this.#count = count;
    this.#start();
  }

  handle(): void {
    if (--this.#left > 0) return;
    this.rounds.add(this.#clock.simulation.now - this.#since);
    this.#start();
  }

  #start(): void {
    this.#since = this.#clock.simulation.now;
    this.#left = this.#count;
    for (let i = 0; i < this.#count; i++) this.#port.after(this.#tasks.next(), this.#event);
  }
}

/** A barrier over n exponential tasks: n, mu. Rounds are independent: no warm-up, only enough of them. */
export const barrier: FamilyOf = (params) => {
  const [n, mu] = [number(params, 'n'), number(params, 'mu')];
  const rounds = Math.max(2000, Math.ceil(200_000 / n));
  const replicate = (seed: string) => {
    const clock = new Clock(seed, 1 / mu);
    const tasks = new Barrier(clock, n, exponential(mu));
    clock.simulation.run({ maxEvents: rounds * n });
    const readings: Record<string, () => Observed> = {
      mean: () => clock.units(tasks.rounds.mean),
      variance: () => tasks.rounds.moments(clock.perUnit),
      p99: () => clock.units(tasks.rounds.quantile(0.99)),
    };
    return { readings, events: clock.simulation.eventCount };
  };
  return { load: 0, bounded: true, experiments: [{ replicate }] };
};
