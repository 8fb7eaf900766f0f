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

/** A key that is wanted or being worked on. */
interface Item {
  readonly key: string;
  dirty: boolean;
  processing: boolean;
}

export class WorkQueue implements Component<AddEvent> {
  readonly name: string;
  readonly #simulation: Simulation;
  readonly #port: Port<AddEvent>;
  readonly #rateLimiter: RateLimiter;
  readonly #owner: WorkQueueOwner | undefined;
  readonly #items = new Map<string, Item>();
  readonly #waiting = new Map<string, Waiting>();
  #queue: Item[] = [];
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

  /** Nothing to be got, now or later, and nothing being worked on. */
  get idle(): boolean {
    return this.#items.size === 0 && this.#waiting.size === 0;
  }

  add(key: string): void {
    const known = this.#items.get(key);
    if (known === undefined) {
      const item: Item = { key, dirty: true, processing: false };
      this.#items.set(key, item);
      this.#push(item);
    } else known.dirty = true;
  }

  /** The oldest key, undefined if there is none; to be followed by `done`. */
  get(): string | undefined {
    if (this.length === 0) return undefined;
    const item = this.#queue[this.#head++]!;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    item.processing = true;
    item.dirty = false;
    return item.key;
  }

  /** The work on `key` has ended, well or not. */
  done(key: string): void {
    const item = this.#items.get(key);
    if (item === undefined || !item.processing) return;
    item.processing = false;
    if (item.dirty) this.#push(item);
    else this.#items.delete(key);
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

  #push(item: Item): void {
    this.#queue.push(item);
    this.#owner?.itemReady(this);
  }
}
