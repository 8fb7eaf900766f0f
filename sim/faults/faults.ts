/**
 * Injects faults: at given instants, and by renewal processes (time to failure, time to repair) with a stream per process and
 * domain, so that node 12 fails at the same instants under every policy.
 */
import type { ObservationBus } from '../api/observations.ts';
import {
  after,
  type Component,
  type Distribution,
  type DistributionSpec,
  type Duration,
  distribution,
  microseconds,
  Phase,
  type Port,
  type Random,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import type { Machine, World } from '../world/index.ts';
import { domainOutage } from './domain-outage.ts';
import { type DomainLevel, FailureDomains } from './failure-domains.ts';
import type { Fault, FaultContext, NodeProcesses } from './fault.ts';
import { MachineOutages } from './machine-outages.ts';
import { nodeCrash } from './node-crash.ts';

/** `n` numbers the fault in order of planning. */
interface FaultEvent extends SimEvent {
  readonly kind: 'begin' | 'end';
  readonly n: number;
}

/** Machines of some domains fail and are repaired over and over. Durations are distributed in µs. */
export interface FailureProcess {
  /** Part of the key of its random streams. */
  readonly name: string;
  readonly level: DomainLevel;
  /** From the end of a repair (the start of the run at first) to the next failure. */
  readonly timeToFailure: DistributionSpec;
  readonly timeToRepair: DistributionSpec;
  /** Domains that hold a machine accepted here; all if absent. */
  readonly includes?: ((machine: Machine) => boolean) | undefined;
}

interface Planned {
  readonly fault: Fault;
  /** Undefined: it stays. */
  duration: Duration | undefined;
  /** Undefined for a scripted fault. */
  readonly renewal: Renewal | undefined;
}

interface Renewal {
  readonly random: Random;
  readonly timeToFailure: Distribution;
  readonly timeToRepair: Distribution;
}

export class Faults implements Component<FaultEvent> {
  readonly name = 'faults';
  readonly #simulation: Simulation;
  readonly #observations: ObservationBus | undefined;
  readonly #context: FaultContext;
  readonly #port: Port<FaultEvent>;
  readonly #planned: Planned[] = [];

  constructor(simulation: Simulation, world: World, processes: NodeProcesses, observations?: ObservationBus) {
    this.#simulation = simulation;
    this.#observations = observations;
    this.#port = simulation.port<FaultEvent>(this, Phase.fault);
    this.#context = {
      simulation,
      world,
      processes,
      domains: new FailureDomains(world),
      outages: new MachineOutages(world),
    };
  }

  /** One fault at an instant; for good if it has an end and no duration is given. */
  script(at: SimTime, fault: Fault, duration?: Duration): void {
    this.#plan(at, { fault, duration, renewal: undefined });
  }

  /** Starts the process for the domains that exist now. Throws RangeError for a malformed distribution. */
  process({ name, level, timeToFailure, timeToRepair, includes }: FailureProcess): void {
    const toFailure = distribution(timeToFailure);
    const toRepair = distribution(timeToRepair);
    for (const domain of this.#context.domains.names(level, includes)) {
      const random = this.#simulation.random.stream(`faults/${name}`, domain);
      const fault = level === 'node' ? nodeCrash(domain) : domainOutage(level, domain);
      const renewal = { random, timeToFailure: toFailure, timeToRepair: toRepair };
      const planned = { fault, duration: undefined, renewal };
      this.#renew(planned, renewal, this.#planned.push(planned) - 1);
    }
  }

  #plan(at: SimTime, planned: Planned): void {
    this.#at(at, planned, this.#planned.push(planned) - 1);
  }

  #at(at: SimTime, { fault }: Planned, n: number): void {
    this.#port.at(at, { kind: 'begin', key: fault.target, n });
  }

  /** The next failure of a domain that is up. */
  #renew(planned: Planned, { random, timeToFailure, timeToRepair }: Renewal, n: number): void {
    const at = after(this.#simulation.now, microseconds(timeToFailure.sample(random)));
    planned.duration = microseconds(timeToRepair.sample(random));
    this.#at(at, planned, n);
  }

  handle(event: FaultEvent): void {
    const planned = this.#planned[event.n]!;
    if (event.kind === 'begin') this.#begin(planned, event.n);
    else this.#end(planned, event.n);
  }

  #begin({ fault, duration }: Planned, n: number): void {
    this.#observe(fault, 'begin');
    fault.begin(this.#context);
    if (duration === undefined || fault.end === undefined) return;
    this.#port.after(duration, { kind: 'end', key: fault.target, n });
  }

  #end(planned: Planned, n: number): void {
    const { fault, renewal } = planned;
    this.#observe(fault, 'end');
    fault.end?.(this.#context);
    if (renewal !== undefined) this.#renew(planned, renewal, n);
  }

  #observe({ kind, target }: Fault, phase: 'begin' | 'end'): void {
    this.#observations?.emit('fault-injected', { time: this.#simulation.now, fault: kind, target, phase });
  }
}
