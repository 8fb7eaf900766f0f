/** Which changes of pods and nodes can let a pod fit that required terms kept out: the queueing hints of `plugin.go`. */
import type { Node, Pod } from '../../sim/api/index.ts';
import { type AffinityTerm, podTerms, takesRoom, termMatches } from '../../sim/scheduler/contract.ts';

/** Terms with a namespace selector select only in namespaces they also name: namespace labels are not looked up here. */
const selectsAll = (terms: readonly AffinityTerm[], pod: Pod): boolean =>
  terms.length > 0 && terms.every((term) => termMatches(term, pod, undefined));

export function afterPodChange(pod: Pod, before: Pod | undefined, after: Pod | undefined): boolean {
  if (before !== undefined && after?.metadata.uid === pod.metadata.uid) return true;
  if ((before !== undefined && !takesRoom(before)) || (after !== undefined && !takesRoom(after)))
    return false;
  const { affinity, antiAffinity } = podTerms(pod);
  if (after !== undefined && before !== undefined)
    return (
      (!selectsAll(affinity, before) && selectsAll(affinity, after)) ||
      (selectsAll(antiAffinity, before) && !selectsAll(antiAffinity, after))
    );
  if (after !== undefined) return selectsAll(affinity, after);
  if (before === undefined) return false;
  return selectsAll(antiAffinity, before) || selectsAll(podTerms(before).antiAffinity, pod);
}

export function afterNodeChange(pod: Pod, before: Node | undefined, after: Node | undefined): boolean {
  if (after === undefined) return false;
  const { affinity, antiAffinity } = podTerms(pod);
  const domain = (node: Node, key: string): string | undefined => node.metadata.labels?.[key];
  if (before === undefined)
    return (
      antiAffinity.length > 0 || affinity.some(({ topologyKey }) => domain(after, topologyKey) !== undefined)
    );
  const moved = (key: string): boolean => domain(before, key) !== domain(after, key);
  return (
    affinity.some(({ topologyKey }) => domain(after, topologyKey) !== undefined && moved(topologyKey)) ||
    antiAffinity.some(({ topologyKey }) => domain(before, topologyKey) !== undefined && moved(topologyKey))
  );
}
