/**
 * The run loop: clock, event calendar and digest of one simulation. Knows no Kubernetes word.
 * Components get a `Port` per phase and schedule plain-data events through it.
 */
import { EventCalendar } from './calendar.ts';
import { EventDigest, instantHigh, instantLow } from './digest.ts';
import type { Component, EventId, SimEvent } from './event.ts';
import { InvariantViolation } from './invariant.ts';
import type { Phase } from './phase.ts';
import { RandomStreams } from './random.ts';
import { after, type Duration, NEVER, type SimTime, START } from './time.ts';

/** Why `run` returned. */
export type StopReason = 'time' | 'condition' | 'events' | 'empty';

export interface RunLimits {
  /** Events at this instant still run; the clock ends here even if the calendar is empty earlier. */
  readonly until?: SimTime | undefined;
  /** Asked after every event. */
  readonly stopWhen?: (() => boolean) | undefined;
  readonly maxEvents?: number | undefined;
}

/** A component's way into the calendar, for one phase. */
export class Port<E extends SimEvent> {
  readonly component: Component<E>;
  readonly phase: Phase;
  readonly #simulation: Simulation;
  readonly #lane: number;

  /** Made by `Simulation.port`. */
  constructor(simulation: Simulation, component: Component<E>, phase: Phase, lane: number) {
    this.#simulation = simulation;
    this.component = component;
    this.phase = phase;
    this.#lane = lane;
  }

  /** Schedules `event` at `time`; throws InvariantViolation if that is in the past. O(1) amortised. */
  at(time: SimTime, event: E): EventId {
    return this.#simulation.scheduleOn(this.#lane, time, this.phase, event);
  }

  after(delay: Duration, event: E): EventId {
    return this.#simulation.scheduleOn(this.#lane, after(this.#simulation.now, delay), this.phase, event);
  }

  /** True if the event was still pending. */
  cancel(id: EventId): boolean {
    return this.#simulation.cancel(id);
  }
}

/** What a trace is told of each event just before it is handled: of `event` only kind, key and n are for keeping. */
export type EventTracer = (
  eventNumber: number,
  time: SimTime,
  phase: Phase,
  component: string,
  event: SimEvent,
) => void;

/** A component as events find it. */
class Lane {
  // biome-ignore lint/suspicious/noExplicitAny: a lane pairs each component with the events of its own union.
  readonly component: Component<any>;
  /** The component's own: found once, as calls of many classes' methods are looked up each time. */
  readonly handle: (event: SimEvent) => void;
  readonly nameHash: number;

  constructor(component: Lane['component'], nameHash: number) {
    this.component = component;
    this.handle = component.handle;
    this.nameHash = nameHash;
  }
}

export class Simulation {
  readonly seed: string;
  readonly random: RandomStreams;
  readonly digest = new EventDigest();
  readonly #calendar = new EventCalendar<SimEvent>();
  readonly #lanes: Lane[] = [];
  readonly #laneByName = new Map<string, number>();
  #tracer: EventTracer | undefined;
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
    return new Port(this, component, phase, this.#laneOf(component));
  }

  schedule<E extends SimEvent>(time: SimTime, phase: Phase, component: Component<E>, event: E): EventId {
    return this.scheduleOn(this.#laneOf(component), time, phase, event);
  }

  /** As `schedule`, for ports: `lane` is what `port` gave them. */
  scheduleOn(lane: number, time: SimTime, phase: Phase, event: SimEvent): EventId {
    if (time < this.#now || !Number.isSafeInteger(time)) this.#failSchedule(lane, time, event);
    return this.#calendar.push(time, phase, event, lane);
  }

  cancel(id: EventId): boolean {
    return this.#calendar.cancel(id);
  }

  /** Shows every event to `tracer`, before it is handled; neither the run nor its digest changes. */
  trace(tracer: EventTracer | undefined): void {
    this.#tracer = tracer;
  }

  /** Runs events in (time, phase, sequence) order until a limit is met; may be called again to go on. */
  run(limits: RunLimits = {}): StopReason {
    const until = limits.until ?? NEVER;
    const stopWhen = limits.stopWhen;
    const last = this.#events + (limits.maxEvents ?? Number.MAX_SAFE_INTEGER);
    while (this.#events < last) {
      const event = this.#calendar.pop(until);
      if (event === undefined) return this.#idle(until);
      this.#step(event);
      if (stopWhen?.()) return 'condition';
    }
    return 'events';
  }

  #step(event: SimEvent): void {
    const calendar = this.#calendar;
    const time = calendar.poppedTime;
    const phase = calendar.poppedPhase;
    const lane = this.#lanes[calendar.poppedLane]!;
    if (time < this.#now) this.fail(`the clock would go back to ${time} µs`);
    this.#now = time;
    this.#events++;
    this.digest.addFrom(lane.nameHash, instantLow(time), instantHigh(time, phase), event);
    if (this.#tracer !== undefined) this.#tracer(this.#events, time, phase, lane.component.name, event);
    lane.handle.call(lane.component, event);
  }

  /** Nothing is left to do by `until`: the clock goes there. */
  #idle(until: SimTime): StopReason {
    if (until !== NEVER && until > this.#now) this.#now = until;
    return this.#calendar.size === 0 ? 'empty' : 'time';
  }

  #laneOf<E extends SimEvent>(component: Component<E>): number {
    const known = this.#laneByName.get(component.name);
    if (known !== undefined) {
      this.assert(this.#lanes[known]?.component === component, `two components named ${component.name}`);
      return known;
    }
    const lane = this.#lanes.push(new Lane(component, this.digest.nameHash(component.name))) - 1;
    this.#laneByName.set(component.name, lane);
    return lane;
  }

  /** Always on: a broken invariant names the time, the event number and the seed. */
  assert(condition: boolean, message: string | (() => string)): asserts condition {
    if (!condition) this.fail(typeof message === 'string' ? message : message());
  }

  fail(message: string): never {
    throw new InvariantViolation(message, this.#now, this.#events, this.seed);
  }

  #failSchedule(lane: number, time: number, event: SimEvent): never {
    const component = this.#lanes[lane]?.component.name ?? 'nobody';
    this.fail(`${component} schedules ${event.kind} at ${time} µs, before now or not an integer`);
  }
}
