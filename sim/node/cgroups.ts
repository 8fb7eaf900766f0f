/**
 * Resources as the kernel is told: CPU shares and weights, quotas, memory limits of pod cgroups. Source: kubelet
 * `cm/helpers_linux.go` and the cgroups library, Kubernetes v1.36.3. No run uses it yet: recorded cases alone ask for it.
 */
import {
  bytesOf,
  CPU,
  cpuMilli,
  isPodLevelResource,
  MEMORY,
  type Pod,
  podResources,
  type QosClass,
  qosClass,
} from '../api/index.ts';
import { log, pow } from '../engine/index.ts';

const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
const MIN_QUOTA_US = 1000;

/** cgroup v1 shares: 1024 to a core. */
export const cpuShares = (milli: number): number =>
  Math.min(Math.max(Math.floor((milli * 1024) / 1000), MIN_SHARES), MAX_SHARES);

/** µs of CPU per period; 0: no limit. */
export const cpuQuotaUs = (milli: number, periodUs: number): number =>
  milli === 0 ? 0 : Math.max(Math.floor((milli * periodUs) / 1000), MIN_QUOTA_US);

/** cgroup v2 weight 1 to 10000, linear: what the kubelet sets for pods and QoS classes. */
export const podCpuWeight = (shares: number): number =>
  Math.floor(((shares - MIN_SHARES) * 9999) / (MAX_SHARES - MIN_SHARES)) + 1;

/** The newer formula that runtimes use for containers: 2 → 1, 1024 → 100, 262144 → 10000. */
export function runtimeCpuWeight(shares: number): number {
  if (shares === 0) return 0;
  if (shares <= MIN_SHARES) return 1;
  if (shares >= MAX_SHARES) return 10_000;
  const l = log2(shares);
  return Math.ceil(pow(10, (l * l + 125 * l) / 612 - 7 / 34));
}

/** Exact for powers of two. */
function log2(x: number): number {
  let exponent = 0;
  let fraction = x;
  for (; fraction >= 1; exponent++) fraction /= 2;
  return fraction === 0.5 ? exponent - 1 : log(fraction) * (1 / Math.LN2) + exponent;
}

export interface CgroupSettings {
  /** `cpuCFSQuota` of the kubelet. */
  readonly enforceCPULimits: boolean;
  readonly cpuPeriodUs: number;
  readonly enforceMemoryQoS: boolean;
  readonly memoryReservationPolicy: 'None' | 'TieredReservation';
}

/** The cgroup of a pod; undefined: left unset. */
export interface PodCgroup {
  readonly qosClass: QosClass;
  readonly cpuShares: number;
  /** -1: not limited. */
  readonly cpuQuotaUs: number | undefined;
  readonly cpuPeriodUs: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly unified: Readonly<Record<string, string>> | undefined;
}

export function podCgroup(pod: Pod, settings: CgroupSettings): PodCgroup {
  const qos = qosClass(pod.spec);
  const { cpuMilli: requestedMilli, memoryBytes: requestedBytes, limits } = podResources(pod.spec);
  const limited = qos === 'Guaranteed' || (qos === 'Burstable' && isLimited(pod, CPU));
  const memoryLimited = qos === 'Guaranteed' || (qos === 'Burstable' && isLimited(pod, MEMORY));
  const quota = cpuQuotaUs(cpuMilli(limits[CPU] ?? '0'), settings.cpuPeriodUs);
  return {
    qosClass: qos,
    cpuShares: qos === 'BestEffort' ? MIN_SHARES : cpuShares(requestedMilli),
    cpuQuotaUs: limited ? (settings.enforceCPULimits ? quota : -1) : undefined,
    cpuPeriodUs: limited ? settings.cpuPeriodUs : undefined,
    memoryBytes: memoryLimited ? bytesOf(limits[MEMORY] ?? '0') : undefined,
    unified: memoryReservation(qos, requestedBytes, settings),
  };
}

/** One container without a limit of its own removes the pod's, unless the pod itself declares one. */
function isLimited({ spec }: Pod, resource: string): boolean {
  const podLevel = spec.resources?.limits?.[resource];
  if (podLevel !== undefined && isPodLevelResource(resource) && bytesOf(podLevel) !== 0) return true;
  return [...(spec.initContainers ?? []), ...spec.containers].every((container) => {
    const limit = container.resources?.limits?.[resource];
    return limit !== undefined && cpuMilli(limit) !== 0;
  });
}

function memoryReservation(
  qos: QosClass,
  requestedBytes: number,
  { enforceMemoryQoS, memoryReservationPolicy }: CgroupSettings,
): PodCgroup['unified'] {
  const reserves = enforceMemoryQoS && memoryReservationPolicy === 'TieredReservation' && requestedBytes > 0;
  if (!reserves || qos === 'BestEffort') return undefined;
  return { [qos === 'Guaranteed' ? 'memory.min' : 'memory.low']: String(requestedBytes) };
}
