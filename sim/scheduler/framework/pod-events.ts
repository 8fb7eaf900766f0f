/** What changed about an object that scheduling may care about: `framework/events.go`, Kubernetes v1.36. */
import type { Node, Pod, ResourceList } from '../../api/index.ts';
import { podAmounts } from '../cache/amounts.ts';
import { isResized } from '../cache/resized-spec.ts';
import { Action, type ClusterEvent, clusterEvent } from './cluster-event.ts';

const podLabel = clusterEvent('Pod', Action.updatePodLabel, 'PodLabelChange');
const podScaleDown = clusterEvent('Pod', Action.updatePodScaleDown, 'PodRequestScaledDown');
const podGates = clusterEvent(
  'Pod',
  Action.updatePodSchedulingGatesEliminated,
  'PodSchedulingGateEliminatedChange',
);
const podToleration = clusterEvent('Pod', Action.updatePodToleration, 'PodTolerationChange');
const podOther = clusterEvent('Pod', Action.update, 'PodUpdate');
const nodeAllocatable = clusterEvent('Node', Action.updateNodeAllocatable, 'NodeAllocatableChange');
const nodeLabel = clusterEvent('Node', Action.updateNodeLabel, 'NodeLabelChange');
const nodeTaint = clusterEvent('Node', Action.updateNodeTaint, 'NodeTaintChange');
const nodeCondition = clusterEvent('Node', Action.updateNodeCondition, 'NodeConditionChange');
const nodeAnnotation = clusterEvent('Node', Action.updateNodeAnnotation, 'NodeAnnotationChange');

/** False of a change that no plugin asks about, such as most of those to a pod's status. O(containers). */
export const mayHelpOthers = (before: Pod, pod: Pod): boolean =>
  before.spec !== pod.spec || before.metadata.labels !== pod.metadata.labels || reportsResize(before, pod);

const reportsResize = (before: Pod, pod: Pod): boolean =>
  (before.status?.containerStatuses !== pod.status?.containerStatuses ||
    before.status?.initContainerStatuses !== pod.status?.initContainerStatuses) &&
  (isResized(before) || isResized(pod));

/** One event per kind of change; one for "something else" if there is none. */
export function podEvents(before: Pod, pod: Pod): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (!sameTexts(before.metadata.labels, pod.metadata.labels)) events.push(podLabel);
  if (asksForLess(before, pod)) events.push(podScaleDown);
  if (before.spec !== pod.spec) {
    if ((before.spec.schedulingGates?.length ?? 0) > 0 && (pod.spec.schedulingGates?.length ?? 0) === 0)
      events.push(podGates);
    if ((before.spec.tolerations?.length ?? 0) !== (pod.spec.tolerations?.length ?? 0))
      events.push(podToleration);
  }
  if (events.length === 0) events.push(podOther);
  return events;
}

function asksForLess(before: Pod, pod: Pod): boolean {
  if (
    before.spec.containers === pod.spec.containers &&
    before.spec.resources === pod.spec.resources &&
    before.spec.initContainers === pod.spec.initContainers &&
    !reportsResize(before, pod)
  )
    return false;
  const now = podAmounts(pod);
  for (const [name, amount] of podAmounts(before)) if ((now.get(name) ?? 0) < amount) return true;
  return false;
}

/** Empty if nothing changed that could make a pod fit. */
export function nodeEvents(before: Node, node: Node): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  // Cordoning helps nobody.
  if (before.spec.unschedulable === true && node.spec.unschedulable !== true) events.push(nodeTaint);
  if (!sameTexts(before.status?.allocatable, node.status?.allocatable)) events.push(nodeAllocatable);
  if (!sameTexts(before.metadata.labels, node.metadata.labels)) events.push(nodeLabel);
  if (!sameJson(before.spec.taints, node.spec.taints)) events.push(nodeTaint);
  if (conditionsChanged(before, node)) events.push(nodeCondition);
  if (!sameTexts(before.metadata.annotations, node.metadata.annotations)) events.push(nodeAnnotation);
  return events;
}

function conditionsChanged(before: Node, node: Node): boolean {
  const was = before.status?.conditions;
  const is = node.status?.conditions;
  if (was === is) return false;
  if (was?.length !== is?.length) return true;
  const statuses = new Map(was?.map(({ type, status }) => [type, status]));
  return (is ?? []).some(({ type, status }) => statuses.get(type) !== status);
}

function sameTexts(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  if (a === b) return true;
  const keys = Object.keys(a ?? {});
  if (keys.length !== Object.keys(b ?? {}).length) return false;
  for (const key of keys) if (a?.[key] !== b?.[key]) return false;
  return true;
}

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
