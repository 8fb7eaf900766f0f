/** What the scheduler tells of an attempt, before anything follows from it. */
import type { Pod } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { PostFilterResult } from './framework/interface.ts';
import type { Framework } from './framework/runtime.ts';
import type { ScheduleResult } from './search/schedule-result.ts';

/** What one attempt came to: with `evaluate` and `whyNot`, all there is to say about it. */
export interface Decision {
  readonly time: SimTime;
  readonly pod: Pod;
  readonly attempt: number;
  readonly framework: Framework;
  readonly result: ScheduleResult;
  readonly postFilter: PostFilterResult | undefined;
  /** The others were not looked at: enough had been found, or PreFilter had left them out. Only while the decision is told of. */
  searchedNodes(): readonly string[];
}
