/** Poisson arrivals to one first-come-first-served station, finite or not. */
import type { DistributionSpec, SimTime } from '../../../../sim/engine/index.ts';
import { processorSharing } from './disciplines.ts';
import {
  Clock,
  type Experiment,
  exponential,
  type Family,
  type FamilyOf,
  lengthOf,
  number,
  type Observed,
  type Params,
  type Readings,
  type Replication,
  Source,
  Unfit,
  warmUpOf,
  word,
} from './model.ts';
import { Station } from './station.ts';

interface Queue {
  readonly rate: number;
  readonly service: DistributionSpec;
  readonly meanService: number;
  readonly scv: number;
  readonly servers: number;
  readonly capacity?: number;
  /** The threshold of P(T > t). */
  readonly t: number;
}

interface Run {
  readonly station: Station;
  readonly clock: Clock;
  readonly now: SimTime;
  readonly length: number;
}

function simulate(queue: Queue, seed: string): Run {
  const { rate, meanService, servers, capacity, scv } = queue;
  const clock = new Clock(seed, Math.min(meanService, 1 / rate));
  const service = clock.sampler(queue.service, 'service');
  const station = new Station(clock.simulation, 'station', {
    servers,
    service: () => service.next(),
    ...(capacity === undefined ? {} : { capacity }),
  });
  new Source(clock, 'source', exponential(rate), (now) => station.arrive({ arrived: now, entered: now }));
  const load = (rate * meanService) / servers;
  const warmUp =
    capacity === undefined
      ? warmUpOf(load, meanService, scv)
      : 20 * meanService * (1 + scv) + (10 * capacity) / rate;
  const length = lengthOf(warmUp, 2 * rate);
  clock.run(warmUp, length, (now) => station.restart(now));
  return { station, clock, now: clock.simulation.now, length };
}

/** All that any of the closed forms for one station states. */
function readingsOf({ station, clock, now, length }: Run, t: number): Readings {
  const { inSystem, waits, sojourns, services, servers } = station;
  const units = (us: number): number => clock.units(us);
  const busy = (n: number): number => Math.min(n, servers);
  const chance = (is: (n: number) => boolean) => (): number => inSystem.average(now, (n) => (is(n) ? 1 : 0));
  const meanBusy = (): number => inSystem.average(now, busy);
  return {
    rho: () => meanBusy() / servers,
    mean_busy_servers: meanBusy,
    carried_erlangs: meanBusy,
    offered_erlangs: () => (station.arrivals / length) * units(services.mean),
    throughput: () => sojourns.count / length,
    L: () => inSystem.average(now, (n) => n),
    Lq: () => inSystem.average(now, (n) => n - busy(n)),
    W: () => units(sojourns.mean),
    Wq: () => units(waits.mean),
    P0: chance((n) => n === 0),
    P3: chance((n) => n === 3),
    P_N_ge_5: chance((n) => n >= 5),
    P_wait_erlangC: () => station.waited / station.arrivals,
    P_block: () => station.blocked / station.arrivals,
    P_T_gt_t: () => sojourns.above(t * clock.perUnit),
    P_Tq_gt_t: () => waits.above(t * clock.perUnit),
    service_level_t: () => 1 - waits.above(t * clock.perUnit),
    T_p50: () => units(sojourns.quantile(0.5)),
    T_p95: () => units(sojourns.quantile(0.95)),
    T_p99: () => units(sojourns.quantile(0.99)),
    Tq_p95: () => units(waits.quantile(0.95)),
    T_variance: () => sojourns.moments(clock.perUnit),
    Wq_variance: () => waits.moments(clock.perUnit),
    N_variance: (): Observed => inSystem.moments(now),
    variance_N: (): Observed => inSystem.moments(now),
    mean_busy_period: () => units(station.busyPeriods.mean),
    scv: () => services.squares / services.count / services.mean ** 2 - 1,
    /** A server is seen at a random instant of its busy time: longer services more often. */
    mean_residual_service: () => units(services.squares / (2 * services.sum)),
  };
}

function family(queue: Queue, ...others: readonly Experiment[]): Family {
  const replicate = (seed: string): Replication => {
    const run = simulate(queue, seed);
    return { readings: readingsOf(run, queue.t), events: run.clock.simulation.eventCount };
  };
  return {
    load: (queue.rate * queue.meanService) / queue.servers,
    bounded: queue.capacity !== undefined,
    experiments: [...others, { replicate }],
  };
}

