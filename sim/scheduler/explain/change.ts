/** One thing to alter in a pod, a node or a profile: the answers to "why not this node?" are made of these. */
import {
  bytesQuantity,
  type Container,
  CPU,
  countQuantity,
  cpuMilli,
  type Labels,
  milliQuantity,
  type Node,
  type Pod,
  type PodSpec,
  type Quantity,
  type ResourceList,
  type Toleration,
  wholeUnits,
} from '../../api/index.ts';

/** The total the pod requests, in milli-CPU, bytes or whole units. */
export interface RequestChange {
  readonly kind: 'request';
  readonly resource: string;
  readonly from: number;
  readonly to: number;
}

export interface TolerationChange {
  readonly kind: 'toleration';
  readonly toleration: Toleration;
  /** How many of the node's taints it is to cover. */
  readonly taints: number;
}

/** Undefined: the label is absent. */
export interface LabelChange {
  readonly kind: 'node-label' | 'pod-label';
  readonly key: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A weight of 0 takes the plugin out of scoring. */
export interface WeightChange {
  readonly kind: 'weight';
  readonly plugin: string;
  readonly from: number;
  readonly to: number;
}

export type Change = RequestChange | TolerationChange | LabelChange | WeightChange;

/** What orders changes: a number counts by how much of it changes, a label or a tolerated taint counts 1. */
export function sizeOf(change: Change): number {
  switch (change.kind) {
    case 'request':
    case 'weight':
      return Math.abs(change.to - change.from) / change.from;
    case 'toleration':
      return change.taints;
    case 'node-label':
    case 'pod-label':
      return 1;
    default:
      return change satisfies never;
  }
}

/** For people, in the words of the API. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'request':
      return `request ${change.resource} ${printAmount(change.resource, change.to)} instead of ${printAmount(change.resource, change.from)}`;
    case 'toleration':
      return `tolerate ${describeToleration(change.toleration)}`;
    case 'node-label':
    case 'pod-label': {
      const whose = change.kind === 'node-label' ? 'the node' : 'the pod';
      const was = change.from === undefined ? '' : ` instead of "${change.from}"`;
      return change.to === undefined
        ? `take the label ${change.key} from ${whose}`
        : `label ${whose} ${change.key}="${change.to}"${was}`;
    }
    case 'weight':
      return change.to === 0
        ? `leave ${change.plugin} out of scoring`
        : `weigh ${change.plugin} ${change.to} instead of ${change.from}`;
    default:
      return change satisfies never;
  }
}

function describeToleration({ key, operator, value, effect }: Toleration): string {
  if (key === undefined || key === '') return 'every taint';
  const wanted = operator === 'Exists' ? key : `${key}=${value ?? ''}`;
  return effect === undefined ? wanted : `${wanted}:${effect}`;
}

const printAmount = (resource: string, amount: number): Quantity =>
  resource === CPU
    ? milliQuantity(amount)
    : resource.includes('/')
      ? countQuantity(amount)
      : bytesQuantity(amount);

/** The pod after the change; the same object if it does not concern pods. */
export function changedPod(pod: Pod, change: Change): Pod {
  switch (change.kind) {
    case 'request':
      return { ...pod, spec: withRequest(pod.spec, change) };
    case 'toleration':
      return {
        ...pod,
        spec: { ...pod.spec, tolerations: [...(pod.spec.tolerations ?? []), change.toleration] },
      };
    case 'pod-label':
      return { ...pod, metadata: { ...pod.metadata, labels: withLabel(pod.metadata.labels, change) } };
    default:
      return pod;
  }
}

/** The node after the change; the same object if it does not concern nodes. */
export const changedNode = (node: Node, change: Change): Node =>
  change.kind === 'node-label'
    ? { ...node, metadata: { ...node.metadata, labels: withLabel(node.metadata.labels, change) } }
    : node;

function withLabel(labels: Labels | undefined, { key, to }: LabelChange): Labels {
  const { [key]: _, ...others } = labels ?? {};
  return to === undefined ? others : { ...others, [key]: to };
}

const amountIn = (requests: ResourceList | undefined, resource: string): number => {
  const text = requests?.[resource];
  if (text === undefined) return 0;
  return resource === CPU ? cpuMilli(text) : wholeUnits(text);
};

const requestOf = (container: Container, resource: string): number =>
  amountIn(container.resources?.requests, resource);

/** A request for the whole pod is set; else the largest containers give way first, and no init container asks for more. */
function withRequest(spec: PodSpec, { resource, from, to }: RequestChange): PodSpec {
  const { resources } = spec;
  if (resources?.requests?.[resource] !== undefined)
    return {
      ...spec,
      resources: { ...resources, requests: { ...resources.requests, [resource]: printAmount(resource, to) } },
    };
  const containers = to > from ? raised(spec, resource, to - from) : lowered(spec, resource, from - to);
  if (spec.initContainers === undefined) return { ...spec, containers };
  const initContainers = spec.initContainers.map((container) =>
    container.restartPolicy === 'Always' || requestOf(container, resource) <= to
      ? container
      : asking(container, resource, to),
  );
  return { ...spec, containers, initContainers };
}

function raised({ containers }: PodSpec, resource: string, by: number): readonly Container[] {
  const largest = byFallingRequest(containers, resource)[0]!;
  return containers.map((container) =>
    container === largest ? asking(container, resource, requestOf(container, resource) + by) : container,
  );
}

function lowered({ containers }: PodSpec, resource: string, by: number): readonly Container[] {
  let left = by;
  const lower = new Map<Container, Container>();
  for (const container of byFallingRequest(containers, resource)) {
    const own = requestOf(container, resource);
    const taken = Math.min(own, left);
    if (taken > 0) lower.set(container, asking(container, resource, own - taken));
    left -= taken;
  }
  return containers.map((container) => lower.get(container) ?? container);
}

const byFallingRequest = (containers: readonly Container[], resource: string): readonly Container[] =>
  containers.toSorted((a, b) => requestOf(b, resource) - requestOf(a, resource));

const asking = (container: Container, resource: string, amount: number): Container => ({
  ...container,
  resources: {
    ...container.resources,
    requests: { ...container.resources?.requests, [resource]: printAmount(resource, amount) },
  },
});
