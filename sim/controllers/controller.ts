/**
 * What a controller is to its loop (Kubernetes v1.36.3, pkg/controller): it decides, the loop performs.
 * `reconcile` is level-triggered: it looks at the informers' state for a key and never at the event that named the key.
 */
import type { KubernetesObject } from '../api/index.ts';
import type { ApiError, ApiRequest, ApiResult } from '../apiserver/index.ts';
import type { RateLimiter } from '../client/index.ts';
import type { Duration, SimTime } from '../engine/index.ts';
import type { ConsistencyStore } from './consistency-store.ts';

/** An API Event to record about an object. */
export interface EventDraft {
  readonly object: KubernetesObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What to do next for a key. The worker that took the key stays busy until every answer is in. */
export interface Plan {
  readonly writes: readonly ApiRequest[];
  /**
   * `slow-start` sends batches of 1, 2, 4, … and stops after the first batch with a failure;
   * then `results` is shorter than `writes`.
   */
  readonly pace?: 'together' | 'slow-start' | undefined;
  /** The key is not settled until the informers have shown as many creations, or these deletions. */
  readonly expect?: 'creations' | 'deletions' | undefined;
  readonly events?: readonly EventDraft[] | undefined;
  /**
   * Decides on with the answers, in the order of `writes`. Without it the loop decides: any failure
   * (isFailure) puts the key back with back-off.
   */
  readonly resume?: ((results: readonly ApiResult[], now: SimTime) => Plan) | undefined;
  /** Only in a last plan: look again after this long. */
  readonly requeueAfter?: Duration | undefined;
  /** Only in a last plan: the reconcile failed, look again after the queue's back-off. */
  readonly retry?: boolean | undefined;
}

/** The reconcile is over and nothing is left to do. */
export const DONE: Plan = { writes: [] };
/** The reconcile failed; the key comes back after the queue's back-off. */
export const RETRY: Plan = { writes: [], retry: true };

/** The side of a loop that informer handlers see. */
export interface WorkSink {
  add(key: string): void;
  addAfter(key: string, delay: Duration): void;
  /** An expected creation for `key` reached the informer. */
  creationObserved(key: string): void;
  /** The expected deletion of `dependent` (namespace/name) for `key` reached the informer. */
  deletionObserved(key: string, dependent: string): void;
  /** The object of `key` is gone for good. */
  forget(key: string): void;
}

export interface Controller {
  /** As in the kube-controller-manager's `--controllers` flag. */
  readonly name: string;
  /** Concurrent syncs, upstream's default. */
  readonly workers: number;
  /** How long failing keys wait; the default of client-go if absent. */
  readonly rateLimiter?: RateLimiter | undefined;
  /** A key is not reconciled until the informers show what was written for it; not waited for if absent. */
  readonly ownWrites?: ConsistencyStore | undefined;
  /** Hooks up informer handlers that turn changes into keys. Called once, before the informers start. */
  start(work: WorkSink): void;
  /** `settled` is false while an earlier creation or deletion for the key has not reached the informers. */
  reconcile(key: string, now: SimTime, settled: boolean): Plan;
}

/** One write, then go on with its answer. */
export const write = (request: ApiRequest, then: (result: ApiResult, now: SimTime) => Plan): Plan => ({
  writes: [request],
  resume: (results, now) => then(results[0]!, now),
});

/** Writes one after the other, each after the answer to the one before; a failure ends in a retry. */
export function inSequence(
  requests: readonly ApiRequest[],
  now: SimTime,
  then: (now: SimTime) => Plan,
): Plan {
  const [first, ...others] = requests;
  if (first === undefined) return then(now);
  return write(first, (result, later) => (isFailure(result) ? RETRY : inSequence(others, later, then)));
}

/** The same plan with these events in front of its own. */
export function withEvents(plan: Plan, events: readonly EventDraft[]): Plan {
  if (events.length === 0) return plan;
  const { writes, pace, expect, resume, requeueAfter, retry } = plan;
  const all = plan.events === undefined ? events : [...events, ...plan.events];
  return { writes, pace, expect, events: all, resume, requeueAfter, retry };
}

/** A creation refused because the namespace is being deleted. */
const isNamespaceTerminating = (error: ApiError): boolean =>
  error.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true;

/**
 * Whether the purpose of a write was missed. Not so if its object or namespace is gone (NotFound) or the namespace is being
 * deleted: then nothing is left to do. Stops slow starts, lowers expectations, puts keys back and makes Warning events.
 */
export const isFailure = (result: ApiResult): result is Extract<ApiResult, { readonly ok: false }> =>
  !result.ok && result.error.code !== 404 && !isNamespaceTerminating(result.error);
