/**
 * Whether a kubelet takes a pod that is bound to its node, and what the pods it has taken hold.
 * Source: kubelet `lifecycle/predicate.go` and the scheduler predicates it runs, Kubernetes v1.36.3; only the first failure is told.
 */
import {
  firstUntoleratedTaint,
  type HostPort,
  hostPorts,
  hostPortsClash,
  isExtendedResource,
  memoiseBySpec,
  type Node,
  type Pod,
  type PodResources,
  type PodSpec,
  podResources,
  type QosClass,
  qosClass,
  requiredNodeAffinity,
  type Taint,
} from '../api/index.ts';
import { type NodeResources, nodeResources } from './node-resources.ts';

/** What a pod asks of its node. */
export interface PodDemand {
  readonly resources: PodResources;
  readonly ports: readonly HostPort[];
  readonly qosClass: QosClass;
}

/** O(1) for a spec seen before. */
export const podDemand = memoiseBySpec(
  (spec: PodSpec): PodDemand => ({
    resources: podResources(spec),
    ports: hostPorts(spec),
    qosClass: qosClass(spec),
  }),
);

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** What the kubelet itself can do, beside what its Node object says. */
export interface KubeletFeatures {
  readonly supplementalGroupsPolicy: boolean;
}

const OS_LABEL = 'kubernetes.io/os';
/** Only Linux kubelets are modelled. */
const OS = 'linux';

const predicateFailed = (reason: string, why: string): Rejection => ({
  reason,
  message: `Predicate ${reason} failed: ${why}`,
});

