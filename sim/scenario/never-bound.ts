/** Pods that no node can take, or that no scheduler looks at: a run of hours would tell it only at its end. */
import {
  compareQuantities,
  type Diagnostic,
  defaultPodSpec,
  type ManifestObject,
  type PodSpec,
  type Position,
  podResources,
  type ResourceList,
} from '../api/index.ts';
import type { NodeSpec } from '../node/index.ts';
import { podSpecOf } from './needed-objects.ts';
import { hintAmong } from './references.ts';

export interface PlacedPod {
  readonly position: Position;
  /** For the user. */
  readonly name: string;
  readonly spec: PodSpec;
}

export interface ClusterOffer {
  /** Also those that come in mid-run. */
  readonly nodes: readonly NodeSpec[];
  /** Absent: any name will do. */
  readonly schedulers: readonly string[] | undefined;
}

/** Warnings, since larger nodes may come; one for each place, at the first of its copies. Pods with a nodeName are not asked. */
export function neverBound(pods: readonly PlacedPod[], { nodes, schedulers }: ClusterOffer): Diagnostic[] {
  const warnings = new Map<string, Diagnostic>();
  const sizes = distinctSizes(nodes);
  for (const { position, name, spec } of pods) {
    if (spec.nodeName !== undefined) continue;
    for (const text of [...tooLarge(spec, name, sizes), ...unknownScheduler(spec, schedulers)]) {
      const warning: Diagnostic = { ...position, severity: 'warning', ...text };
      const place = JSON.stringify([position, warning.message]);
      if (!warnings.has(place)) warnings.set(place, warning);
    }
  }
  return [...warnings.values()];
}

/** Pods of manifests, and those that controllers make of them. */
export const podsOfManifests = (entries: readonly ManifestObject[]): PlacedPod[] =>
  entries.flatMap(({ object, position }) => {
    const { containers, ...spec } = podSpecOf(object) ?? {};
    const name = `${object.kind} ${object.metadata.name ?? ''}`;
    return containers === undefined ? [] : [{ position, name, spec: { ...spec, containers } }];
  });

interface NodeSize {
  readonly name: string;
  readonly allocatable: ResourceList;
}

const distinctSizes = (nodes: readonly NodeSpec[]): NodeSize[] => [
  ...new Map(
    nodes.map(({ name, capacity, allocatable = capacity }) => [
      JSON.stringify(allocatable),
      { name, allocatable },
    ]),
  ).values(),
];

type WarningText = Pick<Diagnostic, 'message' | 'found' | 'hint'>;

function tooLarge(spec: PodSpec, name: string, sizes: readonly NodeSize[]): WarningText[] {
  const requests = Object.entries(podResources(defaultPodSpec(spec)).requests);
  const lacks = ({ allocatable }: NodeSize, [resource, amount]: [string, string]) =>
    compareQuantities(amount, '0') > 0 && compareQuantities(amount, allocatable[resource] ?? '0') > 0;
  if (sizes.length === 0 || sizes.some((size) => !requests.some((request) => lacks(size, request))))
    return [];
  const scarce = requests.find((request) => sizes.every((size) => lacks(size, request)));
  if (scarce === undefined) {
    const message = 'no node has all that the pod requests together: it waits until one comes that has';
    return [{ message, found: `${name} with ${requests.map((request) => request.join(': ')).join(', ')}` }];
  }
  const [resource, amount] = scarce;
  const message = `the pod requests more ${resource} than any node has: it waits until a larger one comes`;
  return [{ message, found: `${name} with ${resource}: ${amount}`, hint: largest(resource, sizes) }];
}

function largest(resource: string, sizes: readonly NodeSize[]): string {
  const [size] = sizes.toSorted((a, b) =>
    compareQuantities(b.allocatable[resource] ?? '0', a.allocatable[resource] ?? '0'),
  );
  const most = size?.allocatable[resource];
  return most === undefined
    ? `no node has any ${resource}`
    : `the largest node is ${size?.name}, with ${most}`;
}

function unknownScheduler(
  { schedulerName }: PodSpec,
  schedulers: readonly string[] | undefined,
): WarningText[] {
  if (schedulerName === undefined || schedulers === undefined || schedulers.includes(schedulerName))
    return [];
  const hint = hintAmong(schedulerName, schedulers);
  return [{ message: 'no scheduler has this name: the pod waits for ever', found: schedulerName, hint }];
}
