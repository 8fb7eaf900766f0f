/** The Node object a kubelet registers. Source: kubelet `kubelet_node_status.go` and `nodestatus/setters.go`, Kubernetes v1.36.3. */
import {
  bytesOf,
  type Condition,
  CPU,
  cpuMilli,
  type Draft,
  HOSTNAME_LABEL,
  MEMORY,
  type Node,
  type NodeStatus,
  RACK_LABEL,
  REGION_LABEL,
  type ResourceList,
  type Taint,
  ZONE_LABEL,
} from '../api/index.ts';
import { compareTexts } from '../engine/index.ts';
import type { Machine, MachineSpec } from '../world/index.ts';
import { formatRange } from '../world/index.ts';

/** What a node is to be. */
export interface NodeSpec {
  readonly name: string;
  readonly capacity: ResourceList;
  /** Default: the capacity. DEVIATION: nothing is reserved for the system and for eviction. */
  readonly allocatable?: ResourceList | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
  readonly unschedulable?: boolean | undefined;
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  readonly rack?: string | undefined;
  readonly podCIDR?: string | undefined;
  readonly hostIP?: string | undefined;
  /** Present from the start: name and bytes. */
  readonly images?: readonly { readonly name: string; readonly bytes: number }[] | undefined;
  readonly nodeInfo?: NodeStatus['nodeInfo'];
  readonly registryBytesPerSecond?: number | undefined;
}

export const machineSpec = (spec: NodeSpec): MachineSpec => ({
  name: spec.name,
  cpuMilli: cpuMilli(spec.capacity[CPU] ?? '0'),
  memoryBytes: bytesOf(spec.capacity[MEMORY] ?? '0'),
  zone: spec.zone ?? spec.labels?.[ZONE_LABEL] ?? '',
  rack: spec.rack ?? spec.labels?.[RACK_LABEL] ?? '',
  ...(spec.podCIDR === undefined ? undefined : { podCIDR: spec.podCIDR }),
  ...(spec.hostIP === undefined ? undefined : { hostIP: spec.hostIP }),
  ...(spec.registryBytesPerSecond === undefined
    ? undefined
    : { registryBytesPerSecond: spec.registryBytesPerSecond }),
});

const DEFAULT_NODE_INFO: NonNullable<NodeStatus['nodeInfo']> = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '6.12.0',
  osImage: 'KubeDES Linux',
  containerRuntimeVersion: 'containerd://2.1.0',
  kubeletVersion: 'v1.36.3',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
};

/** Ready from the first moment. `timestamp` is the present as API time. */
export function nodeObject(spec: NodeSpec, machine: Machine, timestamp: string): Draft<Node> {
  const podCIDR = formatRange(machine.podRange);
  const nodeInfo = { ...DEFAULT_NODE_INFO, ...spec.nodeInfo };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.name,
      labels: labelsOf(spec, machine, nodeInfo),
      ...(spec.annotations === undefined ? undefined : { annotations: spec.annotations }),
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      taints: spec.taints?.length === 0 ? undefined : spec.taints,
      unschedulable: spec.unschedulable === true ? true : undefined,
    },
    status: {
      capacity: spec.capacity,
      allocatable: spec.allocatable ?? spec.capacity,
      conditions: healthyConditions(undefined, timestamp),
      addresses: [
        { type: 'InternalIP', address: machine.hostIP },
        { type: 'Hostname', address: spec.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo,
      images: imageList(new Map((spec.images ?? []).map((image) => [image.name, image.bytes]))),
    },
  };
}

function labelsOf(spec: NodeSpec, machine: Machine, nodeInfo: NonNullable<NodeStatus['nodeInfo']>) {
  const optional = {
    [ZONE_LABEL]: machine.zone,
    [REGION_LABEL]: spec.region ?? '',
    [RACK_LABEL]: machine.rack,
  };
  const present = Object.entries(optional).filter(([, value]) => value !== '');
  return {
    'kubernetes.io/arch': nodeInfo.architecture ?? '',
    [HOSTNAME_LABEL]: spec.name,
    'kubernetes.io/os': nodeInfo.operatingSystem ?? '',
    ...Object.fromEntries(present),
    ...spec.labels,
  };
}

const HEALTHY: readonly Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** The kubelet's own conditions, then everybody else's. */
export function healthyConditions(
  before: readonly Condition[] | undefined,
  timestamp: string,
): readonly Condition[] {
  const own = HEALTHY.map(({ type, status, reason, message }): Condition => {
    const old = before?.find((condition) => condition.type === type);
    const since = old?.status === status ? old.lastTransitionTime : timestamp;
    return { type, status, reason, message, lastHeartbeatTime: timestamp, lastTransitionTime: since };
  });
  const others =
    before?.filter((condition) => !HEALTHY.some((healthy) => healthy.type === condition.type)) ?? [];
  return [...own, ...others];
}

/** `nodeStatusMaxImages` of the kubelet. */
const MAX_IMAGES = 50;

/** Largest first, as the kubelet lists them. */
export const imageList = (present: ReadonlyMap<string, number>): NonNullable<NodeStatus['images']> =>
  [...present]
    .sort(([a, aBytes], [b, bBytes]) => bBytes - aBytes || compareTexts(a, b))
    .slice(0, MAX_IMAGES)
    .map(([name, sizeBytes]) => ({ names: [name], sizeBytes }));
