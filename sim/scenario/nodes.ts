/** Machines of the cluster: node templates times their count, and real Node manifests. */
import type { Draft, KubernetesObject, Node, ResourceList } from '../api/index.ts';
import type { NodeSpec } from '../node/index.ts';
import type { NodeTemplate } from './schema/cluster.ts';
import type { Scenario } from './schema/scenario.ts';

/** Assumed: a general-purpose machine of a public cloud. */
const DEFAULT_CAPACITY: ResourceList = {
  cpu: '16',
  memory: '64Gi',
  pods: '110',
  'ephemeral-storage': '100Gi',
};

/** `<name>-0`, `<name>-1`, …; zones are dealt out in turn, racks in turn within their zone. */
export function nodesOf(template: NodeTemplate): NodeSpec[] {
  return Array.from({ length: template.count }, (_, index) => nodeOf(template, index));
}

/** One of each template, and those of Node objects. */
export const nodeSizes = ({ cluster }: Scenario, objects: readonly Draft<KubernetesObject>[]): NodeSpec[] => [
  ...(cluster.nodes ?? []).flatMap((template) =>
    nodesOf({ ...template, count: Math.min(1, template.count) }),
  ),
  ...objects.filter(isNode).map(nodeFromManifest),
];

export const isNode = (object: Draft<KubernetesObject>): object is Draft<Node> => object.kind === 'Node';

function nodeOf(template: NodeTemplate, index: number): NodeSpec {
  const { name, zones, racksPerZone, region, labels, taints, capacity } = template;
  const zone = zones?.[index % zones.length];
  const inZone = Math.floor(index / (zones?.length ?? 1));
  return {
    name: `${name}-${index}`,
    capacity: { ...DEFAULT_CAPACITY, ...quantities(capacity) },
    labels: { ...labels },
    taints,
    ...(zone !== undefined && { zone }),
    ...(region !== undefined && { region }),
    ...(racksPerZone !== undefined && { rack: `${zone ?? 'rack'}-${inZone % racksPerZone}` }),
  };
}

const quantities = (capacity: Readonly<Record<string, string | number>>): ResourceList =>
  Object.fromEntries(Object.entries(capacity).map(([name, value]) => [name, String(value)]));

/** A Node manifest, for instance exported from a real cluster; its conditions and addresses are made anew. */
export function nodeFromManifest(node: Draft<Node>): NodeSpec {
  const { metadata, spec, status } = node;
  return {
    name: metadata.name ?? '',
    capacity: { ...DEFAULT_CAPACITY, ...(status?.capacity ?? status?.allocatable) },
    allocatable: status?.allocatable,
    labels: metadata.labels,
    annotations: metadata.annotations,
    taints: spec?.taints?.filter((taint) => !taint.key.startsWith('node.kubernetes.io/')),
    unschedulable: spec?.unschedulable,
    images: status?.images?.flatMap((image) =>
      (image.names ?? []).map((name) => ({ name, bytes: image.sizeBytes ?? 0 })),
    ),
    ...(status?.nodeInfo && { nodeInfo: status.nodeInfo }),
  };
}
