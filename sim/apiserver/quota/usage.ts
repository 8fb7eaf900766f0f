/** What an object counts for in a ResourceQuota: pkg/quota/v1/evaluator/core and generic, Kubernetes v1.36. */
import {
  type Amount,
  amountOf,
  type KubernetesObject,
  type PersistentVolumeClaim,
  type Pod,
  podResources,
  type ResourceList,
  type ResourceName,
  resources,
  type Service,
} from '../../api/index.ts';

/** Quota resource name → amount. */
export type Usage = ReadonlyMap<string, Amount>;

const one = amountOf('1');

/** Kinds that quotas also know by their bare name. */
const bareNames: readonly ResourceName[] = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
];

const countName = (resource: ResourceName): string => {
  const { plural, group } = resources[resource];
  return group === '' ? `count/${plural}` : `count/${plural}.${group}`;
};

/** Everything the object counts for. A pod that has ended counts as an object only. */
export function usageOf(resource: ResourceName, object: Pick<KubernetesObject, 'metadata'>): Usage {
  const usage = new Map<string, Amount>([[countName(resource), one]]);
  if (resource === 'pods') return podUsage(usage, object as Pod);
  if (bareNames.includes(resource)) usage.set(resource, one);
  if (resource === 'services') return serviceUsage(usage, object as Service);
  if (resource === 'persistentvolumeclaims') return claimUsage(usage, object as PersistentVolumeClaim);
  return usage;
}

function podUsage(usage: Map<string, Amount>, pod: Pod): Usage {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return usage;
  usage.set('pods', one);
  const { requests, limits } = podResources(pod.spec);
  for (const [name, amount] of computeUsage(requests, limits)) usage.set(name, amount);
  return usage;
}

/** Requests under their own name and as requests.…, limits as limits.…; extended resources as requests.… only. */
export function computeUsage(requests: ResourceList | undefined, limits: ResourceList | undefined): Usage {
  const usage = new Map<string, Amount>();
  for (const [name, text] of Object.entries(requests ?? {})) {
    const bare =
      name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
    if (bare) usage.set(name, amountOf(text));
    if (bare || name.includes('/')) usage.set(`requests.${name}`, amountOf(text));
  }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const text = limits?.[name];
    if (text !== undefined) usage.set(`limits.${name}`, amountOf(text));
  }
  return usage;
}

function serviceUsage(usage: Map<string, Amount>, { spec }: Service): Usage {
  const ports = spec.ports ?? [];
  const allocates =
    spec.type === 'NodePort' ||
    (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  const asked = spec.type === 'LoadBalancer' ? ports.filter((port) => (port.nodePort ?? 0) !== 0).length : 0;
  usage.set('services.nodeports', amountOf(String(allocates ? ports.length : asked)));
  usage.set('services.loadbalancers', amountOf(spec.type === 'LoadBalancer' ? '1' : '0'));
  return usage;
}

function claimUsage(usage: Map<string, Amount>, claim: PersistentVolumeClaim): Usage {
  const storage = claim.spec?.resources?.requests?.['storage'];
  const className = claim.spec?.storageClassName ?? '';
  if (storage !== undefined) usage.set('requests.storage', amountOf(storage));
  if (className === '') return usage;
  const prefix = `${className}.storageclass.storage.k8s.io/`;
  usage.set(`${prefix}persistentvolumeclaims`, one);
  if (storage !== undefined) usage.set(`${prefix}requests.storage`, amountOf(storage));
  return usage;
}
