/**
 * EDF: the pod whose deadline comes first is scheduled first (Liu and Layland, JACM 1973; Dertouzos, 1974). A deadline is
 * the pod's creation plus `kubedes.io/deadline`; pods without one come last, in the default order. Running pods are not
 * preempted for the sake of a deadline.
 */
import { type Pod, parseTimestamp, readAnnotation } from '../sim/api/index.ts';
import { ArgsReader, type Plugin, type SortablePod } from '../sim/scheduler/contract.ts';

/** µs since 1970; Infinity without deadline. Creation is known to the second, as the API has it. */
export function deadlineOf(pod: Pod): number {
  const after = readAnnotation(pod, 'deadline');
  const created = parseTimestamp(pod.metadata.creationTimestamp ?? '');
  return after === undefined || created === undefined ? Number.POSITIVE_INFINITY : created + after;
}

export const edf = (raw: unknown): Plugin => {
  new ArgsReader(raw, '').finish();
  const known = new WeakMap<Pod, number>();
  const deadline = (pod: Pod): number => {
    let found = known.get(pod);
    if (found === undefined) known.set(pod, (found = deadlineOf(pod)));
    return found;
  };
  return {
    name: 'EDF',
    less: (a: SortablePod, b: SortablePod) => {
      const [first, second] = [deadline(a.pod), deadline(b.pod)];
      if (first !== second) return first < second;
      const byPriority = (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0);
      return byPriority < 0 || (byPriority === 0 && a.timestamp < b.timestamp);
    },
  };
};
