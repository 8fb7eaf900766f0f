/** The events of the scheduler component: plain data. */

import type { ReplyEvent } from '../apiserver/reply.ts';
import type { ApiResult } from '../apiserver/request.ts';
import type { SimEvent } from '../engine/index.ts';
import type { EvictionStep } from './evictions.ts';

/** A pod is ready while the scheduler is idle. */
interface WakeEvent extends SimEvent {
  readonly kind: 'wake';
}
/** The scheduling cycle of `key` is over; n: nodes looked at. */
interface CycleEndEvent extends SimEvent {
  readonly kind: 'cycle-end';
}
export interface FlushEvent extends SimEvent {
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
/** Part of a preemption is done. */
export interface EvictionReplyEvent extends ReplyEvent {
  readonly kind: EvictionStep;
  /** The pod for whose sake. */
  readonly preemptor: string;
  /** The pod it was done to. */
  readonly pod: string;
  readonly result: ApiResult;
}
/** The status of the pod `key` says why it was not scheduled: the next cycle may begin. */
export interface ReportedEvent extends ReplyEvent {
  readonly kind: 'reported';
}

export type SchedulerEvent =
  | WakeEvent
  | CycleEndEvent
  | FlushEvent
  | RetryEvent
  | PollEvent
  | PermitTimeoutEvent
  | StepReplyEvent
  | EvictionReplyEvent
  | ReportedEvent;
