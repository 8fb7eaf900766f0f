/** Which changes make room for a pod that did not fit: the queueing hints of `fit.go`. */
import type { Node, Pod } from '../../sim/api/index.ts';
import { nodeAmounts, podAmounts, takesRoom } from '../../sim/scheduler/contract.ts';

/** Room is made by a pod that goes, or one that asks for less of what this pod wants. */
export function afterPodChange(pod: Pod, before: Pod | undefined, after: Pod | undefined): boolean {
  if (after === undefined) return before !== undefined && takesRoom(before);
  if (after.metadata.uid === pod.metadata.uid) return true;
  if ((after.spec.nodeName ?? '') === '' || before === undefined) return false;
  const wanted = podAmounts(pod);
  const was = podAmounts(before);
  const is = podAmounts(after);
  for (const name of wanted.keys()) if ((was.get(name) ?? 0) > (is.get(name) ?? 0)) return true;
  return false;
}

/** The node could hold the pod if it were empty, and offers more than before of something the pod wants. */
export function afterNodeChange(pod: Pod, before: Node | undefined, after: Node | undefined): boolean {
  if (after === undefined) return false;
  const wanted = podAmounts(pod);
  const now = nodeAmounts(after);
  if ((now.get('pods') ?? 0) < 1) return false;
  for (const [name, amount] of wanted) if (amount > (now.get(name) ?? 0)) return false;
  if (before === undefined) return true;
  const was = nodeAmounts(before);
  if (now.get('pods')! > (was.get('pods') ?? 0)) return true;
  for (const name of wanted.keys()) if ((now.get(name) ?? 0) > (was.get(name) ?? 0)) return true;
  return false;
}
