/** How an answer finds its asker: an event of the asker's own union, completed with the result. */
import type { Port, SimEvent } from '../engine/index.ts';
import type { ApiResult } from './request.ts';

/** An event that carries the answer to a request. */
export interface ReplyEvent extends SimEvent {
  readonly result: ApiResult;
}

/** Given away with the request: the result is put into it. Writing `result: undefined` saves giving it a new shape then. */
export type Unanswered<E extends ReplyEvent = ReplyEvent> = E extends unknown
  ? Omit<E, 'result'> & { result?: undefined }
  : never;

/** A port of the asker (phase `response`) and the event to deliver, still without its result. */
export interface ReplyTo<E extends ReplyEvent = ReplyEvent> {
  readonly port: Port<E>;
  readonly event: Unanswered<E>;
}
