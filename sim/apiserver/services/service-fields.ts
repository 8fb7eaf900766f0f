/** What a Service keeps, gains or loses when its type changes: pkg/registry/core/service/storage (alloc.go, storage.go), v1.36. */
import { equalJson, type Service } from '../../api/index.ts';

type Spec = Service['spec'];

export const needsClusterIp = (spec: Spec): boolean => spec.type !== 'ExternalName';

export function needsNodePorts(spec: Spec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}

export const needsHealthCheckPort = (spec: Spec): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** A new Service's plural address list follows from the singular one. */
export const normalisedNew = (spec: Spec): Spec =>
  (spec.clusterIP ?? '') !== '' && (spec.clusterIPs ?? []).length === 0
    ? { ...spec, clusterIPs: [spec.clusterIP!] }
    : spec;

/** Reachable from outside the cluster, so that a policy for outside traffic means something. */
const needsExternalPolicy = (spec: Spec): boolean =>
  spec.type === 'NodePort' ||
  spec.type === 'LoadBalancer' ||
  (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);

/** A field that may be dropped when its Service has no use for it any more and the client has left it as it was. */
interface Dependent {
  readonly needed: (spec: Spec) => boolean;
  readonly same: (a: Spec, b: Spec) => boolean;
  readonly drop: (spec: Spec) => Spec;
}

const isLoadBalancer = (spec: Spec): boolean => spec.type === 'LoadBalancer';

function plain<K extends keyof Spec>(field: K, needed: (spec: Spec) => boolean): Dependent {
  return {
    needed,
    same: (a, b) => equalJson(a[field], b[field]),
    drop: (spec) => ({ ...spec, [field]: undefined }),
  };
}

const dependents: readonly Dependent[] = [
  {
    needed: needsClusterIp,
    same: (a, b) =>
      (a.clusterIP ?? '') === '' || (a.clusterIP === b.clusterIP && equalJson(a.clusterIPs, b.clusterIPs)),
    drop: (spec) => ({ ...spec, clusterIP: undefined, clusterIPs: undefined }),
  },
  plain('ipFamilies', needsClusterIp),
  plain('ipFamilyPolicy', needsClusterIp),
  {
    needed: needsNodePorts,
    same: (a, b) => equalJson(nodePortsOf(a), nodePortsOf(b)),
    drop: (spec) => ({ ...spec, ports: spec.ports?.map(({ nodePort: _, ...port }) => port) }),
  },
  plain('healthCheckNodePort', needsHealthCheckPort),
  plain('allocateLoadBalancerNodePorts', isLoadBalancer),
  plain('loadBalancerClass', isLoadBalancer),
  plain('externalTrafficPolicy', needsExternalPolicy),
];

const nodePortsOf = (spec: Spec): readonly number[] => (spec.ports ?? []).map((port) => port.nodePort ?? 0);

/** The updated spec with allocated values that the client left out, and without those its new type has no use for. */
export function carriedOver(next: Spec, current: Spec): Spec {
  let spec = followClusterIp(keepAllocated(next, current), current);
  for (const { needed, same, drop } of dependents) {
    if (needed(current) && !needed(spec) && same(spec, current)) spec = drop(spec);
  }
  return spec;
}

function keepAllocated(next: Spec, current: Spec): Spec {
  let spec = next;
  if (needsClusterIp(current) && needsClusterIp(spec)) {
    if ((spec.clusterIP ?? '') === '') spec = { ...spec, clusterIP: current.clusterIP };
    if ((spec.clusterIPs ?? []).length === 0 && spec.clusterIP === current.clusterIP) {
      spec = { ...spec, clusterIPs: current.clusterIPs };
    }
  }
  if (needsNodePorts(current) && needsNodePorts(spec))
    spec = { ...spec, ports: withFormerPorts(spec, current) };
  if (needsHealthCheckPort(current) && needsHealthCheckPort(spec) && (spec.healthCheckNodePort ?? 0) === 0) {
    spec = { ...spec, healthCheckNodePort: current.healthCheckNodePort };
  }
  return spec;
}

/** Ports keep their node port by name. */
function withFormerPorts(next: Spec, current: Spec): Spec['ports'] {
  const former = new Map((current.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
  const taken = new Set((next.ports ?? []).map((port) => port.nodePort ?? 0));
  return next.ports?.map((port) => {
    const nodePort = former.get(port.name ?? '') ?? 0;
    if ((port.nodePort ?? 0) !== 0 || nodePort === 0 || taken.has(nodePort)) return port;
    return { ...port, nodePort };
  });
}

/** A changed singular address changes the plural list with it, if the client left that alone. */
function followClusterIp(spec: Spec, current: Spec): Spec {
  if ((spec.clusterIP ?? '') === (current.clusterIP ?? '')) return spec;
  if (!equalJson(spec.clusterIPs, current.clusterIPs)) return spec;
  const cleared = (spec.clusterIP ?? '') === '';
  return { ...spec, clusterIPs: cleared ? undefined : [spec.clusterIP!] };
}
