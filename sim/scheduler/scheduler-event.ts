/** The events of the scheduler component: plain data. */

import type { ReplyEvent } from '../apiserver/reply.ts';
import type { ApiResult } from '../apiserver/request.ts';
import type { SimEvent } from '../engine/index.ts';

/** A pod is ready while the scheduler is idle. */
interface WakeEvent extends SimEvent {
  readonly kind: 'wake';
}
/** The scheduling cycle of `key` is over; n: nodes looked at. */
interface CycleEndEvent extends SimEvent {
  readonly kind: 'cycle-end';
}
interface FlushEvent extends SimEvent {
  readonly kind: 'flush-backoff' | 'flush-unschedulable';
}
/** A plugin wanted the pod `key` tried again now. */
interface RetryEvent extends SimEvent {
  readonly kind: 'retry';
  readonly uid: string;
}
/** Ask the binding-cycle plugin of `key` again. */
interface PollEvent extends SimEvent {
  readonly kind: 'poll';
  readonly uid: string;
}
interface PermitTimeoutEvent extends SimEvent {
  readonly kind: 'permit-timeout';
  readonly uid: string;
}
/** Answer number n to what a binding-cycle plugin of `key` asked. */
export interface StepReplyEvent extends ReplyEvent {
  readonly kind: 'step-reply';
  readonly uid: string;
  readonly n: number;
}
/** A victim was marked, or deleted. */
export interface EvictionReplyEvent extends ReplyEvent {
  readonly kind: 'victim-marked' | 'victim-deleted';
  /** The pod for whose sake. */
  readonly preemptor: string;
  readonly victim: string;
  readonly result: ApiResult;
}

export type SchedulerEvent =
  | WakeEvent
  | CycleEndEvent
  | FlushEvent
  | RetryEvent
  | PollEvent
  | PermitTimeoutEvent
  | StepReplyEvent
  | EvictionReplyEvent;
