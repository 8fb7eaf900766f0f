/** Steps and faults that the run does not live to see. */
import type { ReferenceProblem } from './references.ts';
import type { Scenario } from './schema/scenario.ts';
import type { TimelineStep } from './schema/timeline.ts';
import { instantsOf } from './steps.ts';
import { durationOf } from './units.ts';

/** When the run is over at the latest. One that should settle has two hours: they outlast every back-off of the control plane. */
export const lengthOf = ({ duration, stop }: Scenario): string =>
  duration ?? (stop === undefined ? '1h' : '2h');

/** One warning for each step and fault, however often it is repeated. */
export function pastTheEnd(scenario: Scenario): ReferenceProblem[] {
  const { duration, timeline = [], faults = [] } = scenario;
  const length = lengthOf(scenario);
  const hint = `duration: ${length}${duration === undefined ? ' by default' : ''}`;
  const late = (step: TimelineStep, path: readonly PropertyKey[]): ReferenceProblem[] => {
    const instants = instantsOf(step);
    const missed = instants.filter((at) => at >= durationOf(length)).length;
    if (missed === 0) return [];
    const message = 'the run is over by then';
    if (missed === instants.length)
      return [{ path: [...path, 'at'], severity: 'warning', message, found: step.at, hint }];
    const some = `${message} for ${missed} of ${instants.length} repetitions`;
    return [{ path: [...path, 'repeat'], severity: 'warning', message: some, hint }];
  };
  return [
    ...timeline.flatMap((step, i) => late(step, ['timeline', i])),
    ...faults.flatMap((fault, i) => ('at' in fault ? late(fault, ['faults', i]) : [])),
  ];
}
