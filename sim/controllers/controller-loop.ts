/**
 * The loop around one controller: work queue with back-off, a number of workers, expectations, slow-start batches and
 * the rate-limited client (Kubernetes v1.36.3, pkg/controller; client-go util/workqueue). A worker is busy until the answers to
 * all writes of its key are in. Work itself takes no simulated time; requests and the client's limits do.
 */
import type { ApiRequest, ApiResult, ReplyEvent } from '../apiserver/index.ts';
import { type ApiClient, Expectations, WorkQueue, type WorkQueueOwner } from '../client/index.ts';
import {
  type Component,
  type Duration,
  Phase,
  type Port,
  type SimEvent,
  type Simulation,
} from '../engine/index.ts';
import {
  type Controller,
  type EventDraft,
  isFailure,
  type Plan,
  RETRY,
  type WorkSink,
} from './controller.ts';

/** Records the API Events of all controllers, each under its own name as source. */
export interface EventBroadcaster {
  event(draft: EventDraft, source: string): void;
}

interface WorkEvent extends SimEvent {
  readonly kind: 'work';
}
/** The answer to write `n` of the plan that `key` is at. */
interface AnswerEvent extends ReplyEvent {
  readonly kind: 'answer';
  readonly n: number;
  readonly run: Run;
}
type LoopEvent = WorkEvent | AnswerEvent;

/** A plan under way. */
interface Run {
  readonly key: string;
  readonly plan: Plan;
  readonly results: ApiResult[];
  failed: boolean;
  /** Writes sent so far; the batch began at `from`. */
  from: number;
  sent: number;
  outstanding: number;
}

export class ControllerLoop implements Component<LoopEvent>, WorkSink, WorkQueueOwner {
  readonly name: string;
  readonly controller: Controller;
  readonly #simulation: Simulation;
  readonly #client: ApiClient;
  readonly #recorder: EventBroadcaster | undefined;
  readonly #queue: WorkQueue;
  readonly #expectations = new Expectations();
  readonly #workers: Port<LoopEvent>;
  readonly #answers: Port<LoopEvent>;
  #busy = 0;
  #woken = false;

