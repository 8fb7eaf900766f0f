/** The steps of the timeline, each as often as it is repeated. */
import { numbered } from '../api/index.ts';
import type { SimTime } from '../engine/index.ts';
import type { Scenario } from './schema/scenario.ts';
import type { TimelineStep } from './schema/timeline.ts';
import { durationOf, instantOf } from './units.ts';

export interface TimedStep {
  readonly at: SimTime;
  readonly step: TimelineStep;
  /** Where it is written. */
  readonly path: readonly PropertyKey[];
}

/** In order of the file, repetitions in turn. O(steps). */
export function stepsOf({ timeline }: Scenario): TimedStep[] {
  return (timeline ?? []).flatMap((step, i) => {
    const at = instantOf(step.at);
    const path = ['timeline', i];
    const repeat = 'repeat' in step ? step.repeat : undefined;
    if (repeat === undefined) return [{ at, step, path }];
    const every = durationOf(repeat.every);
    return Array.from({ length: repeat.count }, (_, n) => ({
      at: (at + n * every) as SimTime,
      step: numbered(step, n),
      path,
    }));
  });
}
