/** Networks of stations: open and closed with product form, and fork-join. */
import type { SimTime } from '../../../../sim/engine/index.ts';
import { Durations, Occupancy } from './collectors.ts';
import {
  Clock,
  exponential,
  type FamilyOf,
  lengthOf,
  number,
  numbers,
  type Observed,
  type Params,
  Source,
  Unfit,
  warmUpOf,
} from './model.ts';
import { type Customer, Station } from './station.ts';

function matrix(params: Params, name: string): readonly (readonly number[])[] {
  const value = params[name];
  if (!Array.isArray(value)) throw new Unfit(`parameter ${name} is no matrix`);
  return value.map((row, i) => numbers({ [`${name}[${i}]`]: row }, `${name}[${i}]`));
}

/** Arrival rates λ = γ + λP, by iteration. */
function trafficRates(gamma: readonly number[], routing: readonly (readonly number[])[]): number[] {
  let rates = [...gamma];
  for (let round = 0; round < 10_000; round++) {
    rates = gamma.map((g, j) => g + rates.reduce((sum, rate, i) => sum + rate * routing[i]![j]!, 0));
  }
  return rates;
}

/** Open Jackson network: gamma, routing, mu, servers. */
export const jackson: FamilyOf = (params) => {
  const [gamma, mu, servers] = [numbers(params, 'gamma'), numbers(params, 'mu'), numbers(params, 'servers')];
  const routing = matrix(params, 'routing');
  const rates = trafficRates(gamma, routing);
  const loads = rates.map((rate, i) => rate / mu[i]! / servers[i]!);
  const load = Math.max(...loads);
  const replicate = (seed: string) => {
    const clock = new Clock(seed, 1 / Math.max(...mu));
    const { simulation } = clock;
    const total = new Occupancy();
    const times = new Durations();
    const stations: Station[] = mu.map((rate, i) => {
      const service = clock.sampler(exponential(rate), 'service', String(i));
      const random = simulation.random.stream('routing', String(i));
      return new Station(simulation, `station-${i}`, {
        servers: servers[i]!,
        service: () => service.next(),
        done: (customer, now) => {
          let u = random();
          const next = routing[i]!.findIndex((p) => (u -= p) < 0);
          if (next >= 0) stations[next]!.arrive(customer);
          else {
            total.set(now, total.state - 1);
            times.add(now - customer.entered);
          }
        },
      });
    });
    for (const [i, rate] of gamma.entries()) {
      if (rate === 0) continue;
      new Source(clock, `source-${i}`, exponential(rate), (now) => {
        total.set(now, total.state + 1);
        stations[i]!.arrive({ arrived: now, entered: now });
      });
    }
    const warmUp = 2 * Math.max(...loads.map((rho, i) => warmUpOf(rho, 1 / mu[i]!)));
    const length = lengthOf(warmUp, 2 * rates.reduce((sum, rate) => sum + rate, 0));
    clock.run(warmUp, length, (now) => {
      total.restart(now);
      times.restart();
      for (const station of stations) station.restart(now);
    });
    const now = simulation.now;
    const readings: Record<string, () => Observed> = {
      L_total: () => total.average(now, (n) => n),
      W_total: () => clock.units(times.mean),
    };
    for (const [i, station] of stations.entries()) {
      readings[`lambda${i}`] = () => station.arrivals / length;
      readings[`rho${i}`] = () =>
        station.inSystem.average(now, (n) => Math.min(n, servers[i]!)) / servers[i]!;
      readings[`L${i}`] = () => station.inSystem.average(now, (n) => n);
      readings[`W${i}`] = () => clock.units(station.sojourns.mean);
    }
    return { readings, events: simulation.eventCount };
  };
  return { load, experiments: [{ replicate }] };
};

/**
 * Closed network: N customers think, then visit each station in turn `visits` times on average, each time at random the
 * whole number below or above. Fixed routes keep the product form (Kelly, 1975), since stations are exponential.
 */
