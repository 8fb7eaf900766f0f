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
    const path = ['timeline', i];
    const isRepeated = repeatOf(step) !== undefined;
    return instantsOf(step).map((at, n) => ({ at, step: isRepeated ? numbered(step, n) : step, path }));
  });
}

/** When the step is taken; more than once if it is repeated. */
export function instantsOf(step: TimelineStep): SimTime[] {
  const first = instantOf(step.at);
  const repeat = repeatOf(step);
  if (repeat === undefined) return [first];
  const every = durationOf(repeat.every);
  return Array.from({ length: repeat.count }, (_, n) => (first + n * every) as SimTime);
}

const repeatOf = (step: TimelineStep) => ('repeat' in step ? step.repeat : undefined);