  constructor(
    simulation: Simulation,
    client: ApiClient,
    controller: Controller,
    recorder?: EventBroadcaster,
  ) {
    this.name = controller.name;
    this.controller = controller;
    this.#simulation = simulation;
    this.#client = client;
    this.#recorder = recorder;
    this.#queue = new WorkQueue(simulation, `${this.name}/queue`, {
      owner: this,
      rateLimiter: controller.rateLimiter,
    });
    this.#workers = simulation.port<LoopEvent>(this, Phase.component);
    this.#answers = simulation.port<LoopEvent>(this, Phase.response);
    controller.start(this);
  }

  /** Keys waiting for a worker. */
  get length(): number {
    return this.#queue.length;
  }

  /** Nothing is left to do, now or later, unless something changes. */
  get idle(): boolean {
    return this.#queue.idle;
  }

  handle(event: LoopEvent): void {
    switch (event.kind) {
      case 'work':
        this.#startWorkers();
        break;
      case 'answer':
        this.#answered(event);
        break;
    }
  }

  // WorkSink

  add(key: string): void {
    this.#queue.add(key);
  }

  addAfter(key: string, delay: Duration): void {
    this.#queue.addAfter(key, delay);
  }

  creationObserved(key: string): void {
    this.#expectations.creationObserved(key);
  }

  deletionObserved(key: string, dependent: string): void {
    this.#expectations.deletionObserved(key, dependent);
  }

  forget(key: string): void {
    this.#expectations.forget(key);
    this.controller.ownWrites?.forget(key);
  }

  // Workers

  itemReady(): void {
    if (this.#woken || this.#busy >= this.controller.workers) return;
    this.#woken = true;
    this.#workers.at(this.#simulation.now, { kind: 'work', key: '' });
  }

  #startWorkers(): void {
    this.#woken = false;
    const { now } = this.#simulation;
    while (this.#busy < this.controller.workers) {
      const key = this.#queue.get();
      if (key === undefined) return;
      this.#busy++;
      const { controller } = this;
      const plan =
        controller.ownWrites?.ready(key) === false
          ? RETRY
          : controller.reconcile(key, now, this.#expectations.satisfied(key, now));
      this.#perform(key, plan);
    }
  }

  #perform(key: string, plan: Plan): void {
    const { events, writes } = plan;
    if (events !== undefined) for (const draft of events) this.#recorder?.event(draft, this.name);
    if (writes.length === 0) {
      this.#conclude(key, plan, NO_RESULTS, false);
      return;
    }
    if (plan.expect !== undefined) this.#expect(key, plan);
    const run: Run = { key, plan, results: [], failed: false, from: 0, sent: 0, outstanding: 0 };
    this.#send(run, plan.pace === 'slow-start' ? 1 : writes.length);
  }

  #expect(key: string, plan: Plan): void {
    const { now } = this.#simulation;
    if (plan.expect === 'creations') this.#expectations.expectCreations(key, plan.writes.length, now);
    else this.#expectations.expectDeletions(key, plan.writes.map(targetOf), now);
  }

  #send(run: Run, batch: number): void {
    const { key, plan } = run;
    const { writes } = plan;
    run.from = run.sent;
    run.sent = Math.min(writes.length, run.from + batch);
    run.outstanding = run.sent - run.from;
    for (let n = run.from; n < run.sent; n++) {
      this.#client.send(writes[n]!, {
        port: this.#answers as Port<AnswerEvent>,
        event: { kind: 'answer', key, n, run, result: undefined },
      });
    }
  }

  #answered({ run, n, result }: AnswerEvent): void {
    run.results[n] = result;
    if (result.ok) this.controller.ownWrites?.wrote(run.key, run.plan.writes[n]!, result.object);
    else if (isFailure(result)) {
      run.failed = true;
      this.#lowerExpectation(run, n);
    }
    if (--run.outstanding === 0) this.#batchDone(run);
  }

  #batchDone(run: Run): void {
    const { key, plan, results, from, sent, failed } = run;
    const total = plan.writes.length;
    if (sent < total && !failed) {
      this.#send(run, 2 * (sent - from));
      return;
    }
    for (let n = sent; n < total; n++) this.#lowerExpectation(run, n);
    this.#conclude(key, plan, results, failed);
  }

  /** What failed or was never sent will not show up in the informer. */
  #lowerExpectation({ key, plan }: Run, n: number): void {
    if (plan.expect === 'creations') this.#expectations.creationObserved(key);
    else if (plan.expect === 'deletions') this.#expectations.deletionObserved(key, targetOf(plan.writes[n]!));
  }

  #conclude(key: string, plan: Plan, results: readonly ApiResult[], failed: boolean): void {
    if (plan.resume === undefined) this.#finish(key, plan, plan.retry === true || failed);
    else this.#perform(key, plan.resume(results, this.#simulation.now));
  }

  #finish(key: string, plan: Plan, failed: boolean): void {
    if (failed) this.#queue.addRateLimited(key);
    else {
      this.#queue.forget(key);
      if (plan.requeueAfter !== undefined) this.#queue.addAfter(key, plan.requeueAfter);
    }
    this.#busy--;
    this.#queue.done(key);
    if (this.#queue.length > 0) this.itemReady();
  }
}

const NO_RESULTS: readonly ApiResult[] = [];

/** Namespace/name of what a write is about. */
function targetOf(request: ApiRequest): string {
  switch (request.verb) {
    case 'create':
      return '';
    case 'update':
      return `${request.object.metadata.namespace ?? ''}/${request.object.metadata.name ?? ''}`;
    case 'list':
      return request.resource;
    default:
      return `${request.namespace}/${request.name}`;
  }
}