/** M/M/1, M/M/c, M/M/c/K: lam, mu, c, K, t. */
export const markovian: FamilyOf = (params) => {
  const mu = number(params, 'mu');
  const capacity = 'K' in params ? { capacity: number(params, 'K') } : {};
  return family({
    rate: number(params, 'lam'),
    service: exponential(mu),
    meanService: 1 / mu,
    scv: 1,
    servers: number(params, 'c', 1),
    t: number(params, 't', 0),
    ...capacity,
  });
};

/** M/G/c/c with offered load a. The closed form holds for any service: here lognormal, far from exponential. */
export const loss: FamilyOf = (params) => {
  const servers = number(params, 'c');
  const service: DistributionSpec = { lognormal: { median: Math.exp(-0.5), sigma: 1 } };
  return family({
    rate: number(params, 'a'),
    service,
    meanService: 1,
    scv: Math.E - 1,
    servers,
    capacity: servers,
    t: 0,
  });
};

/** M/G/∞: more servers than ever get busy. Service uniform from 0 to twice the mean. */
export const infiniteServers: FamilyOf = (params) => {
  const rate = number(params, 'lam');
  const mean = 1 / number(params, 'mu');
  const offered = rate * mean;
  const servers = Math.ceil(offered + 12 * Math.sqrt(offered) + 20);
  const service: DistributionSpec = { uniform: { min: 0, max: 2 * mean } };
  return {
    ...family({ rate, service, meanService: mean, scv: 1 / 3, servers, t: 0 }),
    load: 0,
    bounded: true,
  };
};

/** M/G/1, first come first served and, for PS_W, processor sharing. */
export const generalService: FamilyOf = (params) => {
  const { spec, mean, scv } = serviceOf(params);
  const rate = number(params, 'lam');
  const load = { rate, service: spec, meanService: mean, scv };
  return family({ ...load, servers: 1, t: 0 }, processorSharing(load));
};

interface Service {
  readonly spec: DistributionSpec;
  readonly mean: number;
  readonly scv: number;
}

/** Mean and scv only set the length of runs. */
function serviceOf(params: Params): Service {
  const of = (name: string): number => number(params, name);
  const service = word(params, 'service');
  switch (service) {
    case 'deterministic':
      return { spec: { deterministic: { value: of('s') } }, mean: of('s'), scv: 0 };
    case 'exponential':
      return { spec: exponential(of('mu')), mean: 1 / of('mu'), scv: 1 };
    case 'erlang':
      return {
        spec: { gamma: { shape: of('k'), scale: of('mean') / of('k') } },
        mean: of('mean'),
        scv: 1 / of('k'),
      };
    case 'hyperexp2': {
      const p = of('p');
      const mean = p / of('mu1') + (1 - p) / of('mu2');
      const second = (2 * p) / of('mu1') ** 2 + (2 * (1 - p)) / of('mu2') ** 2;
      const mixture = [
        { weight: p, of: exponential(of('mu1')) },
        { weight: 1 - p, of: exponential(of('mu2')) },
      ];
      return { spec: { mixture }, mean, scv: second / mean ** 2 - 1 };
    }
    case 'uniform': {
      const mean = (of('a') + of('b')) / 2;
      return {
        spec: { uniform: { min: of('a'), max: of('b') } },
        mean,
        scv: (of('b') - of('a')) ** 2 / 12 / mean ** 2,
      };
    }
    case 'lognormal': {
      const sigma = of('sigma_log');
      const median = Math.exp(of('mu_log'));
      return {
        spec: { lognormal: { median, sigma } },
        mean: median * Math.exp(sigma ** 2 / 2),
        scv: Math.exp(sigma ** 2) - 1,
      };
    }
    case 'bounded_pareto': {
      const [min, max, shape] = [of('k'), of('p'), of('alpha')];
      const moment = (n: number): number => {
        const range = 1 - (min / max) ** shape;
        if (shape === n) return (shape * min ** shape * Math.log(max / min)) / range;
        return ((shape * min ** n) / (shape - n) / range) * (1 - (min / max) ** (shape - n));
      };
      return {
        spec: { boundedPareto: { shape, min, max } },
        mean: moment(1),
        scv: moment(2) / moment(1) ** 2 - 1,
      };
    }
    default:
      throw new Unfit(`service ${service} is not known`);
  }
}