const OS_LABEL_DIFFERS: Rejection = {
  reason: 'PodOSSelectorNodeLabelDoesNotMatch',
  message: `Failed to admit pod as the \`${OS_LABEL}\` label doesn't match node label`,
};
const OS_FIELD_DIFFERS: Rejection = {
  reason: 'PodOSNotSupported',
  message: "Failed to admit pod as the OS field doesn't match node OS",
};
const GROUPS_POLICY: Rejection = {
  reason: 'SupplementalGroupsPolicyNotSupported',
  message: 'SupplementalGroupsPolicy=Strict is not supported in this node',
};
const AFFINITY = predicateFailed('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
const NODE_NAME = predicateFailed('NodeName', "node(s) didn't match the requested node name");
const PORTS = predicateFailed('NodePorts', "node(s) didn't have free ports for the requested pod ports");
const TAINT = predicateFailed('TaintToleration', "node(s) had taints that the pod didn't tolerate");

/** The pods a kubelet has taken and not yet seen the end of: what they hold, kept as sums. */
export class NodeAllocation {
  readonly #name: string;
  #node: Node;
  readonly #features: KubeletFeatures;
  #allocatable: NodeResources;
  /** Undefined if the node has no NoExecute taint. */
  #noExecute: readonly Taint[] | undefined;
  #pods = 0;
  #cpuMilli = 0;
  #memoryBytes = 0;
  #ephemeralStorageBytes = 0;
  readonly #scalars = new Map<string, number>();
  readonly #ports: HostPort[] = [];

  constructor(node: Node, features: KubeletFeatures) {
    this.#name = node.metadata.name;
    this.#node = node;
    this.#features = features;
    this.#allocatable = nodeResources(node);
    this.#noExecute = noExecuteTaints(node);
  }

  get cpuMilli(): number {
    return this.#cpuMilli;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  get pods(): number {
    return this.#pods;
  }

  setNode(node: Node): void {
    if (node.status?.allocatable !== this.#node.status?.allocatable) this.#allocatable = nodeResources(node);
    this.#noExecute = noExecuteTaints(node);
    this.#node = node;
  }

  add({ resources, ports }: PodDemand): void {
    this.#count(resources, 1);
    for (const port of ports) this.#ports.push(port);
  }

  remove({ resources, ports }: PodDemand): void {
    this.#count(resources, -1);
    for (const port of ports) {
      const at = this.#ports.findIndex(
        (p) => p.port === port.port && p.protocol === port.protocol && p.ip === port.ip,
      );
      if (at >= 0) this.#ports.splice(at, 1);
    }
  }

  #count(resources: PodResources, sign: 1 | -1): void {
    this.#pods += sign;
    this.#cpuMilli += sign * resources.cpuMilli;
    this.#memoryBytes += sign * resources.memoryBytes;
    this.#ephemeralStorageBytes += sign * resources.ephemeralStorageBytes;
    if (resources.scalars.size === 0) return;
    for (const [name, amount] of resources.scalars) {
      this.#scalars.set(name, (this.#scalars.get(name) ?? 0) + sign * amount);
    }
  }

  /** Undefined: taken. O(1) for a pod without host ports, selectors and scalar resources. */
  check(pod: Pod, demand: PodDemand, isStatic: boolean): Rejection | undefined {
    return (
      this.#checkOs(pod) ??
      this.#checkResources(demand.resources) ??
      this.#checkPlacement(pod, demand.ports) ??
      (isStatic ? undefined : this.#checkTaints(pod))
    );
  }

  #checkOs({ metadata, spec }: Pod): Rejection | undefined {
    const label = metadata.labels?.[OS_LABEL];
    if (label !== undefined && label !== OS) return OS_LABEL_DIFFERS;
    if (spec.os !== undefined && spec.os.name !== OS) return OS_FIELD_DIFFERS;
    const strict = spec.securityContext?.supplementalGroupsPolicy === 'Strict';
    return strict && !this.#features.supplementalGroupsPolicy ? GROUPS_POLICY : undefined;
  }

  #checkResources(wanted: PodResources): Rejection | undefined {
    const has = this.#allocatable;
    if (this.#pods + 1 > has.pods) return outOf('pods', 1, this.#pods, has.pods);
    return (
      lacks('cpu', wanted.cpuMilli, this.#cpuMilli, has.cpuMilli) ??
      lacks('memory', wanted.memoryBytes, this.#memoryBytes, has.memoryBytes) ??
      lacks(
        'ephemeral-storage',
        wanted.ephemeralStorageBytes,
        this.#ephemeralStorageBytes,
        has.ephemeralStorageBytes,
      ) ??
      this.#checkScalars(wanted.scalars)
    );
  }

  #checkScalars(wanted: ReadonlyMap<string, number>): Rejection | undefined {
    if (wanted.size === 0) return undefined;
    for (const [name, amount] of wanted) {
      const capacity = this.#allocatable.scalars.get(name);
      // An extended resource that the node never reported is somebody else's business.
      if (capacity === undefined && isExtendedResource(name)) continue;
      const lacking = lacks(name, amount, this.#scalars.get(name) ?? 0, capacity ?? 0);
      if (lacking !== undefined) return lacking;
    }
    return undefined;
  }

  #checkPlacement({ spec }: Pod, ports: readonly HostPort[]): Rejection | undefined {
    if (spec.affinity !== undefined || spec.nodeSelector !== undefined) {
      if (!requiredNodeAffinity(spec).matches(this.#node)) return AFFINITY;
    }
    if (spec.nodeName !== undefined && spec.nodeName !== '' && spec.nodeName !== this.#name) return NODE_NAME;
    for (const wanted of ports) {
      for (const taken of this.#ports) if (hostPortsClash(wanted, taken)) return PORTS;
    }
    return undefined;
  }

  #checkTaints({ spec }: Pod): Rejection | undefined {
    if (this.#noExecute === undefined) return undefined;
    return firstUntoleratedTaint(this.#noExecute, spec.tolerations, 'NoExecute') === undefined
      ? undefined
      : TAINT;
  }
}

function noExecuteTaints({ spec }: Node): readonly Taint[] | undefined {
  const taints = spec.taints?.filter((taint) => taint.effect === 'NoExecute') ?? [];
  return taints.length === 0 ? undefined : taints;
}

const lacks = (name: string, wanted: number, used: number, capacity: number): Rejection | undefined =>
  wanted > 0 && wanted > capacity - used ? outOf(name, wanted, used, capacity) : undefined;

const outOf = (name: string, wanted: number, used: number, capacity: number): Rejection => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used}, capacity: ${capacity}`,
});
