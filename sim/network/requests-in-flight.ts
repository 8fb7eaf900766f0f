/**
 * Requests on their way, by the instant at which they end. What becomes of them is known when they start, unless
 * the pod or the client goes meanwhile: both leave the time of their death, which is looked at when the request is over.
 */
import { KeyHeap, type SimTime } from '../engine/index.ts';
import type { Machine, Sandbox } from '../world/index.ts';
import type { Endpoint } from './endpoints.ts';
import type { RequestOutcome } from './request-outcome.ts';

/** Instants and lengths in µs, not rounded. Objects are reused: a receiver must not keep them. */
export class RequestInFlight {
  startUs = 0;
  latencyUs = 0;
  /** When the pod is done with it. */
  podDoneUs = 0;
  /** How long the client waits for a pod that does not answer any more. */
  timeoutUs = 0;
  /** What becomes of it if nothing goes meanwhile. */
  outcome: RequestOutcome = 'ok';
  stale = false;
  /** Where the rules sent it; undefined: nowhere. */
  endpoint: Endpoint | undefined;
  /** Who serves it. */
  sandbox: Sandbox | undefined;
  /** Where the client lives; undefined: outside the cluster. */
  client: Machine | undefined;
}

export interface EndedRequests {
  ended(request: RequestInFlight, outcome: RequestOutcome, latencyUs: number): void;
}

export class RequestsInFlight {
  readonly #receiver: EndedRequests;
  readonly #heap = new KeyHeap();
  readonly #slots: RequestInFlight[] = [];
  readonly #free: number[] = [];
  #taken = -1;
  #order = 0;
  #lastEndUs = 0;

  constructor(receiver: EndedRequests) {
    this.#receiver = receiver;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** When the first of them ends, µs; only if there is one. */
  get nextEndUs(): number {
    return this.#heap.key;
  }

  /** When the last one started so far ends, µs. */
  get lastEndUs(): number {
    return this.#lastEndUs;
  }

  /** A new request, to be filled in (it holds old values) and then launched. */
  take(): RequestInFlight {
    const free = this.#free.pop();
    this.#taken = free ?? this.#slots.length;
    if (free === undefined) this.#slots.push(new RequestInFlight());
    return this.#slots[this.#taken]!;
  }

  /** The request taken last is on its way. O(log n). */
  launch(): void {
    const request = this.#slots[this.#taken]!;
    const endUs = request.startUs + request.latencyUs;
    if (endUs > this.#lastEndUs) this.#lastEndUs = endUs;
    this.#heap.push(endUs, this.#order++, this.#taken);
  }

  /** Hands over every request that has ended by `now`, in order of their planned ends. */
  drain(now: SimTime): void {
    while (this.#heap.size > 0 && this.#heap.key <= now) {
      const slot = this.#heap.pop();
      this.#end(this.#slots[slot]!);
      this.#free.push(slot);
    }
  }

  #end(request: RequestInFlight): void {
    const { sandbox, client, startUs } = request;
    if (client !== undefined && (!client.up || client.since > startUs)) {
      this.#receiver.ended(request, 'client-down', request.latencyUs);
    } else if (sandbox !== undefined && sandbox.goneAt <= request.podDoneUs) {
      this.#endWithPod(request, sandbox);
    } else if (sandbox !== undefined && isRestarted(request, sandbox)) {
      this.#receiver.ended(request, 'connection-reset', sandbox.servingSince - startUs);
    } else this.#receiver.ended(request, request.outcome, request.latencyUs);
    request.sandbox = undefined;
    request.client = undefined;
  }

  /** A pod that is killed resets its connections; one that dies with its machine falls silent. */
  #endWithPod(request: RequestInFlight, sandbox: Sandbox): void {
    if (sandbox.crashed) this.#receiver.ended(request, 'connect-timeout', request.timeoutUs);
    else this.#receiver.ended(request, 'connection-reset', Math.max(0, sandbox.goneAt - request.startUs));
  }
}

/** The process that was serving it stopped and another one listens since. */
const isRestarted = (request: RequestInFlight, sandbox: Sandbox): boolean =>
  sandbox.servingSince > request.startUs && sandbox.servingSince <= request.podDoneUs;
