/**
 * The run loop: clock, event calendar and digest of one simulation. Knows no Kubernetes word.
 * Components get a `Port` per phase and schedule plain-data events through it.
 */
import { EventCalendar } from './calendar.ts';
import { EventDigest } from './digest.ts';
import type { Component, EventId, SimEvent } from './event.ts';
import { InvariantViolation } from './invariant.ts';
import type { Phase } from './phase.ts';
import { RandomStreams } from './random.ts';
import { after, type Duration, NEVER, START, type SimTime } from './time.ts';

/** Why `run` returned. */
export type StopReason = 'time' | 'condition' | 'events' | 'empty';

export interface RunLimits {
  /** Events at this instant still run; the clock ends here even if the calendar is empty earlier. */
  readonly until?: SimTime;
  /** Asked after every event. */
  readonly stopWhen?: () => boolean;
  readonly maxEvents?: number;
}

/** A component's way into the calendar, for one phase. */
export class Port<E extends SimEvent> {
  readonly component: Component<E>;
  readonly phase: Phase;
  readonly #simulation: Simulation;

  constructor(simulation: Simulation, component: Component<E>, phase: Phase) {
    this.#simulation = simulation;
    this.component = component;
    this.phase = phase;
  }

  /** Schedules `event` at `time`; throws InvariantViolation if that is in the past. O(1) amortised. */
  at(time: SimTime, event: E): EventId {
    return this.#simulation.schedule(time, this.phase, this.component, event);
  }

  after(delay: Duration, event: E): EventId {
    return this.#simulation.schedule(after(this.#simulation.now, delay), this.phase, this.component, event);
  }

  /** True if the event was still pending. */
  cancel(id: EventId): boolean {
    return this.#simulation.cancel(id);
  }
}

export class Simulation {
  readonly seed: string;
  readonly random: RandomStreams;
  readonly digest = new EventDigest();
  readonly #calendar = new EventCalendar<Entry>();
  readonly #names = new Map<string, Component<never>>();
  #now: SimTime = START;
  #events = 0;

  constructor(seed: string) {
    this.seed = seed;
    this.random = new RandomStreams(seed);
  }

  get now(): SimTime {
    return this.#now;
  }

  get eventCount(): number {
    return this.#events;
  }

  get pendingEvents(): number {
    return this.#calendar.size;
  }

  /** The instant of the next event, NEVER if none. */
  get nextEventTime(): SimTime {
    return this.#calendar.nextTime();
  }

  /** One port per (component, phase); a component's name must be unique. */
  port<E extends SimEvent>(component: Component<E>, phase: Phase): Port<E> {
    const known = this.#names.get(component.name);
    this.assert(known === undefined || known === component, `two components named ${component.name}`);
    this.#names.set(component.name, component);
    return new Port(this, component, phase);
  }

  schedule<E extends SimEvent>(time: SimTime, phase: Phase, component: Component<E>, event: E): EventId {
    if (time < this.#now || !Number.isSafeInteger(time)) this.#failSchedule(time, component.name, event);
    return this.#calendar.push(time, phase, { component, event });
  }

  cancel(id: EventId): boolean {
    return this.#calendar.cancel(id);
  }

  /** Runs events in (time, phase, sequence) order until a limit is met; may be called again to go on. */
  run(limits: RunLimits = {}): StopReason {
    const until = limits.until ?? NEVER;
    const stopWhen = limits.stopWhen;
    const last = this.#events + (limits.maxEvents ?? Number.MAX_SAFE_INTEGER);
    for (;;) {
      if (this.#events >= last) return 'events';
      const time = this.#calendar.nextTime();
      if (time === NEVER || time > until) {
        if (until !== NEVER && until > this.#now) this.#now = until;
        return time === NEVER ? 'empty' : 'time';
      }
      this.#step();
      if (stopWhen?.()) return 'condition';
    }
  }

  #step(): void {
    const entry = this.#calendar.pop();
    const { component, event } = entry;
    this.#now = this.#calendar.poppedTime;
    this.#events++;
    this.digest.add(this.#now, this.#calendar.poppedPhase, component.name, event);
    component.handle(event);
  }

  /** Always on: a broken invariant names the time, the event number and the seed. */
  assert(condition: boolean, message: string | (() => string)): asserts condition {
    if (!condition) this.fail(typeof message === 'string' ? message : message());
  }

  fail(message: string): never {
    throw new InvariantViolation(message, this.#now, this.#events, this.seed);
  }

  #failSchedule(time: number, component: string, event: SimEvent): never {
    this.fail(`${component} schedules ${event.kind} at ${time} µs, before now or not an integer`);
  }
}

interface Entry {
  // biome-ignore lint/suspicious/noExplicitAny: the calendar pairs each component with an event of its own union.
  readonly component: Component<any>;
  readonly event: SimEvent;
}
