/** Asks the kubelet's admission about a pod on a node that holds others. */
import type { Node, Pod } from '../../../../sim/api/index.ts';
import { NodeAllocation, podDemand } from '../../../../sim/node/admission.ts';

interface RecordedNode extends Node {
  readonly status: Node['status'] & { readonly features?: { readonly supplementalGroupsPolicy?: boolean } };
}

interface AdmissionCase {
  readonly node: RecordedNode;
  readonly pod: Pod;
  readonly otherPods?: readonly Pod[];
}

export function admissionAnswer({ node, pod, otherPods }: AdmissionCase): unknown {
  const supplementalGroupsPolicy = node.status.features?.supplementalGroupsPolicy ?? false;
  const allocation = new NodeAllocation(node, { supplementalGroupsPolicy });
  for (const other of otherPods ?? []) allocation.add(podDemand(other.spec));
  const isStatic = (pod.metadata.annotations?.['kubernetes.io/config.source'] ?? 'api') !== 'api';
  const rejection = allocation.check(pod, podDemand(pod.spec), isStatic);
  return {
    admit: rejection === undefined,
    reason: rejection?.reason ?? '',
    message: rejection?.message ?? '',
  };
}
