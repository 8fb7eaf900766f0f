/** Steps and faults that the run does not live to see. */
import type { ReferenceProblem } from './references.ts';
import type { Scenario } from './schema/scenario.ts';
import { durationOf } from './units.ts';

export function pastTheEnd({ duration, timeline = [], faults = [] }: Scenario): ReferenceProblem[] {
  if (duration === undefined) return [];
  const end = durationOf(duration);
  const late = (list: string, items: readonly object[]): ReferenceProblem[] =>
    items.flatMap((item, i) => {
      const at = 'at' in item ? String(item.at) : undefined;
      if (at === undefined || durationOf(at) < end) return [];
      const path = [list, i, 'at'];
      const message = 'the run is over by then; this is left out';
      return [{ path, severity: 'warning', message, found: at, hint: `duration: ${duration}` }];
    });
  return [...late('timeline', timeline), ...late('faults', faults)];
}
