/** Objects as the recordings show them: only the fields that matter, with aliases for generated names. */
import type {
  Condition,
  ConfigMap,
  Deployment,
  Endpoint,
  EndpointSlice,
  Job,
  KubernetesObject,
  LimitRange,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ReplicationController,
  ResourceName,
  Service,
} from '../../../sim/api/index.ts';
import type { ApiServer } from '../../../sim/apiserver/index.ts';
import type { Aliases } from './aliases.ts';
import type { Fields, Json, Settled } from './recording.ts';

type Reduce<T> = (object: T, aliases: Aliases) => Fields;

interface Row {
  readonly kind: string;
  readonly resource: ResourceName;
  readonly reduce: Reduce<never>;
}

const row = <T>(kind: string, resource: ResourceName, reduce: Reduce<T>): Row => ({ kind, resource, reduce });

/** The kinds that are compared. */
const ROWS: readonly Row[] = [
  row<Pod>('Pod', 'pods', pod),
  row<ReplicaSet>('ReplicaSet', 'replicasets', (rs, aliases) => ({
    ...replicated(rs, aliases),
    'desired-replicas': rs.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? null,
    'max-replicas': rs.metadata.annotations?.['deployment.kubernetes.io/max-replicas'] ?? null,
    revision: rs.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? null,
    'revision-history': rs.metadata.annotations?.['deployment.kubernetes.io/revision-history'] ?? null,
    minReadySeconds: rs.spec.minReadySeconds ?? 0,
  })),
  row<ReplicationController>('ReplicationController', 'replicationcontrollers', replicated),
  row<Deployment>('Deployment', 'deployments', (deployment, aliases) => ({
    ...replicated(deployment, aliases),
    revision: deployment.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? null,
    paused: deployment.spec.paused ?? false,
  })),
  row<Job>('Job', 'jobs', job),
  row<Service>('Service', 'services', service),
  row<PersistentVolumeClaim>('PersistentVolumeClaim', 'persistentvolumeclaims', (claim, aliases) => ({
    ...meta(claim, aliases),
    phase: claim.status?.phase ?? null,
    volumeName: claim.spec.volumeName ?? null,
    storageClassName: claim.spec.storageClassName ?? null,
    capacity: claim.status?.capacity?.['storage'] ?? null,
    accessModes: [...(claim.status?.accessModes ?? [])],
  })),
  row<LimitRange>('LimitRange', 'limitranges', ({ spec }) => ({ spec: (spec ?? {}) as unknown as Fields })),
  row<EndpointSlice>('EndpointSlice', 'endpointslices', (slice, aliases) => ({
    count: slice.endpoints.length,
    endpoints: slice.endpoints.map((endpoint) => endpointText(endpoint, aliases)),
  })),
  row<ConfigMap>('ConfigMap', 'configmaps', (configMap, aliases) => ({
    ...meta(configMap, aliases),
    keys: Object.keys(configMap.data ?? {}).sort(),
  })),
];

export const COMPARED_KINDS: ReadonlySet<string> = new Set(ROWS.map(({ kind }) => kind));

/** All objects of the namespace of the kinds that are compared. */
export function reduceNamespace(apiserver: ApiServer, namespace: string, aliases: Aliases): Settled {
  const settled: Record<string, Record<string, Fields>> = {};
  for (const { kind, resource, reduce } of ROWS) {
    for (const object of apiserver.list(resource, namespace)) {
      if (kind === 'ConfigMap' && object.metadata.name === 'kube-root-ca.crt') continue;
      (settled[kind] ??= {})[aliases.aliasOf(object.metadata.name)] = reduce(object as never, aliases);
    }
  }
  return settled;
}

function meta({ metadata }: KubernetesObject, aliases: Aliases): Fields {
  return {
    owners: (metadata.ownerReferences ?? []).map(
      (owner) =>
        `${owner.kind}/${aliases.aliasOf(owner.name)}${owner.controller === true ? '' : ' (non-controller)'}`,
    ),
    deleting: metadata.deletionTimestamp !== undefined,
    finalizers: [...(metadata.finalizers ?? [])],
  };
}

/** Without addresses and node ports, which are allocated at random. */
function service({ spec, status: _ }: Service): Fields {
  const { type = null, selector, ipFamilies, ipFamilyPolicy = null, internalTrafficPolicy = null } = spec;
  const { sessionAffinity = null, publishNotReadyAddresses = false, externalName = null, clusterIP } = spec;
  const ports = (spec.ports ?? []).map(({ nodePort: _, ...port }) => port as Fields);
  const headless = clusterIP === 'None';
  return {
    ...{ type, selector: { ...selector }, ports, ipFamilies: [...(ipFamilies ?? [])], ipFamilyPolicy },
    ...{ internalTrafficPolicy, sessionAffinity, publishNotReadyAddresses, externalName, headless },
  };
}

function endpointText({ conditions, targetRef }: Endpoint, aliases: Aliases): string {
  const text = (value: boolean | undefined): string =>
    value === undefined ? 'None' : value ? 'True' : 'False';
  const target = targetRef?.name === undefined ? 'None' : aliases.aliasOf(targetRef.name);
  return `${target} ready=${text(conditions?.ready)} serving=${text(conditions?.serving)} terminating=${text(conditions?.terminating)}`;
}

function pod(object: Pod, aliases: Aliases): Fields {
  const { status } = object;
  const exitCodes = (status?.containerStatuses ?? []).flatMap((c) =>
    c.state?.terminated === undefined ? [] : [c.state.terminated.exitCode],
  );
  const { owners = [], deleting = false } = meta(object, aliases);
  return {
    owners,
    deleting,
    phase: status?.phase ?? 'Pending',
    ready: isTrue(status?.conditions, 'Ready'),
    reason: status?.reason ?? null,
    exitCodes,
    node: object.spec.nodeName ?? null,
  };
}

const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  conditions?.some((c) => c.type === type && c.status === 'True') === true;

function replicated(object: ReplicaSet | ReplicationController | Deployment, aliases: Aliases): Fields {
  const { spec, status } = object;
  const { owners = [], deleting = false } = meta(object, aliases);
  return {
    owners,
    deleting,
    replicas: spec.replicas ?? 1,
    ...statusFields(object.metadata.generation, status),
    conditions: conditions(status?.conditions),
  };
}

function statusFields(generation: number | undefined, status: object | undefined): Fields {
  const { conditions: _, observedGeneration, ...counts } = (status ?? {}) as Record<string, Json>;
  return { status: counts, upToDate: (observedGeneration ?? 0) === (generation ?? 0) };
}

const conditions = (list: readonly Condition[] | undefined): readonly Json[] =>
  (list ?? []).map(({ type, status, reason = '' }) => `${type}=${status}/${reason}`).sort();

function job(object: Job, aliases: Aliases): Fields {
  const { conditions: _c, startTime, completionTime, ...status } = object.status ?? {};
  const { owners = [], deleting = false } = meta(object, aliases);
  return {
    owners,
    deleting,
    parallelism: object.spec.parallelism ?? null,
    completions: object.spec.completions ?? null,
    suspend: object.spec.suspend ?? false,
    status: status as Fields,
    conditions: conditions(object.status?.conditions),
    hasStartTime: startTime !== undefined,
    hasCompletionTime: completionTime !== undefined,
  };
}
