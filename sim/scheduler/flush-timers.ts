/** When the scheduling queue is to be flushed: only when there is something to flush, not every second as upstream. */
import { type EventId, NO_EVENT, type Port, type SimTime } from '../engine/index.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { FlushEvent, SchedulerEvent } from './scheduler-event.ts';

export class FlushTimers {
  readonly #port: Port<SchedulerEvent>;
  readonly #backoff = new FlushTimer('flush-backoff');
  readonly #unschedulable = new FlushTimer('flush-unschedulable');

  constructor(port: Port<SchedulerEvent>) {
    this.#port = port;
  }

  /** To be called after every change of the queue. */
  arm(queue: SchedulingQueue): void {
    this.#backoff.arm(this.#port, queue.nextBackoffFlush);
    this.#unschedulable.arm(this.#port, queue.nextUnschedulableFlush);
  }

  fired(kind: FlushEvent['kind']): void {
    (kind === 'flush-backoff' ? this.#backoff : this.#unschedulable).at = Infinity;
  }
}

class FlushTimer {
  readonly #kind: FlushEvent['kind'];
  #event: EventId = NO_EVENT;
  /** Infinity: not armed. */
  at = Infinity;

  constructor(kind: FlushEvent['kind']) {
    this.#kind = kind;
  }

  /** Never later than it is armed already: a flush too many does nothing. */
  arm(port: Port<SchedulerEvent>, time: number): void {
    if (time >= this.at) return;
    if (this.at !== Infinity) port.cancel(this.#event);
    this.at = time;
    this.#event = port.at(time as SimTime, { kind: this.#kind, key: '' });
  }
}
