/** Asks the kubelet's admission about a pod on a node that holds others. */
import { type Node, type Pod, podResources } from '../../../../sim/api/index.ts';
import { NodeAllocation } from '../../../../sim/node/admission.ts';

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
  for (const other of otherPods ?? []) allocation.add(other, podResources(other.spec));
  const isStatic = (pod.metadata.annotations?.['kubernetes.io/config.source'] ?? 'api') !== 'api';
  const rejection = allocation.check(pod, podResources(pod.spec), isStatic);
  return {
    admit: rejection === undefined,
    reason: rejection?.reason ?? '',
    message: rejection?.message ?? '',
  };
}
