/** The row `kubectl get nodes -o wide` shows for a node. Source: server-side node printer, Kubernetes v1.36.3. */
import type { Node } from '../../api/index.ts';
import { compareTexts } from '../../engine/index.ts';
import { age, orNone, orUnknown } from './cells.ts';

export interface NodeRow {
  readonly Name: string;
  readonly Status: string;
  readonly Roles: string;
  readonly Age: string;
  readonly Version: string;
  readonly 'Internal-IP': string;
  readonly 'External-IP': string;
  readonly 'OS-Image': string;
  readonly 'Kernel-Version': string;
  readonly 'Container-Runtime': string;
}

/** `nowMs` is the calendar instant in ms. */
export function printNode(node: Node, nowMs: number): NodeRow {
  const system = node.status?.nodeInfo;
  const kernel = orUnknown(system?.kernelVersion);
  const architecture = system?.architecture ?? '';
  return {
    Name: node.metadata.name,
    Status: statusCell(node),
    Roles: orNone(nodeRoles(node).join(',')),
    Age: age(node.metadata.creationTimestamp, nowMs),
    Version: system?.kubeletVersion ?? '',
    'Internal-IP': orNone(address(node, 'InternalIP')),
    'External-IP': orNone(address(node, 'ExternalIP')),
    'OS-Image': orUnknown(system?.osImage),
    'Kernel-Version': architecture === '' ? kernel : `${kernel} (${architecture})`,
    'Container-Runtime': orUnknown(system?.containerRuntimeVersion),
  };
}

function statusCell(node: Node): string {
  // The last condition of a type counts.
  const ready = node.status?.conditions?.findLast((condition) => condition.type === 'Ready');
  const status = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec.unschedulable === true ? `${status},SchedulingDisabled` : status;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function nodeRoles(node: Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX)) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role') roles.add(value);
  }
  roles.delete('');
  return [...roles].sort(compareTexts);
}

const address = (node: Node, type: string): string | undefined =>
  node.status?.addresses?.find((candidate) => candidate.type === type)?.address;
