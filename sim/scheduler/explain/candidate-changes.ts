/** Changes that could make a difference to whether, or how gladly, a node takes a pod; whether they do is for a new evaluation. */
import {
  type Node,
  type NodeSelectorRequirement,
  type NodeSelectorTerm,
  type Pod,
  type Taint,
  toleratesTaint,
} from '../../api/index.ts';
import type { NodeState } from '../cache/node-state.ts';
import type { Framework } from '../framework/runtime.ts';
import type { Change, LabelChange, RequestChange, WeightChange } from './change.ts';
import type { Evaluation, NodeScores } from './explain.ts';

/** Values of one label tried; there may be as many as nodes. */
const MAX_VALUES = 16;
const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Tolerations and labels: all or nothing. */
export function discreteChanges(framework: Framework, pod: Pod, node: NodeState): Change[] {
  return [
    ...tolerationChanges(pod, node.node),
    ...nodeLabelChanges(framework, pod, node.node),
    ...podLabelChanges(pod),
  ];
}

function tolerationChanges(pod: Pod, { spec }: Node): Change[] {
  const taints = spec.unschedulable === true ? [...(spec.taints ?? []), CORDON] : (spec.taints ?? []);
  const open = taints.filter((taint) => !toleratesTaint(pod.spec.tolerations, taint));
  const changes: Change[] = open.map(({ key, value, effect }) => ({
    kind: 'toleration',
    toleration:
      value === undefined || value === ''
        ? { key, operator: 'Exists', effect }
        : { key, operator: 'Equal', value, effect },
    taints: 1,
  }));
  if (open.length > 1)
    changes.push({ kind: 'toleration', toleration: { operator: 'Exists' }, taints: open.length });
  return changes;
}

function nodeLabelChanges(framework: Framework, pod: Pod, node: Node): Change[] {
  const labels = node.metadata.labels ?? {};
  const wanted = new Map<string, Set<string | undefined>>();
  const want = (key: string, value: string | undefined): void => {
    if (labels[key] === value) return;
    const values = wanted.get(key) ?? new Set();
    if (values.size < MAX_VALUES) values.add(value);
    wanted.set(key, values);
  };
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) want(key, value);
  for (const term of affinityTerms(pod))
    for (const requirement of term.matchExpressions ?? [])
      for (const value of satisfying(requirement)) want(requirement.key, value);
  for (const key of topologyKeys(pod)) {
    want(key, undefined);
    for (const value of otherDomains(framework, key)) want(key, value);
  }
  return [...wanted].flatMap(([key, values]) =>
    [...values].map((to): LabelChange => ({ kind: 'node-label', key, from: labels[key], to })),
  );
}

function affinityTerms({ spec }: Pod): NodeSelectorTerm[] {
  const affinity = spec.affinity?.nodeAffinity;
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ preference }) => preference),
  ];
}

/** Values that satisfy a requirement; undefined for doing without the label. */
function satisfying({ operator, values = [] }: NodeSelectorRequirement): (string | undefined)[] {
  switch (operator) {
    case 'In':
      return [...values];
    case 'Exists':
      return [''];
    case 'NotIn':
    case 'DoesNotExist':
      return [undefined];
    case 'Gt':
      return [String(Number(values[0]) + 1)];
    case 'Lt':
      return [String(Number(values[0]) - 1)];
    default:
      return [];
  }
}

function topologyKeys({ spec }: Pod): ReadonlySet<string> {
  const keys = new Set((spec.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey));
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
      keys.add(term.topologyKey);
    for (const term of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      keys.add(term.podAffinityTerm.topologyKey);
  }
  return keys;
}

function otherDomains({ snapshot }: Framework, key: string): readonly string[] {
  const values = new Set<string>();
  for (let i = 0; i < snapshot.nodeCount && values.size < MAX_VALUES; i++) {
    const value = snapshot.nodes[snapshot.order[i]!]!.metadata.labels?.[key];
    if (value !== undefined) values.add(value);
  }
  return [...values].sort();
}

const podLabelChanges = ({ metadata }: Pod): LabelChange[] =>
  Object.entries(metadata.labels ?? {}).map(([key, from]) => ({
    kind: 'pod-label',
    key,
    from,
    to: undefined,
  }));

/** Every resource the pod requests, with its total: from there it may ask for less or more. */
export function requestedResources({ snapshot }: Framework, pod: Pod): { resource: string; from: number }[] {
  const shape = snapshot.shapes.of(pod);
  const scalars = shape.scalarIds.map((id, i) => ({
    resource: snapshot.resourceIds.nameOf(id),
    from: shape.scalarUnits[i]!,
  }));
  return [
    { resource: 'cpu', from: shape.cpuMilli },
    { resource: 'memory', from: shape.memoryBytes },
    { resource: 'ephemeral-storage', from: shape.ephemeralBytes },
    ...scalars,
  ].filter(({ from }) => from > 0);
}

/** Requests reduced to what the node has left, where that is less. */
export function fittingRequests(framework: Framework, pod: Pod, node: NodeState): RequestChange[] {
  const nominated = framework.nominator
    .on(node.name)
    .filter((other) => other.pod.metadata.uid !== pod.metadata.uid);
  return requestedResources(framework, pod).flatMap(({ resource, from }) => {
    const promised = nominated.reduce(
      (sum, other) =>
        sum +
        (requestedResources(framework, other.pod).find((asked) => asked.resource === resource)?.from ?? 0),
      0,
    );
    const free = node.allocatable(resource) - node.requested(resource);
    return [free, free - promised]
      .map((room) => Math.max(0, room))
      .filter((room, i, rooms) => room < from && rooms.indexOf(room) === i)
      .map((to): RequestChange => ({ kind: 'request', resource, from, to }));
  });
}

/** For each scoring plugin the nearest weight with which `node` would have the highest total of all, if there is one. */
export function weightChanges({ plugins }: Framework, { scores }: Evaluation, node: string): WeightChange[] {
  const own = scores.get(node)!;
  const others = [...scores].filter(([name]) => name !== node).map(([, other]) => other);
  return plugins.scoring.flatMap(({ built: { name: plugin }, weight: from }) => {
    if (!own.plugins.has(plugin)) return [];
    const to = winningWeight(own, others, plugin, from);
    return to === undefined || to === from ? [] : [{ kind: 'weight', plugin, from, to }];
  });
}

/** Totals are linear in each weight, so the weights that win are an interval. */
function winningWeight(
  own: NodeScores,
  others: readonly NodeScores[],
  plugin: string,
  from: number,
): number | undefined {
  let least = 0;
  let most = Number.MAX_SAFE_INTEGER;
  for (const other of others) {
    const gain = (own.plugins.get(plugin)! - other.plugins.get(plugin)!) / from;
    const behind = other.total - own.total + gain * from;
    if (gain > 0) least = Math.max(least, Math.floor(behind / gain) + 1);
    else if (gain < 0) most = Math.min(most, Math.ceil(behind / gain) - 1);
    else if (behind >= 0) return undefined;
  }
  if (least > most) return undefined;
  return Math.min(Math.max(from, least), most);
}
