/** A service station: c servers, first come first served, room for so many customers. */
import {
  type Component,
  type Duration,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../../../../sim/engine/index.ts';
import { Durations, Fifo, Occupancy } from './collectors.ts';

/** Somebody on the way through stations. */
export interface Customer {
  /** When it came to this station. */
  arrived: SimTime;
  /** When it came into the system. */
  readonly entered: SimTime;
  /** Further steps, where the model needs them. */
  readonly route?: number[];
}

export interface StationOptions {
  readonly servers: number;
  /** Customers in the station at most; Infinity if not given. */
  readonly capacity?: number;
  readonly service: () => Duration;
  readonly done?: (customer: Customer, now: SimTime) => void;
}

export class Station implements Component<SimEvent> {
  readonly name: string;
  readonly inSystem = new Occupancy();
  readonly waits = new Durations();
  readonly sojourns = new Durations();
  readonly services = new Durations();
  readonly busyPeriods = new Durations();
  readonly servers: number;
  arrivals = 0;
  blocked = 0;
  waited = 0;

  readonly #simulation: Simulation;
  readonly #port: Port<SimEvent>;
  readonly #capacity: number;
  readonly #service: () => Duration;
  readonly #done: ((customer: Customer, now: SimTime) => void) | undefined;
  readonly #queue = new Fifo<Customer>();
  /** By server; undefined while idle. */
  readonly #served: (Customer | undefined)[];
  readonly #idle: number[];
  /** One event per server, used again and again. */
  readonly #departures: SimEvent[];
  #busySince = 0;

  constructor(simulation: Simulation, name: string, options: StationOptions) {
    this.name = name;
    this.servers = options.servers;
    this.#simulation = simulation;
    this.#port = simulation.port<SimEvent>(this, Phase.world);
    this.#capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    this.#service = options.service;
    this.#done = options.done;
    this.#served = new Array<Customer | undefined>(options.servers).fill(undefined);
    this.#idle = Array.from({ length: options.servers }, (_, i) => options.servers - 1 - i);
    this.#departures = this.#served.map((_, n) => ({ kind: 'departure', key: '', n }));
  }

  /** A customer that finds no room is counted and lost. */
  arrive(customer: Customer): void {
    const now = this.#simulation.now;
    const present = this.inSystem.state;
    this.arrivals++;
    if (present >= this.#capacity) {
      this.blocked++;
      return;
    }
    if (present === 0) this.#busySince = now;
    this.inSystem.set(now, present + 1);
    customer.arrived = now;
    const server = this.#idle.pop();
    if (server === undefined) {
      this.waited++;
      this.#queue.push(customer);
    } else this.#serve(server, customer, now);
  }

  handle(event: SimEvent): void {
    const now = this.#simulation.now;
    const server = event.n!;
    const customer = this.#served[server]!;
    this.#served[server] = undefined;
    this.inSystem.set(now, this.inSystem.state - 1);
    this.sojourns.add(now - customer.arrived);
    const next = this.#queue.shift();
    if (next !== undefined) this.#serve(server, next, now);
    else this.#idle.push(server);
    if (this.inSystem.state === 0) this.busyPeriods.add(now - this.#busySince);
    this.#done?.(customer, now);
  }

  restart(now: SimTime): void {
    this.inSystem.restart(now);
    for (const durations of [this.waits, this.sojourns, this.services, this.busyPeriods]) durations.restart();
    this.arrivals = 0;
    this.blocked = 0;
    this.waited = 0;
  }

  #serve(server: number, customer: Customer, now: SimTime): void {
    this.#served[server] = customer;
    const service = this.#service();
    this.waits.add(now - customer.arrived);
    this.services.add(service);
    this.#port.after(service, this.#departures[server]!);
  }
}