export const closed: FamilyOf = (params) => {
  const [customers, think] = [number(params, 'N'), number(params, 'think')];
  const [visits, means] = [numbers(params, 'visits'), numbers(params, 'service')];
  const demands = visits.map((v, i) => v * means[i]!);
  const bottleneck = Math.max(...demands);
  const cycle = think + demands.reduce((sum, demand) => sum + demand, 0);
  const replicate = (seed: string) => {
    const clock = new Clock(seed, Math.min(...means));
    const { simulation } = clock;
    const responses = new Durations();
    const choice = simulation.random.stream('visits', '');
    const route = (): number[] =>
      visits
        .flatMap((v, i) => new Array<number>(Math.floor(v) + (choice() < v % 1 ? 1 : 0)).fill(i))
        .reverse();
    const go = (customer: Customer, now: SimTime): void => {
      const next = customer.route!.pop();
      if (next !== undefined) stations[next]!.arrive(customer);
      else {
        responses.add(now - customer.entered);
        terminals.arrive({ arrived: now, entered: now });
      }
    };
    const stations = means.map((mean, i) => {
      const service = clock.sampler(exponential(1 / mean), 'service', String(i));
      return new Station(simulation, `station-${i}`, { servers: 1, service: () => service.next(), done: go });
    });
    const thinking = clock.sampler(
      think > 0 ? exponential(1 / think) : { deterministic: { value: 0 } },
      'think',
    );
    const terminals = new Station(simulation, 'terminals', {
      servers: customers,
      service: () => thinking.next(),
      done: (_, now) => go({ arrived: now, entered: now, route: route() }, now),
    });
    for (let i = 0; i < customers; i++)
      terminals.arrive({ arrived: simulation.now, entered: simulation.now });
    const warmUp = 20 * (cycle + customers * bottleneck);
    const perUnit = Math.min(customers / cycle, 1 / bottleneck) * (1 + visits.reduce((sum, v) => sum + v, 0));
    const length = lengthOf(warmUp, perUnit);
    clock.run(warmUp, length, (now) => {
      responses.restart();
      for (const station of stations) station.restart(now);
    });
    const now = simulation.now;
    const readings: Record<string, () => Observed> = {
      throughput: () => responses.count / length,
      response_time: () => clock.units(responses.mean),
    };
    for (const [i, station] of stations.entries()) {
      readings[`Q${i}`] = () => station.inSystem.average(now, (n) => n);
      readings[`U${i}`] = () => station.inSystem.average(now, (n) => Math.min(n, 1));
    }
    return { readings, events: simulation.eventCount };
  };
  return { load: Math.min(1, (customers * bottleneck) / cycle), bounded: true, experiments: [{ replicate }] };
};

/** Every job forks to two stations and is done when both are: lam, mu. */
export const forkJoin: FamilyOf = (params) => {
  const [rate, mu] = [number(params, 'lam'), number(params, 'mu')];
  const replicate = (seed: string) => {
    const clock = new Clock(seed, 1 / mu);
    const responses = new Durations();
    /** First halves that are done, by the shared `route` of both halves. */
    const done = (customer: Customer, now: SimTime): void => {
      if (customer.route!.push(0) === 2) responses.add(now - customer.entered);
    };
    const stations = [0, 1].map((i) => {
      const service = clock.sampler(exponential(mu), 'service', String(i));
      return new Station(clock.simulation, `station-${i}`, {
        servers: 1,
        service: () => service.next(),
        done,
      });
    });
    new Source(clock, 'source', exponential(rate), (now) => {
      const route: number[] = [];
      for (const station of stations) station.arrive({ arrived: now, entered: now, route });
    });
    const warmUp = warmUpOf(rate / mu, 1 / mu);
    clock.run(warmUp, lengthOf(warmUp, 3 * rate), () => responses.restart());
    const readings = { mean_response: () => clock.units(responses.mean) };
    return { readings, events: clock.simulation.eventCount };
  };
  return { load: rate / mu, experiments: [{ replicate }] };
};
