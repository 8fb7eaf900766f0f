/** A source of pods: in order of arrival, one at a time. */
import type { Draft, Pod } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';

export interface Arrival {
  readonly at: SimTime;
  readonly pod: Draft<Pod>;
}

export interface ArrivalSource {
  /** Unique in a run. */
  readonly name: string;
  /** The next pod, not earlier than the one before; undefined when there are no more. */
  next(): Arrival | undefined;
}
