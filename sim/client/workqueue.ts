/**
 * The rate-limiting work queue of client-go (util/workqueue, Kubernetes v1.36): a key is queued once however often it is added,
 * never worked on twice at a time, and queued again when it was added meanwhile. Delayed adds are events of the queue itself.
 */
import {
  type Component,
  type Duration,
  type EventId,
  Phase,
  type Port,
  type SimEvent,
  type SimTime,
  type Simulation,
} from '../engine/index.ts';
import { defaultControllerRateLimiter, type RateLimiter } from './rate-limiter.ts';

/** Told when a key can be got; may get it at once or schedule its workers. */
export interface WorkQueueOwner {
  itemReady(queue: WorkQueue): void;
}

export interface WorkQueueOptions {
  readonly rateLimiter?: RateLimiter | undefined;
  readonly owner?: WorkQueueOwner | undefined;
}

interface AddEvent extends SimEvent {
  readonly kind: 'add';
}

interface Waiting {
  readonly at: SimTime;
  readonly event: EventId;
}

export class WorkQueue implements Component<AddEvent> {
  readonly name: string;
  readonly #simulation: Simulation;
  readonly #port: Port<AddEvent>;
  readonly #rateLimiter: RateLimiter;
  readonly #owner: WorkQueueOwner | undefined;
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  #queue: string[] = [];
  #head = 0;

  /** `name` is the component's: unique in the simulation. */
  constructor(simulation: Simulation, name: string, options: WorkQueueOptions = {}) {
    this.name = name;
    this.#simulation = simulation;
    this.#port = simulation.port<AddEvent>(this, Phase.component);
    this.#rateLimiter = options.rateLimiter ?? defaultControllerRateLimiter();
    this.#owner = options.owner;
  }

  /** Keys that can be got now. */
  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** Keys being worked on. */
  get processing(): number {
    return this.#processing.size;
  }

  /** Nothing to be got, now or later, and nothing being worked on. */
  get idle(): boolean {
    return this.#dirty.size === 0 && this.#processing.size === 0 && this.#waiting.size === 0;
  }

  add(key: string): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#push(key);
  }

  /** The oldest key, undefined if there is none; to be followed by `done`. */
  get(): string | undefined {
    if (this.length === 0) return undefined;
    const key = this.#queue[this.#head++]!;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#processing.add(key);
    this.#dirty.delete(key);
    return key;
  }

  /** The work on `key` has ended, well or not. */
  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#push(key);
  }

  /** Adds after `delay`; of several waits of one key the shortest counts. */
  addAfter(key: string, delay: Duration): void {
    if (delay > 0) this.#wait(key, (this.#simulation.now + delay) as SimTime);
    else this.add(key);
  }

  /** Adds after what the rate limiter says, counting a failure. */
  addRateLimited(key: string): void {
    this.addAfter(key, this.#rateLimiter.when(key, this.#simulation.now));
  }

  /** Forgets the failures of `key`. */
  forget(key: string): void {
    this.#rateLimiter.forget(key);
  }

  /** Failures of `key` since the last forget. */
  requeues(key: string): number {
    return this.#rateLimiter.requeues(key);
  }

  handle(event: AddEvent): void {
    this.#waiting.delete(event.key);
    this.add(event.key);
  }

  #wait(key: string, at: SimTime): void {
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      if (known.at <= at) return;
      this.#port.cancel(known.event);
    }
    this.#waiting.set(key, { at, event: this.#port.at(at, { kind: 'add', key }) });
  }

  #push(key: string): void {
    this.#queue.push(key);
    this.#owner?.itemReady(this);
  }
}
