/**
 * Whom the kernel kills first when memory runs out. Source: kubelet `qos/policy.go`, Kubernetes v1.36.3. No run uses it yet: recorded
 * cases alone ask for it.
 */
import {
  bytesOf,
  type Container,
  isPodLevelResource,
  MEMORY,
  type Pod,
  podResources,
  qosClass,
} from '../api/index.ts';
import { isSidecar } from './containers.ts';

const GUARANTEED = -997;
const BEST_EFFORT = 1000;
/** A Burstable container stays above Guaranteed ones and never gets exactly the value of BestEffort ones. */
const MIN_BURSTABLE = 1000 + GUARANTEED;

const NODE_CRITICAL = 'system-node-critical';
const LOWEST_CRITICAL_PRIORITY = 2_000_000_000;

/** `oom_score_adj` of a container of the pod on a machine with `capacityBytes` of memory. */
export function oomScoreAdj(pod: Pod, container: Container, capacityBytes: number): number {
  if (isNodeCritical(pod)) return GUARANTEED;
  const qos = qosClass(pod.spec);
  if (qos === 'Guaranteed') return GUARANTEED;
  if (qos === 'BestEffort') return BEST_EFFORT;
  const share = unassignedShare(pod);
  const score = (requestBytes: number): number =>
    1000 - Math.trunc((1000 * (requestBytes + share)) / capacityBytes);
  let adjustment = score(memoryRequest(container));
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false;
  if (isInit && isSidecar(container)) {
    adjustment = Math.min(adjustment, score(Math.min(...pod.spec.containers.map(memoryRequest))));
  }
  if (adjustment < MIN_BURSTABLE) return MIN_BURSTABLE;
  return adjustment === BEST_EFFORT ? BEST_EFFORT - 1 : adjustment;
}

function isNodeCritical({ spec, metadata }: Pod): boolean {
  if (spec.priorityClassName !== NODE_CRITICAL) return false;
  const source = metadata.annotations?.['kubernetes.io/config.source'];
  const mirrored = metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const isStatic = source !== undefined && source !== 'api';
  return isStatic || mirrored || (spec.priority ?? 0) >= LOWEST_CRITICAL_PRIORITY;
}

const memoryRequest = (container: Container): number =>
  bytesOf(container.resources?.requests?.[MEMORY] ?? '0');

/** Of a pod-level memory request, what its containers do not ask for themselves, split evenly; negative if they ask for more. */
function unassignedShare({ spec }: Pod): number {
  const requests = spec.resources?.requests;
  if (requests === undefined || !Object.keys(requests).some(isPodLevelResource)) return 0;
  const wanted = bytesOf(requests[MEMORY] ?? '0');
  if (wanted === 0) return 0;
  const ofContainers = podResources({ ...spec, overhead: undefined }).requestsSkipPodLevel[MEMORY];
  const rest = wanted - bytesOf(ofContainers ?? '0');
  const containers = spec.containers.length + (spec.initContainers?.length ?? 0);
  return Math.trunc(rest / containers);
}
