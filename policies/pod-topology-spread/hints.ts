/** Which changes of pods and nodes can let a pod fit that hard constraints kept out: the queueing hints of `plugin.go`. */
import type { Labels, Node, Pod } from '../../sim/api/index.ts';
import { takesRoom } from '../../sim/scheduler/contract.ts';
import type { Constraint } from './constraints.ts';

const matchesAny = (specs: readonly Constraint[], labels: Labels | undefined): boolean =>
  specs.some(({ selector }) => selector.matches(labels));

/** The pod itself, or a running pod of its namespace. */
const isInvolved = (other: Pod, pod: Pod): boolean =>
  other.metadata.uid === pod.metadata.uid ||
  (takesRoom(other) && other.metadata.namespace === pod.metadata.namespace);

export function afterPodChange(
  specs: readonly Constraint[],
  pod: Pod,
  before: Pod | undefined,
  after: Pod | undefined,
): boolean {
  if ((after !== undefined && !isInvolved(after, pod)) || (before !== undefined && !isInvolved(before, pod)))
    return false;
  if (before === undefined || after === undefined)
    return matchesAny(specs, (after ?? before)?.metadata.labels);
  const tolerates = after.spec.tolerations?.length !== before.spec.tolerations?.length;
  if (after.metadata.uid === pod.metadata.uid && tolerates && specs.some(({ honorTaints }) => honorTaints))
    return true;
  return specs.some(
    ({ selector }) => selector.matches(before.metadata.labels) !== selector.matches(after.metadata.labels),
  );
}

export function afterNodeChange(
  specs: readonly Constraint[],
  before: Node | undefined,
  after: Node | undefined,
): boolean {
  const carries = (node: Node | undefined): boolean =>
    node !== undefined && specs.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
  if (before === undefined || after === undefined) return carries(before ?? after);
  if (carries(before) !== carries(after)) return true;
  const moved = specs.some(
    ({ topologyKey }) => before.metadata.labels?.[topologyKey] !== after.metadata.labels?.[topologyKey],
  );
  return carries(after) && (moved || !sameJson(before.spec.taints, after.spec.taints));
}

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
